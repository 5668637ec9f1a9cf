import { defineCollections } from "@userdo/contracts";
import * as z from "zod";

/** What the Worker of another repository says of its data. */
export const collections = defineCollections({
	tasks: {
		schema: z.object({ title: z.string(), done: z.boolean().default(false) }),
		expose: "write",
	},
});
