import { UserDO, type UserDOOptions } from "@userdo/core";
import { createUserDOWorker, createWebSocketHandler, getUserDOFromContext } from "../src/index.js";
import { collections, NotebookDO } from "./collections.js";
import { MyAppDO } from "./my-app-do.js";

export { MyAppDO, NotebookDO };
export class BlogDO extends UserDO {}
export class ShopDO extends UserDO {}
/** Lets nobody in before the address is confirmed. */
export class ClubDO extends UserDO {
	static override options: UserDOOptions = { requireVerifiedEmail: true };
}

/** How often the hasher of {@link CheapDO} was asked. */
export const hashed = { times: 0 };

/** Its hashes cost nothing, for tests of many sign-ins. */
export class CheapDO extends UserDO {
	static override options: UserDOOptions = {
		passwordHasher: {
			async hash(password) {
				hashed.times += 1;
				return `plain:${password}`;
			},
			async verify(password, stored) {
				hashed.times += 1;
				return stored === `plain:${password}`;
			},
			needsRehash: () => false,
		},
	};

	readonly collections = this.tables(collections);

	/** What stands in this object's storage. */
	async getTables(): Promise<string[]> {
		const rows = this.ctx.storage.sql.exec("SELECT name FROM sqlite_master").toArray();
		return rows.map(({ name }) => String(name));
	}
}

// From here on as the README of the project has it.
const app = createUserDOWorker("MY_APP_DO");
const wsHandler = createWebSocketHandler("MY_APP_DO");

app.post("/api/posts", async (c) => {
	const user = c.get("user");
	if (!user) return c.json({ error: "Unauthorized" }, 401);
	const { title, content } = await c.req.json();
	const myAppDO = getUserDOFromContext(c, user.email, "MY_APP_DO") as MyAppDO;
	const post = await myAppDO.createPost(title, content);
	return c.json({ post });
});

export default {
	// biome-ignore lint/suspicious/noExplicitAny: the documented example leaves both to the runtime
	async fetch(request: Request, env: any, ctx: any): Promise<Response> {
		if (request.headers.get("upgrade") === "websocket") {
			return wsHandler.fetch(request, env, ctx);
		}
		return app.fetch(request, env, ctx);
	},
};
