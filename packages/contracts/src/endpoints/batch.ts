import * as z from "zod";
import type { Endpoints } from "../endpoint.js";
import { OperationResultSchema, OperationSchema, SnapshotSchema } from "../operations.js";

/** Writes to collections and keys: see `batchRoutes`. */
export const batchEndpoints = {
	"POST /api/batch": {
		tag: "Collections",
		summary: "Write to collections and keys: all of it, or nothing",
		auth: "session",
		body: z.object({ operations: z.array(OperationSchema).min(1).max(50) }),
		responses: {
			200: z.object({
				/** In the order of the operations. */
				results: z.array(OperationResultSchema),
				snapshot: SnapshotSchema,
			}),
		},
		errors: ["conflict", "forbidden", "not_found"],
	},
} as const satisfies Endpoints;
