import { createUserDOWorker, createWebSocketHandler, getUserDO, type Tenant } from "@userdo/worker";
import type { MyAppDO } from "./worker.js";

interface Env {
	MY_APP_DO: DurableObjectNamespace<MyAppDO>;
	TENANTS: KVNamespace;
}

const tenant: Tenant<{ Bindings: Env }> = (c) => c.env.TENANTS.get(new URL(c.req.url).hostname);

const app = createUserDOWorker<{ Bindings: Env }>("MY_APP_DO", { tenant });

app.get("/api/hello", (c) => c.json({ hello: c.get("user")?.email, from: c.get("tenant") }));

export default app;

export const wsHandler = createWebSocketHandler<{ Bindings: Env }>("MY_APP_DO", { tenant });

export async function greet(env: Env): Promise<void> {
	const userDO = getUserDO(env.MY_APP_DO, "ada@example.com", { tenant: "acme" });
	await userDO.posts.create({ title: "Good morning" });
}
