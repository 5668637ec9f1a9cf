import { env } from "cloudflare:workers";
import { collections } from "@tooling/chaos/collections";
import { ChaosDO } from "@tooling/chaos/worker";
import { type Env, objectName, type UserDOOptions } from "@userdo/core";
import { createUserDOWorker } from "@userdo/worker";

/** Objects of this process, and how often each was made. */
const made = new Map<string, number>();

export class SoakDO extends ChaosDO {
	// So short that everybody refreshes all the time.
	static override options: UserDOOptions = { ...ChaosDO.options, accessTokenLifetime: 5 };

	constructor(ctx: DurableObjectState, env: Env) {
		super(ctx, env);
		const id = ctx.id.toString();
		made.set(id, (made.get(id) ?? 0) + 1);
	}
}

const app = createUserDOWorker("USERDO", { collections, rateLimits: false });

/** What a user's log has after a change. */
app.get("/soak/log", async (c) => {
	const object = env.USERDO.getByName(objectName(c.req.query("email") ?? ""));
	return c.json(await object.readLog(Number(c.req.query("after"))));
});

/** How often an object was made that had been there before: each was evicted meanwhile. */
app.get("/soak/evictions", (c) =>
	c.json([...made.values()].reduce((sum, times) => sum + times - 1, 0)),
);

export default app;
