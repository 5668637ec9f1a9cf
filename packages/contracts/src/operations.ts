import * as z from "zod";
import { getJsonSchema, getStoredJsonSchema } from "./json.js";
import { once } from "./once.js";
import { getKeySchema } from "./schemas.js";

/** A client's own id of a write; sent again, it is done once. */
const getMutationIdSchema = /* @__PURE__ */ once(() => z.string().regex(/^[\w-]{8,64}$/));

/** The version that a key must have for a write to happen; 0: the key must not be set. */
export const getIfVersionSchema = /* @__PURE__ */ once(() => z.int().nonnegative());

/** Seconds until a key is gone; at most ten years. */
export const getTtlSchema = /* @__PURE__ */ once(() => z.int().positive().max(315_360_000));

const getCollectionNameSchema = /* @__PURE__ */ once(() => z.string().min(1).max(63));
const getRowIdSchema = /* @__PURE__ */ once(() => z.string().min(1).max(512));
const getFieldsSchema = /* @__PURE__ */ once(() => z.record(z.string(), getJsonSchema()));

/** One write of a batch. */
export const getOperationSchema = /* @__PURE__ */ once(() =>
	z.discriminatedUnion("op", [
		z.object({
			op: z.literal("create"),
			mutation: getMutationIdSchema(),
			collection: getCollectionNameSchema(),
			data: getFieldsSchema(),
		}),
		z.object({
			op: z.literal("update"),
			mutation: getMutationIdSchema(),
			collection: getCollectionNameSchema(),
			id: getRowIdSchema(),
			patch: getFieldsSchema(),
			/** The row's `updatedAt` as it was read: `conflict` where somebody has changed it since. */
			ifUpdatedAt: z.iso.datetime().optional(),
		}),
		z.object({
			op: z.literal("upsert"),
			mutation: getMutationIdSchema(),
			collection: getCollectionNameSchema(),
			data: getFieldsSchema(),
			/** The fields by which the row is found that is to be replaced. */
			on: z.array(z.string()).min(1),
		}),
		z.object({
			op: z.literal("delete"),
			mutation: getMutationIdSchema(),
			collection: getCollectionNameSchema(),
			id: getRowIdSchema(),
		}),
		z.object({
			op: z.literal("set-key"),
			mutation: getMutationIdSchema(),
			key: getKeySchema(),
			value: getJsonSchema(),
			ifVersion: getIfVersionSchema().optional(),
			ttl: getTtlSchema().optional(),
		}),
		z.object({
			op: z.literal("delete-key"),
			mutation: getMutationIdSchema(),
			key: getKeySchema(),
			ifVersion: getIfVersionSchema().optional(),
		}),
	]),
);

/** What came of one write of a batch: of `create`, `update` and `upsert` the row. */
export const getOperationResultSchema = /* @__PURE__ */ once(() =>
	z.union([
		z.object({ row: z.record(z.string(), getStoredJsonSchema()) }),
		z.object({ deleted: z.boolean() }),
		z.object({ version: z.int() }),
	]),
);

/** Where the change log stands; what is read with it holds every change up to there, and no later. */
export const getSnapshotSchema = /* @__PURE__ */ once(() =>
	z.object({ epoch: z.string(), seq: z.int() }),
);

/** One write of a batch. */
export type Operation = z.input<ReturnType<typeof getOperationSchema>>;

/** What came of one write of a batch. */
export type OperationResult = z.output<ReturnType<typeof getOperationResultSchema>>;

/** Where the change log stands. */
export type Snapshot = z.output<ReturnType<typeof getSnapshotSchema>>;
