import {
	createUserDOWorker,
	createWebSocketHandler,
	type Env,
	getUserDOFromContext,
	limits,
	type Table,
	UserDO,
	UserDOError,
	type UserDOOptions,
	validate,
} from "userdo";
import { commonPasswords } from "userdo/common-passwords";
import { type Draft, DraftSchema, type Patch, PatchSchema, type Post, PostSchema } from "./post.js";

/** One of these per user, with a database of its own: all posts in it are that user's. */
export class MyAppDO extends UserDO {
	static override options: UserDOOptions = { passwordPolicy: { rejectCommon: commonPasswords } };

	posts: Table<Post>;

	constructor(state: DurableObjectState, env: Env) {
		super(state, env);
		this.posts = this.table("posts", PostSchema, { userScoped: true });
	}

	async createPost(draft: Draft) {
		return await this.posts.create({ ...draft, createdAt: new Date().toISOString() });
	}

	async getPosts() {
		return await this.posts.orderBy("createdAt", "desc").get();
	}

	async updatePost(id: string, patch: Patch) {
		return await this.posts.update(id, patch);
	}

	async deletePost(id: string) {
		if (!(await this.posts.delete(id))) throw new UserDOError("not_found");
	}
}

const app = createUserDOWorker("MY_APP_DO");
const wsHandler = createWebSocketHandler("MY_APP_DO");

app.use("/api/posts/*", limits({ maxBytes: 64 * 1024 }));

app.get("/api/posts", async (c) => {
	return c.json({ posts: await notebook(c).getPosts() });
});

app.post("/api/posts", async (c) => {
	const draft = validate(DraftSchema, await c.req.json());
	return c.json({ post: await notebook(c).createPost(draft) });
});

app.patch("/api/posts/:id", async (c) => {
	const patch = validate(PatchSchema, await c.req.json());
	return c.json({ post: await notebook(c).updatePost(c.req.param("id"), patch) });
});

app.delete("/api/posts/:id", async (c) => {
	await notebook(c).deletePost(c.req.param("id"));
	return c.json({ ok: true });
});

function notebook(c: Parameters<typeof getUserDOFromContext>[0]) {
	const user = c.get("user");
	if (!user) throw new UserDOError("unauthorized");
	return getUserDOFromContext<MyAppDO>(c, user.email, "MY_APP_DO");
}

export default {
	async fetch(request: Request, env: Cloudflare.Env, ctx: ExecutionContext): Promise<Response> {
		if (request.headers.get("upgrade") === "websocket") {
			return wsHandler.fetch(request, env, ctx);
		}
		return app.fetch(request, env, ctx);
	},
};
