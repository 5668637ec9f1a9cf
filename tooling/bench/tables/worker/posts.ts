import * as z from "zod";

/** A row is about 600 bytes: ten fields of all kinds, and the layer's own three. */
export const PostSchema = z.object({
	title: z.string().min(1).max(200),
	subtitle: z.string().max(200).optional(),
	body: z.string().max(10_000),
	category: z.string().max(50),
	score: z.int(),
	rating: z.number().min(0).max(5),
	published: z.boolean(),
	publishedAt: z.date(),
	author: z.object({ name: z.string(), email: z.string() }),
	tags: z.array(z.string()),
});

export type PostInput = z.input<typeof PostSchema>;
export type Post = z.output<typeof PostSchema> & { id: string; createdAt: Date; updatedAt: Date };

/** How many rows have the same category. */
export const hits = 20;

const body = "A row of real size, since a tiny one would show the fixed costs alone. ".repeat(5);
const start = Date.UTC(2026, 0, 1);

/** The same rows in each run: categories of 20 rows, scores that are all different. */
export function makePost(i: number, rows: number): PostInput {
	const categories = Math.max(1, Math.floor(rows / hits));
	return {
		title: `Post number ${i} of a bench, with a title of usual length`,
		...(i % 2 === 0 && { subtitle: "Half of the rows have one of these" }),
		body,
		category: `category-${i % categories}`,
		// 7919 is prime to all sizes: every score once, in no order.
		score: (i * 7919) % rows,
		rating: (i % 50) / 10,
		published: i % 3 !== 0,
		publishedAt: new Date(start + i * 60_000),
		author: { name: `Author ${i % 100}`, email: `author-${i % 100}@example.com` },
		tags: ["bench", "sqlite", `tag-${i % 10}`],
	};
}
