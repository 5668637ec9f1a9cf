import { defineCollections } from "userdo";
import * as z from "zod";

/** One definition: the object's table, and the routes at `/api/bookmarks`. */
export const collections = defineCollections({
	bookmarks: {
		schema: z.object({
			// Other schemes, as `javascript:`, would run in whoever follows the link.
			url: z
				.url({
					protocol: /^https?$/,
					error: "Enter an address that starts with https:// or http://.",
				})
				.max(2_000, "An address has at most 2,000 characters."),
			title: z
				.string()
				.trim()
				.min(1, "Give it a title.")
				.max(120, "A title has at most 120 characters."),
			isRead: z.boolean().default(false),
		}),
		unique: ["url"],
		expose: "write",
	},
});
