import { UserDO } from "@userdo/core";
import * as z from "zod";

const PostSchema = z.object({ title: z.string(), content: z.string() });

export class MyAppDO extends UserDO {
	posts = this.table("posts", PostSchema);

	async createPost(title: string, content: string) {
		return this.posts.create({ title, content });
	}
}
