import { type CollectionRow, defineCollections, defineKeys } from "@userdo/contracts";
import * as z from "zod";

export const collections = defineCollections({
	posts: {
		schema: z.object({
			title: z
				.string()
				.trim()
				.min(1, "Give the note a title.")
				.max(120, "A title has at most 120 characters."),
			content: z.string().trim().max(10_000, "A note has at most 10,000 characters."),
		}),
		search: ["title", "content"],
		expose: "write",
	},
});

/** `system` follows the device. */
export const ThemeSchema = z.enum(["system", "light", "dark"]);

export const keys = defineKeys({ preferences: z.object({ theme: ThemeSchema }) });

/** What a person writes. */
export type Draft = z.infer<typeof collections.posts.schema>;

/** A note as the browser gets it: times are texts. */
export type Note = CollectionRow<typeof collections.posts>;

export type Theme = z.infer<typeof ThemeSchema>;
