import * as z from "zod";

/** What people write. The page imports its types, so nothing of the server is imported here. */
export const contents = {
	notes: { schema: z.object({ text: z.string().trim().min(1).max(2000) }), expose: "write" },
} as const;
