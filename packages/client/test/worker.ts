import { type Env, UserDO, type UserDOOptions } from "@userdo/core";
import {
	createUserDOWorker,
	endpointRoutes,
	getUserDO,
	getUserDOFromContext,
	reply,
	type UserDOEnv,
} from "@userdo/worker";
import type { Context } from "hono";
import * as z from "zod";
import { collections, keys } from "./collections.js";
import { shopEndpoints } from "./shop-endpoints.js";

const PostSchema = z.object({ title: z.string(), content: z.string().default("") });

export class TestDO extends UserDO {
	static override options: UserDOOptions = { keys };

	posts = this.table("posts", PostSchema);
	collections = this.tables(collections);

	async shout(data: unknown): Promise<void> {
		this.broadcast("shout", data);
	}
}

interface Bindings extends Env {
	USERDO: DurableObjectNamespace<TestDO>;
}

type TestEnv = UserDOEnv & { Bindings: Bindings };
const app = createUserDOWorker<TestEnv>("USERDO", { collections });

// Without a session the call itself is what answers 401.
const userDO = (c: Context<TestEnv>) => getUserDOFromContext<TestDO>(c, c.get("user")?.email ?? "");

// The pages bring their script along.
app.get("/", (c) => c.html('<!doctype html><link rel="icon" href="data:,">'));
app.get("/api/posts", async (c) => c.json({ items: await userDO(c).posts.get() }));
app.post("/api/posts", async (c) => c.json(await userDO(c).posts.create(await c.req.json())));
app.get("/api/posts/:id", async (c) => {
	const post = await userDO(c).posts.findById(c.req.param("id"));
	return post ? c.json(post) : c.notFound();
});
app.patch("/api/posts/:id", async (c) =>
	c.json(await userDO(c).posts.update(c.req.param("id"), await c.req.json())),
);
app.delete("/api/posts/:id", async (c) =>
	c.json({ deleted: await userDO(c).posts.delete(c.req.param("id")) }),
);
app.post("/api/shouts", async (c) => {
	await userDO(c).shout(await c.req.json());
	return c.json({ ok: true });
});

/** As an operator would: ends all sessions of a user. */
app.post("/api/kicks", async (c) => {
	const { email } = await c.req.json<{ email: string }>();
	await getUserDO(c.env.USERDO, email).logout();
	return c.json({ ok: true });
});

app.route(
	"/v1",
	endpointRoutes(shopEndpoints, {
		"GET /orders/:id": (c, { params: { id }, query: { note, pieces = 1 } }) => ({
			order: { id, pieces },
			note,
			buyer: c.get("user").email,
		}),
		"POST /orders": (_c, { body: { pieces } }) =>
			pieces > 10 ? reply(202, { waits: true }) : reply(201, { order: { id: "new", pieces } }),
		"PUT /open": (_c, { body }) => body,
		"DELETE /orders/:id": () => {},
		"GET /orders.csv": (c) =>
			c.body("id,pieces\n1,1\n", 200, { "content-type": "text/csv; charset=utf-8" }),
	}),
);

export default app;
