import { defineCollections, defineKeys } from "@userdo/contracts";
import { UserDO, type UserDOOptions } from "@userdo/core";
import * as z from "zod";

export const collections = defineCollections({
	posts: {
		schema: z.object({ title: z.string(), publishedAt: z.date().optional() }),
		indexes: ["publishedAt"],
		expose: "write",
	},
});

export const keys = defineKeys({
	preferences: z.object({ theme: z.enum(["light", "dark"]) }),
});

export class MyAppDO extends UserDO {
	static override options: UserDOOptions = { keys };

	posts = this.tables(collections).posts;

	async publish(id: string) {
		return this.posts.update(id, { publishedAt: new Date() });
	}
}
