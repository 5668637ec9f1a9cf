import { type Operation, type Snapshot, validate } from "@userdo/contracts";
import { UserDOError } from "@userdo/contracts/errors";
import { getOperationSchema, once } from "@userdo/contracts/lazy";
import type { Database, JsonList, JsonQuery, JsonRow, JsonTable } from "@userdo/tables";
import * as z from "zod";
import type { KeyValueStore } from "./kv.js";
import { within } from "./places.js";

/** Recursive JSON types are more than the runtime's own types of an RPC can take. */
type Loose<O> = O extends unknown
	? {
			[Name in keyof O]: Name extends "data" | "patch"
				? Record<string, unknown>
				: Name extends "value"
					? unknown
					: Name extends "on"
						? readonly string[]
						: O[Name];
		}
	: never;
type WithoutMutation<O> = O extends unknown ? Omit<O, "mutation"> : never;

/** One write of a batch; `data`, `patch` and `value` are JSON. */
export type BatchOperation = Loose<Operation>;

/** A write that stands alone: one of a batch without its id. */
export type SingleOperation = WithoutMutation<BatchOperation>;

/** What came of a write: of `create`, `update` and `upsert` the row. */
export type WriteResult = { row: JsonRow } | { deleted: boolean } | { version: number };

type RowOperation = Extract<SingleOperation, { collection: string }>;

/** Tables and keys look at their values themselves; to walk through large ones twice takes its time. */
function loosen(shape: z.ZodObject["shape"]) {
	const fields = z.record(z.string(), z.unknown());
	const loose = { data: fields, patch: fields, value: z.unknown() };
	const own = Object.entries(loose).filter(([name]) => name in shape);
	return z.object({ ...shape, ...Object.fromEntries(own) });
}

/** As in the contract, but for whether what is to be written is JSON. */
export const getBatchOperationSchema = once(() => {
	const { options } = getOperationSchema();
	const parts = options.map(({ shape }) => loosen(shape)) as unknown as typeof options;
	return z.discriminatedUnion("op", parts) as unknown as z.ZodType<BatchOperation>;
});

/** Reads and writes of collections and keys, as they come over HTTP: rows are JSON. */
export class Operations {
	readonly #database: Database;
	readonly #kv: KeyValueStore;

	constructor(database: Database, kv: KeyValueStore) {
		this.#database = database;
		this.#kv = kv;
	}

	/** Where the change log stands. */
	get snapshot(): Snapshot {
		return this.#database.changes.snapshot;
	}

	list(collection: string, query: JsonQuery): JsonList {
		return this.#table(collection).list(query);
	}

	count(collection: string, where?: readonly unknown[]): { count: number; snapshot: Snapshot } {
		return this.#table(collection).count(where);
	}

	find(collection: string, id: string): JsonRow | undefined {
		return this.#table(collection).find(id);
	}

	/** Runs one write. What it refuses is named as the table or the key does: `title`, `ifVersion`. */
	run(operation: SingleOperation): WriteResult {
		const whole = { ...Object(operation), mutation: "none-of-a-batch" };
		const { mutation: _, ...single } = validate(getBatchOperationSchema(), whole);
		if ("key" in single) this.expire();
		return this.#run(single, (_part, write) => write());
	}

	/** Deletes expired keys, so that they go in the name of none of the writes that follow. */
	expire(): void {
		this.#kv.expire();
	}

	/** Runs one of a batch, which is valid. What it refuses is named by its place: `data.title`. */
	runPart(operation: SingleOperation): WriteResult {
		return this.#run(operation, within);
	}

	#run(operation: SingleOperation, place: typeof within): WriteResult {
		switch (operation.op) {
			case "set-key": {
				const { key, value, ifVersion, ttl } = operation;
				return { version: this.#kv.set(key, value, { ifVersion, ttl }) };
			}
			case "delete-key":
				return { deleted: this.#kv.delete(operation.key, { ifVersion: operation.ifVersion }) };
			case "delete":
				return { deleted: this.#table(operation.collection).delete(operation.id) };
			default:
				return { row: this.#write(operation, place) };
		}
	}

	#write(operation: Exclude<RowOperation, { op: "delete" }>, place: typeof within): JsonRow {
		const table = this.#table(operation.collection);
		switch (operation.op) {
			case "create":
				return place("data", () => table.create(operation.data));
			case "upsert": {
				const { data, on } = operation;
				return place("data", () => table.upsert(data, { on }), ["on"]);
			}
			case "update": {
				const { id, patch, ifUpdatedAt } = operation;
				return place("patch", () => table.update(id, patch, { ifUpdatedAt }), ["ifUpdatedAt"]);
			}
		}
	}

	/** @throws UserDOError `not_found` where there is no such table */
	#table(collection: string): JsonTable {
		const table = this.#database.json(collection);
		if (table !== undefined) return table;
		const issues = [{ path: "collection", message: "There is no such collection." }];
		throw new UserDOError("not_found", { issues });
	}
}
