import { defineCollections, defineKeys } from "@userdo/contracts";
import * as z from "zod";

/** What the test worker serves by itself. */
export const collections = defineCollections({
	tasks: {
		schema: z.object({
			title: z.string().min(1),
			stars: z.number().default(0),
			size: z.bigint().optional(),
			due: z.date().optional(),
			slug: z.string().optional(),
			author: z.object({ name: z.string() }).optional(),
			tags: z.array(z.string()).default([]),
		}),
		unique: ["slug"],
		expose: "write",
	},
	reports: { schema: z.object({ text: z.string() }), expose: "read" },
});

export const keys = defineKeys({ preferences: z.object({ theme: z.enum(["light", "dark"]) }) });
