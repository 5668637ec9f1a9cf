import * as z from "zod";
import type { Endpoints } from "../endpoint.js";
import { JsonSchema, StoredJsonSchema } from "../json.js";
import { IfVersionSchema, TtlSchema } from "../operations.js";
import { KeySchema, OkSchema } from "../schemas.js";

const tag = "Key-value data";

/** The signed-in user's key-value pairs: see `dataRoutes`. */
export const dataEndpoints = {
	"GET /data": {
		tag,
		summary: "Read keys",
		auth: "session",
		/** Without a key: every key, or all that start with `prefix`. */
		query: z.object({
			key: KeySchema.optional(),
			prefix: z.string().max(512).optional(),
			/** Keys after this one, which come in the order of their UTF-8 bytes. */
			after: z.string().max(512).optional(),
			/** At most so many; without it all of them. */
			limit: z
				.string()
				.regex(/^[1-9]\d{0,3}$/)
				.optional(),
		}),
		responses: {
			200: z.object({
				/** A key that is not set is absent. */
				data: z.record(z.string(), StoredJsonSchema),
				/** The `seq` of the change that made the value, for `ifVersion`: no key has one twice. */
				versions: z.record(z.string(), z.int()),
				/** The last key, where `limit` has left out others after it. */
				next: z.string().optional(),
			}),
		},
	},
	"POST /data": {
		tag,
		summary: "Set a key",
		auth: "session",
		body: z.object({
			key: KeySchema,
			value: JsonSchema,
			ifVersion: IfVersionSchema.optional(),
			ttl: TtlSchema.optional(),
		}),
		responses: { 200: OkSchema.extend({ version: z.int() }) },
		errors: ["conflict"],
	},
	"DELETE /data": {
		tag,
		summary: "Delete a key",
		auth: "session",
		query: z.object({
			key: KeySchema,
			ifVersion: z
				.string()
				.regex(/^\d{1,15}$/)
				.optional(),
		}),
		responses: {
			200: OkSchema.extend({
				/** False where the key was not set. */
				deleted: z.boolean(),
			}),
		},
		errors: ["conflict"],
	},
} as const satisfies Endpoints;
