import { type Env, UserDO } from "@userdo/core";
import type { Table } from "@userdo/tables";
import { z } from "zod";

const PostSchema = z.object({
	title: z.string(),
	content: z.string(),
	createdAt: z.string(),
});

type Post = z.infer<typeof PostSchema>;

/** The object of the README's example, with a few more methods for the tests. */
export class MyAppDO extends UserDO {
	posts: Table<Post>;

	constructor(state: DurableObjectState, env: Env) {
		super(state, env);
		this.posts = this.table("posts", PostSchema, { userScoped: true });
	}

	async createPost(title: string, content: string) {
		return await this.posts.create({ title, content, createdAt: new Date().toISOString() });
	}

	async getPosts() {
		return await this.posts.orderBy("createdAt", "desc").get();
	}

	async fail(): Promise<never> {
		throw new RangeError("out of ink: canary-in-a-message");
	}
}
