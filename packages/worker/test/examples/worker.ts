import { UserDO } from "@userdo/core";
import { createUserDOWorker, getUserDOFromContext } from "@userdo/worker";
import * as z from "zod";

export class MyAppDO extends UserDO {
	posts = this.table("posts", z.object({ title: z.string() }));
}

const app = createUserDOWorker("MY_APP_DO");

app.get("/api/posts", async (c) => {
	const user = c.get("user");
	if (!user) return c.json({ error: "Unauthorized" }, 401);
	const userDO = getUserDOFromContext<MyAppDO>(c, user.email);
	return c.json({ items: await userDO.posts.orderBy("title").limit(20).get() });
});

export default app;
