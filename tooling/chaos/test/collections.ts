import { defineCollections } from "@userdo/contracts";
import * as z from "zod";

export const collections = defineCollections({
	notes: {
		schema: z.object({
			/** Of whoever made it; never given twice. */
			label: z.string(),
			rank: z.int(),
			done: z.boolean().default(false),
			due: z.date().optional(),
		}),
		indexes: ["rank"],
		expose: "write",
	},
	/** Fills the log. */
	noise: { schema: z.object({ n: z.int() }), expose: "read" },
});
