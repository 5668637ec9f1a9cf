import * as z from "zod";
import type { Endpoints } from "../endpoint.js";
import { buildOnce } from "../once.js";
import { getOperationResultSchema, getOperationSchema, getSnapshotSchema } from "../operations.js";

/** Writes to collections and keys: see `batchRoutes`. */
export const batchEndpoints = /* @__PURE__ */ buildOnce({
	"POST /api/batch": {
		tag: "Collections",
		summary: "Write to collections and keys: all of it, or nothing",
		auth: "session",
		get body() {
			return z.object({ operations: z.array(getOperationSchema()).min(1).max(50) });
		},
		get responses() {
			return {
				200: z.object({
					/** In the order of the operations. */
					results: z.array(getOperationResultSchema()),
					snapshot: getSnapshotSchema(),
				}),
			};
		},
		errors: ["conflict", "forbidden", "not_found"],
	},
} as const satisfies Endpoints);
