import * as z from "zod";
import type { Endpoints } from "../endpoint.js";
import { getJsonSchema, getStoredJsonSchema } from "../json.js";
import { buildOnce } from "../once.js";
import { getIfVersionSchema, getTtlSchema } from "../operations.js";
import { getKeySchema, getOkSchema } from "../schemas.js";

const tag = "Key-value data";

/** The signed-in user's key-value pairs: see `dataRoutes`. */
export const dataEndpoints = /* @__PURE__ */ buildOnce({
	"GET /data": {
		tag,
		summary: "Read keys",
		auth: "session",
		/** Without a key: every key, or all that start with `prefix`. */
		get query() {
			return z.object({
				key: getKeySchema().optional(),
				prefix: z.string().max(512).optional(),
				/** Keys after this one, which come in the order of their UTF-8 bytes. */
				after: z.string().max(512).optional(),
				/** At most so many; without it all of them. */
				limit: z
					.string()
					.regex(/^[1-9]\d{0,3}$/)
					.optional(),
			});
		},
		get responses() {
			return {
				200: z.object({
					/** A key that is not set is absent. */
					data: z.record(z.string(), getStoredJsonSchema()),
					/** The `seq` of the change that made the value, for `ifVersion`: no key has one twice. */
					versions: z.record(z.string(), z.int()),
					/** The last key, where `limit` has left out others after it. */
					next: z.string().optional(),
				}),
			};
		},
	},
	"POST /data": {
		tag,
		summary: "Set a key",
		auth: "session",
		get body() {
			return z.object({
				key: getKeySchema(),
				value: getJsonSchema(),
				ifVersion: getIfVersionSchema().optional(),
				ttl: getTtlSchema().optional(),
			});
		},
		get responses() {
			return { 200: getOkSchema().extend({ version: z.int() }) };
		},
		errors: ["conflict"],
	},
	"DELETE /data": {
		tag,
		summary: "Delete a key",
		auth: "session",
		get query() {
			return z.object({
				key: getKeySchema(),
				ifVersion: z
					.string()
					.regex(/^\d{1,15}$/)
					.optional(),
			});
		},
		get responses() {
			return {
				200: getOkSchema().extend({
					/** False where the key was not set. */
					deleted: z.boolean(),
				}),
			};
		},
		errors: ["conflict"],
	},
} as const satisfies Endpoints);
