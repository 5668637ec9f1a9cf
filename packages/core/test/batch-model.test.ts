import { isUserDOError } from "@userdo/contracts/errors";
import { createDatabase } from "@userdo/tables";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { Batches } from "../src/batch.js";
import { KeyValueStore } from "../src/kv.js";
import { Mutations } from "../src/mutations.js";
import type { BatchOperation as Operation } from "../src/operations.js";
import { Operations, type WriteResult } from "../src/operations.js";
import { inObject, newEmail, stubOf } from "./helpers.js";

type Fields = Record<string, unknown>;

const schemas = {
	shelves: z.object({ id: z.string(), name: z.string().min(1) }),
	items: z.object({ id: z.string(), title: z.string().min(1), shelfId: z.string().optional() }),
};

/** An instance of the object's parts, as after an eviction. */
function open(storage: DurableObjectStorage) {
	const database = createDatabase(storage);
	database.table("shelves", schemas.shelves, { unique: ["name"] });
	const references = { shelfId: { table: "shelves", onDelete: "cascade" } } as const;
	database.table("items", schemas.items, { references });
	const kv = new KeyValueStore(storage, { changes: database.changes });
	const operations = new Operations(database, kv);
	const mutations = new Mutations(storage.sql);
	const batches = new Batches({ database, operations, mutations });
	return { database, kv, batches };
}

// Few of each, so that they meet.
const id = fc.constantFrom("1", "2", "3");
const name = fc.constantFrom("", "a", "b", "c");
const shelf = fc.record({ id, name });
const item = fc.record({ id, title: name, shelfId: id }, { requiredKeys: ["id", "title"] });
const key = fc.constantFrom("k", "l");
const writes = fc.oneof(
	fc.record({ op: fc.constant("create"), collection: fc.constant("shelves"), data: shelf }),
	fc.record({ op: fc.constant("create"), collection: fc.constant("items"), data: item }),
	fc.record({
		op: fc.constant("upsert"),
		collection: fc.constant("shelves"),
		data: shelf,
		on: fc.constantFrom(["id"], ["name"]),
	}),
	fc.record({
		op: fc.constant("update"),
		collection: fc.constant("items"),
		id,
		patch: fc.record({ title: name, shelfId: fc.option(id) }, { requiredKeys: [] }),
	}),
	fc.record({
		op: fc.constant("delete"),
		collection: fc.constantFrom("shelves", "items", "nowhere"),
		id,
	}),
	fc.record(
		{
			op: fc.constant("set-key"),
			key,
			value: fc.nat(2),
			/** Of the key as it is when the batch comes: right or wrong. */
			ifVersion: fc.constantFrom("right", "wrong"),
		},
		{ requiredKeys: ["op", "key", "value"] },
	),
	fc.record({ op: fc.constant("delete-key"), key }),
);
type Write = Record<string, unknown> & { op: string };

const step = fc.oneof(
	{
		weight: 4,
		arbitrary: fc.record({
			do: fc.constant("batch" as const),
			writes: fc.array(writes as fc.Arbitrary<Write>, { minLength: 1, maxLength: 5 }),
			/** Which of the operations sent before come along. */
			repeated: fc.array(fc.nat(30), { maxLength: 2 }),
		}),
	},
	{ weight: 2, arbitrary: fc.record({ do: fc.constant("repeat" as const), which: fc.nat(30) }) },
	{ weight: 1, arbitrary: fc.record({ do: fc.constant("reopen" as const) }) },
);

class Refused extends Error {}

/** What should be stored. */
class Model {
	shelves = new Map<string, Fields>();
	items = new Map<string, Fields>();
	keys = new Map<string, unknown>();
	/** What came of the operations, by their mutations. */
	results = new Map<string, WriteResult>();

	copy(): Model {
		return Object.assign(new Model(), {
			shelves: new Map(this.shelves),
			items: new Map(this.items),
			keys: new Map(this.keys),
			results: new Map(this.results),
		});
	}

