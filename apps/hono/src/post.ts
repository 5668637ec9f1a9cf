import * as z from "zod";

/** A row of the posts table. */
export const PostSchema = z.object({
	title: z.string(),
	content: z.string(),
	createdAt: z.string(),
});

/** What a person writes: the rest of a post is the server's. */
export const DraftSchema = z.object({
	title: z
		.string()
		.trim()
		.min(1, "Give the note a title.")
		.max(120, "A title has at most 120 characters."),
	content: z.string().trim().max(10_000, "A note has at most 10,000 characters."),
});

/** What is changed of it. */
export const PatchSchema = DraftSchema.exactPartial();

export type Post = z.infer<typeof PostSchema>;
export type Draft = z.infer<typeof DraftSchema>;
export type Patch = z.infer<typeof PatchSchema>;

/** A post as the browser gets it, in answers and in live changes: dates have become text. */
export interface PostJson extends Post {
	id: string;
	updatedAt: string;
}
