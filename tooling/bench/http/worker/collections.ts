import { defineCollections } from "@userdo/contracts";
import * as z from "zod";
import { NoteSchema } from "../../realtime/worker/note.ts";
import { PostSchema } from "../../tables/worker/posts.ts";
import { itemTables } from "./item-tables.ts";

const ItemSchema = z.object({ name: z.string(), amount: z.int(), done: z.boolean() });
const item = { schema: ItemSchema, indexes: ["name"], expose: "write" } as const;
type ItemTables = Record<(typeof itemTables)[number], typeof item>;

/** Ten tables, as many as an app of some size has. */
export const collections = defineCollections({
	posts: { schema: PostSchema, indexes: ["category", "score"], expose: "write" },
	notes: { schema: NoteSchema, expose: "write" },
	...(Object.fromEntries(itemTables.map((name) => [name, item])) as ItemTables),
});
