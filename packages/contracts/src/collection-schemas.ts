import * as z from "zod";
import { once } from "./once.js";
import { getSnapshotSchema } from "./operations.js";

/** Longer addresses don't get through Cloudflare's edge. */
const getTextSchema = /* @__PURE__ */ once(() => z.string().max(16 * 1024));

/** What the query string of a list takes; `count` asks for the number of rows alone. */
export const getListQuerySchema = /* @__PURE__ */ once(() =>
	z.object({
		where: getTextSchema()
			.optional()
			.describe(
				'Conditions as JSON: `[["stars", ">", 3]]`, `[{ "or": [["lang", "==", "en"], ["lang", "is-null"]] }]`.',
			),
		orderBy: getTextSchema()
			.regex(/^[^,:]+(:(asc|desc))?(,[^,:]+(:(asc|desc))?)*$/, {
				message: "These must be fields with commas between them, with :asc or :desc after each.",
			})
			.optional()
			.describe("Fields with commas between them: `stars:desc,title`."),
		limit: z
			.string()
			.regex(/^([1-9]\d{0,2}|1000)$/, { message: "The limit is an integer from 1 to 1000." })
			.optional()
			.describe("At most so many rows, up to 1000; 50 without it."),
		after: getTextSchema().min(1).optional().describe("The `endCursor` of the page before."),
		count: z
			.literal("true")
			.optional()
			.describe("Answers how many rows there are; only `where` goes with it."),
	}),
);

/** What stands in the path of a row. */
export const getRowParamsSchema = /* @__PURE__ */ once(() =>
	z.object({ id: z.string().min(1).max(512) }),
);

/** What the query string of an upsert takes. */
export const getUpsertQuerySchema = /* @__PURE__ */ once(() =>
	z.object({
		on: getTextSchema()
			.min(1)
			.describe("The fields by which the row is found that is replaced, with commas between them."),
	}),
);

/** What the query string of an update takes. */
export const getUpdateQuerySchema = /* @__PURE__ */ once(() =>
	z.object({
		ifUpdatedAt: z.iso
			.datetime()
			.optional()
			.describe("The row's `updatedAt` as it was read: `conflict` where it has changed since."),
	}),
);

export const getPageInfoSchema = /* @__PURE__ */ once(() =>
	z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullable() }),
);

export const getCountSchema = /* @__PURE__ */ once(() =>
	z.object({ count: z.int(), snapshot: getSnapshotSchema() }),
);

export const getDeletedSchema = /* @__PURE__ */ once(() =>
	z.object({
		ok: z.literal(true),
		/** False where there was no such row. */
		deleted: z.boolean(),
	}),
);
