import { createDatabase } from "@userdo/tables";
import * as z from "zod";

const PostSchema = z.object({
	headline: z.string(), // was `title`
	stars: z.int().default(0), // new: needs no step
});

export function openPosts(storage: DurableObjectStorage) {
	return createDatabase(storage).table("posts", PostSchema, {
		migrations: [
			{
				version: 1,
				up(sql) {
					sql.exec(`ALTER TABLE "posts" RENAME COLUMN "title" TO "headline"`);
				},
			},
		],
	});
}
