import { type Env, UserDO, type UserDOOptions } from "@userdo/core";
import { createUserDOWorker, getUserDOFromContext } from "@userdo/worker";
import type { NoteInput } from "../../realtime/worker/note.ts";
import type { PostInput } from "../../tables/worker/posts.ts";
import { collections } from "./collections.ts";
import { countingHops } from "./count-hops.ts";
import { watchRows } from "./count-rows.ts";
import { noHash } from "./hasher.ts";

const day = 24 * 60 * 60;

/** An app of ours as anybody would write it, and what a bench needs to fill it. */
export class Hashing extends UserDO {
	// A bench outlives the 15 minutes of an access token.
	static override options: UserDOOptions = { accessTokenLifetime: day, maxSockets: 10_000 };

	collections = this.tables(collections);

	constructor(ctx: DurableObjectState, env: Env) {
		super(ctx, env);
		watchRows(ctx.storage.sql);
	}

	async countPosts(category: string): Promise<number> {
		return this.collections.posts.where("category", "==", category).count();
	}

	async fillPosts(posts: PostInput[]): Promise<void> {
		this.collections.posts.createMany(
			posts.map((post) => ({ ...post, publishedAt: new Date(post.publishedAt) })),
		);
	}

	async fillNotes(notes: NoteInput[]): Promise<void> {
		this.collections.notes.createMany(notes);
	}

	async announce(data: object): Promise<void> {
		this.broadcast("news", data);
	}

	/** Whoever calls next meets a new instance. */
	async restart(): Promise<void> {
		this.ctx.abort("restart");
	}
}

/** The same, without the cost of a password. */
export class Ours extends Hashing {
	static override options: UserDOOptions = { ...Hashing.options, passwordHasher: noHash };
}

function createApp(binding: string) {
	const app = createUserDOWorker(binding, { collections });
	app.get("/api/count", async (c) => {
		const user = c.get("user");
		if (!user) return c.json({ error: "Unauthorized" }, 401);
		const userDO = getUserDOFromContext<Hashing>(c, user.email, binding);
		return c.json({ count: await userDO.countPosts(c.req.query("category") ?? "") });
	});
	app.post("/bench/:action", async (c) => {
		const userDO = getUserDOFromContext<Hashing>(c, c.get("user")?.email ?? "", binding);
		const body = await c.req.json();
		const action = c.req.param("action");
		if (action === "posts") await userDO.fillPosts(body.rows);
		else if (action === "notes") await userDO.fillNotes(body.rows);
		else if (action === "announce") await userDO.announce(body);
		// It never answers.
		else await userDO.restart().catch(() => {});
		return c.json({ ok: true });
	});
	return app;
}

const app = createApp("USERDO");
/** `/hashing/...` is the same app with real passwords. */
const hashing = createApp("HASHING");

export default {
	fetch: countingHops((request, env: object, ctx) => {
		const url = new URL(request.url);
		if (!url.pathname.startsWith("/hashing/")) return app.fetch(request, env as never, ctx);
		url.pathname = url.pathname.slice("/hashing".length);
		return hashing.fetch(new Request(url, request), env as never, ctx);
	}),
};
