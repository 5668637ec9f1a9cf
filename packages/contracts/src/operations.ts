import * as z from "zod";
import { JsonSchema, StoredJsonSchema } from "./json.js";
import { KeySchema } from "./schemas.js";

/** A client's own id of a write; sent again, it is done once. */
const MutationIdSchema = z.string().regex(/^[\w-]{8,64}$/);

/** The version that a key must have for a write to happen; 0: the key must not be set. */
export const IfVersionSchema = z.int().nonnegative();

/** Seconds until a key is gone; at most ten years. */
export const TtlSchema = z.int().positive().max(315_360_000);

const CollectionNameSchema = z.string().min(1).max(63);
const RowIdSchema = z.string().min(1).max(512);
const FieldsSchema = z.record(z.string(), JsonSchema);

/** One write of a batch. */
export const OperationSchema = z.discriminatedUnion("op", [
	z.object({
		op: z.literal("create"),
		mutation: MutationIdSchema,
		collection: CollectionNameSchema,
		data: FieldsSchema,
	}),
	z.object({
		op: z.literal("update"),
		mutation: MutationIdSchema,
		collection: CollectionNameSchema,
		id: RowIdSchema,
		patch: FieldsSchema,
		/** The row's `updatedAt` as it was read: `conflict` where somebody has changed it since. */
		ifUpdatedAt: z.iso.datetime().optional(),
	}),
	z.object({
		op: z.literal("upsert"),
		mutation: MutationIdSchema,
		collection: CollectionNameSchema,
		data: FieldsSchema,
		/** The fields by which the row is found that is to be replaced. */
		on: z.array(z.string()).min(1),
	}),
	z.object({
		op: z.literal("delete"),
		mutation: MutationIdSchema,
		collection: CollectionNameSchema,
		id: RowIdSchema,
	}),
	z.object({
		op: z.literal("set-key"),
		mutation: MutationIdSchema,
		key: KeySchema,
		value: JsonSchema,
		ifVersion: IfVersionSchema.optional(),
		ttl: TtlSchema.optional(),
	}),
	z.object({
		op: z.literal("delete-key"),
		mutation: MutationIdSchema,
		key: KeySchema,
		ifVersion: IfVersionSchema.optional(),
	}),
]);

/** What came of one write of a batch: of `create`, `update` and `upsert` the row. */
export const OperationResultSchema = z.union([
	z.object({ row: z.record(z.string(), StoredJsonSchema) }),
	z.object({ deleted: z.boolean() }),
	z.object({ version: z.int() }),
]);

/** Where the change log stands; what is read with it holds every change up to there, and no later. */
export const SnapshotSchema = z.object({ epoch: z.string(), seq: z.int() });

/** One write of a batch. */
export type Operation = z.input<typeof OperationSchema>;

/** What came of one write of a batch. */
export type OperationResult = z.output<typeof OperationResultSchema>;

/** Where the change log stands. */
export type Snapshot = z.output<typeof SnapshotSchema>;