	/** @throws Refused with the place */
	run(operation: Operation, versions: Map<string, number>): WriteResult {
		switch (operation.op) {
			case "create":
			case "upsert": {
				const rows = this.#rows(operation.collection);
				const data = operation.data as Fields & { id: string };
				this.#check(operation.collection, data, "data");
				const found = operation.op === "upsert" && this.#find(rows, operation.on, data);
				if (found && found.id !== data.id) throw new Refused("data.id");
				// SQLite tells of the name where both are taken.
				const taken = [...rows.values()].some((row) => "name" in row && row.name === data.name);
				if (!found && taken) throw new Refused("data.name");
				if (!found && rows.has(data.id)) throw new Refused("data.id");
				this.#write(operation.collection, data, "data");
				return { row: data };
			}
			case "update": {
				const row = this.#rows(operation.collection).get(operation.id);
				const patch = operation.patch as Fields;
				this.#check(operation.collection, { id: "1", title: "a", ...patch }, "patch");
				if (!row) throw new Refused("patch");
				const { shelfId, ...rest } = { ...row, ...patch };
				const after = { ...rest, ...(typeof shelfId === "string" && { shelfId }) };
				this.#write(operation.collection, after as Fields & { id: string }, "patch");
				return { row: after };
			}
			case "delete": {
				const deleted = this.#rows(operation.collection).delete(operation.id);
				for (const [key, { shelfId }] of operation.collection === "shelves" ? this.items : []) {
					if (deleted && shelfId === operation.id) this.items.delete(key);
				}
				return { deleted };
			}
			case "set-key": {
				const { key, value, ifVersion } = operation;
				if (ifVersion !== undefined && ifVersion !== (versions.get(key) ?? 0)) {
					throw new Refused("ifVersion");
				}
				// Within the batch nobody has seen the new one.
				if (this.keys.get(key) !== value) versions.set(key, Number.NaN);
				this.keys.set(key, value);
				return { version: Number.NaN };
			}
			case "delete-key":
				versions.delete(operation.key);
				return { deleted: this.keys.delete(operation.key) };
		}
	}

	#rows(collection: string): Map<string, Fields> {
		if (collection !== "shelves" && collection !== "items") throw new Refused("collection");
		return this[collection];
	}

	#find(rows: Map<string, Fields>, on: readonly string[], data: Fields): Fields | undefined {
		return [...rows.values()].find((row) => on.every((field) => row[field] === data[field]));
	}

	#check(collection: string, data: Fields, part: string): void {
		const field = collection === "shelves" ? "name" : "title";
		if (data[field] === "") throw new Refused(`${part}.${field}`);
	}

	#write(collection: string, row: Fields & { id: string }, part: string): void {
		const taken = [...this.shelves.values()].some(
			(other) => other.id !== row.id && other.name === row.name,
		);
		if (collection === "shelves" && taken) throw new Refused(`${part}.name`);
		const { shelfId } = row;
		if (collection === "items" && typeof shelfId === "string" && !this.shelves.has(shelfId)) {
			throw new Refused(`${part}.shelfId`);
		}
		this.#rows(collection).set(row.id, row);
	}
}

/** The parts of a row that the model knows. */
const withoutTimes = ({ createdAt: _, updatedAt: __, ...row }: Fields): Fields => row;
const comparable = (result: WriteResult): WriteResult => {
	if ("version" in result) return { version: Number.NaN };
	return "row" in result ? { row: withoutTimes(result.row) } : result;
};

