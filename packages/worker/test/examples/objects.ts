import { createUserDOWorker, getUserDOFromContext } from "@userdo/worker";
import type { MyAppDO } from "./worker.js";

const app = createUserDOWorker<{ MY_APP_DO: MyAppDO }>("MY_APP_DO");

app.get("/api/titles", async (c) => {
	const user = c.get("user");
	if (!user) return c.json({ error: "Unauthorized" }, 401);
	const userDO = getUserDOFromContext(c, user.email, "MY_APP_DO");
	const posts = await userDO.posts.limit(20).get();
	return c.json({ titles: posts.map(({ title }) => title) });
});

export default app;
