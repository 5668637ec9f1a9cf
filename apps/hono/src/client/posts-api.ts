import type { UserDOClient } from "userdo/client";
import type { Draft, PostJson } from "../post.js";
import type { PostChange } from "./post-store.js";

/** The app's own routes (src/index.ts), with the types of what they answer. */
export function createPostsApi(client: UserDOClient) {
	const posts = client.collection("posts");
	return {
		list: async () => (await posts.list<{ posts: PostJson[] }>()).posts,
		create: async (draft: Draft) => (await posts.create<{ post: PostJson }>(draft)).post,
		update: async (id: string, draft: Draft) =>
			(await posts.update<{ post: PostJson }>(id, draft)).post,
		delete: async (id: string) => {
			await posts.delete(id);
		},
		onChange: (listener: (change: PostChange) => void) => posts.onChange<PostJson>(listener),
	};
}