describe("batches", () => {
	it("agree with a model: all of an operation's work once, or nothing of the batch", async () => {
		await inObject(stubOf(newEmail()), (_object, { storage }) => {
			const stats = { done: 0, refused: 0, recalled: 0 };
			const tables = ["shelves", "items", "_userdo_kv", "_userdo_mutations", "_userdo_changes"];
			const dump = () =>
				tables.map((table) => {
					const exists = "SELECT 1 FROM sqlite_master WHERE name = ?";
					if (storage.sql.exec(exists, table).toArray().length === 0) return [];
					return storage.sql.exec(`SELECT * FROM ${table}`).toArray();
				});
			const changesMade = () => storage.sql.exec("SELECT total_changes() AS n").one().n;
			let mutations = 0;

			fc.assert(
				fc.property(fc.array(step, { minLength: 1, maxLength: 12 }), (steps) => {
					let parts = open(storage);
					for (const table of parts.database.tables.values()) {
						table.where({ not: ["id", "==", ""] }).deleteWhere();
					}
					for (const known of Object.keys(parts.kv.list().data)) parts.kv.delete(known);
					const begin = parts.database.changes.seq;
					let model = new Model();
					const batches: Operation[][] = [];
					for (const each of steps) {
						if (each.do === "reopen") {
							parts = open(storage);
							continue;
						}
						const versionOf = (name: string) => parts.kv.list().versions[name] ?? 0;
						const isRepeat = each.do === "repeat";
						const batch: Operation[] = isRepeat
							? (batches[each.which % batches.length] ?? [])
							: ([
									...new Set(each.repeated.flatMap((n) => batches.flat()[n] ?? [])),
									...each.writes.map((write) => ({
										...write,
										mutation: `mutation-${mutations++}`,
										...(write.ifVersion !== undefined && {
											ifVersion:
												versionOf(String(write.key)) + (write.ifVersion === "right" ? 0 : 99),
										}),
									})),
								] as Operation[]);
						if (batch.length === 0) continue;
						if (!isRepeat) batches.push(batch);
						const isKnown = batch.every(({ mutation }) => model.results.has(mutation));
						const before = { dump: dump(), seq: parts.database.changes.seq, made: changesMade() };
						const next = model.copy();
						let place: string | undefined;
						const expected: WriteResult[] = [];
						try {
							const versions = new Map(Object.entries(parts.kv.list().versions));
							for (const [index, operation] of batch.entries()) {
								place = `operations.${index}`;
								const known = next.results.get(operation.mutation);
								const result = known ?? next.run(operation, versions);
								next.results.set(operation.mutation, result);
								expected.push(result);
							}
							place = undefined;
						} catch (error) {
							if (!(error instanceof Refused)) throw error;
							place += `.${error.message}`;
						}
						try {
							const { results, snapshot } = parts.batches.run(batch);
							expect(place).toBeUndefined();
							expect(results.map(comparable)).toEqual(expected.map(comparable));
							expect(snapshot).toEqual({
								epoch: parts.database.changes.epoch,
								seq: parts.database.changes.seq,
							});
							stats[isKnown ? "recalled" : "done"]++;
							model = next;
						} catch (error) {
							if (!isUserDOError(error)) throw error;
							expect(error.issues?.map(({ path }) => path)).toEqual([place]);
							expect(dump()).toEqual(before.dump);
							stats.refused++;
						}
						if (isKnown) expect(changesMade()).toBe(before.made);
						const ids = new Set(batch.map(({ mutation }) => mutation));
						for (const { mutation } of parts.database.changes.read(before.seq, 1000)) {
							expect(ids).toContain(mutation);
						}
					}

					const rowsOf = (table: string) =>
						parts.database.tables.get(table)?.orderBy("id").get().map(withoutTimes);
					const byId = (rows: Map<string, Fields>) =>
						[...rows.values()].sort((a, b) => (String(a.id) < String(b.id) ? -1 : 1));
					expect(rowsOf("shelves")).toEqual(byId(model.shelves));
					expect(rowsOf("items")).toEqual(byId(model.items));
					expect(parts.kv.list().data).toEqual(Object.fromEntries(model.keys));
					// Who hears the changes of the log alone has the same rows.
					const heard = new Map<string, Fields>();
					for (const { event, data } of parts.database.changes.read(begin, 1000)) {
						if (!event.startsWith("table:")) continue;
						const { type, data: row } = data as { type: string; data: Fields };
						if (type === "delete") heard.delete(`${event} ${row.id}`);
						else heard.set(`${event} ${row.id}`, withoutTimes(row));
					}
					expect(heard.size).toBe(model.shelves.size + model.items.size);
					for (const row of model.items.values()) {
						expect(heard.get(`table:items ${row.id}`)).toEqual(row);
					}
				}),
				{ numRuns: 120 },
			);
			// Each kind was met.
			expect(Math.min(...Object.values(stats))).toBeGreaterThan(5);
		});
	});
});
