import { createDatabase } from "@userdo/tables";
import * as z from "zod";

export function openBlog(storage: DurableObjectStorage) {
	const database = createDatabase(storage);
	const authors = database.table("authors", z.object({ name: z.string() }));
	const posts = database.table(
		"posts",
		z.object({
			title: z.string(),
			text: z.string(),
			state: z.enum(["draft", "live"]).default("draft"),
			stars: z.int().default(0),
			place: z.object({ city: z.string() }).optional(),
			tags: z.array(z.string()).default([]),
			authorId: z.string(),
		}),
		{
			indexes: [["state", "createdAt"], "place.city"],
			search: ["title", "text"],
			references: { authorId: { table: authors, onDelete: "cascade" } },
		},
	);

	const live = posts.where("state", "==", "live");
	return {
		authors,
		posts,
		best: () => live.where("stars", ">", 4).orderBy("stars", "desc").limit(10).get(),
		around: (city: string) => live.where("place.city", "==", city).where("tags", "contains", "sql"),
		open: () => posts.or([["state", "==", "draft"], { not: ["stars", ">", 0] }]).count(),
		page: (after?: string) => live.orderBy("createdAt", "desc").page({ after, limit: 20 }),
		find: (words: string) => live.search(words).select(["title"]).limit(5).get(),
		states: () => posts.groupBy("state"),
		mean: () => live.avg("stars"),
		withAuthors: () => live.with("author").get(),
		withPosts: () => authors.with("posts", posts).get(),
	};
}
