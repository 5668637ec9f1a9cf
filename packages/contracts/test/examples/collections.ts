import { defineCollections } from "@userdo/contracts";
import * as z from "zod";

export const collections = defineCollections({
	posts: { schema: z.object({ title: z.string() }), expose: "write" },
});
