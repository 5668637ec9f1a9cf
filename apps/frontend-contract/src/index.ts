import { defineCollections, defineKeys } from "@userdo/contracts";
import * as z from "zod";

export const collections = defineCollections({
	tasks: {
		schema: z.object({
			title: z.string().trim().min(1, "Give the task a title.").max(120),
			status: z.enum(["todo", "doing", "done"]).default("todo"),
			due: z.iso.date("Give a day such as 2026-12-24.").optional(),
		}),
		indexes: ["status"],
		expose: "write",
	},
});

export const keys = defineKeys({
	preferences: z.object({
		theme: z.enum(["system", "light", "dark"]),
		showDone: z.boolean(),
	}),
});
