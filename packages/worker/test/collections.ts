import { defineCollections } from "@userdo/contracts";
import { UserDO } from "@userdo/core";
import * as z from "zod";

export const collections = defineCollections({
	posts: {
		schema: z.object({
			title: z.string().min(1).max(200),
			stars: z.number().default(0),
			views: z.bigint().default(0n),
			publishedAt: z.date().optional(),
			slug: z.string().optional(),
			lang: z.string().optional(),
			tags: z.array(z.string()).default([]),
			author: z.object({ name: z.string() }).optional(),
		}),
		indexes: ["stars"],
		unique: [["slug", "lang"]],
		expose: "write",
	},
	places: { schema: z.object({ id: z.string().min(1), name: z.string() }), expose: "write" },
	reports: { schema: z.object({ text: z.string() }), expose: "read" },
	secrets: { schema: z.object({ text: z.string() }) },
});

/** An object with these collections. */
export class NotebookDO extends UserDO {
	readonly collections = this.tables(collections);

	async createReport(text: string) {
		return this.collections.reports.create({ text });
	}
}
