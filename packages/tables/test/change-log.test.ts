import type { TableChange } from "@userdo/contracts/events";
import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import * as z from "zod";
import type { ChangeSource, Database } from "../src/index.js";
import { inObject } from "./helpers.js";

const NoteSchema = z.object({ text: z.string(), stars: z.number().optional() });

const events = (database: Database, after = 0) =>
	database.changes.read(after, 1000).map(({ event, data }) => ({ event, data }));
const asJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe("what is logged", () => {
	it("tells create, update and delete with the rows as JSON has them", () =>
		inObject((database) => {
			const notes = database.table("notes", NoteSchema);
			const before = Date.now() - 1;
			const first = notes.create({ text: "a" });
			const second = notes.update(first.id, { stars: 1.5 });
			notes.delete(first.id);
			const changes = database.changes.read(0, 10);
			expect(changes.map(({ timestamp: _, ...change }) => change)).toEqual([
				{ seq: 1, event: "table:notes", data: { type: "create", data: asJson(first) } },
				{
					seq: 2,
					event: "table:notes",
					data: { type: "update", data: asJson(second), old: asJson(first) },
				},
				{
					seq: 3,
					event: "table:notes",
					data: { type: "delete", data: asJson(second), old: asJson(second) },
				},
			]);
			for (const { timestamp } of changes) expect(timestamp).toBeGreaterThan(before);
			expect(database.changes.read(1, 1).map(({ seq }) => seq)).toEqual([2]);
			expect(database.changes.seq).toBe(3);
		}));

	it("is told of a table whose triggers are of an earlier version, which are made anew", () =>
		inObject((database, { open, rows }) => {
			const stored = () =>
				rows("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name");
			database.table("notes", NoteSchema).create({ text: "a" });
			const current = stored();
			const name = `"_userdo_create:notes"`;
			rows(`DROP TRIGGER ${name}`);
			// Its bodies may be longer than what is told.
			rows(
				`CREATE TRIGGER ${name} AFTER INSERT ON notes BEGIN
				INSERT INTO _userdo_changes (event, op, key, body, timestamp) VALUES ('table:notes', 'create',
				NEW.id, json_array(json_object('id', NEW.id, 'text', NEW.text)), 1); END`,
			);
			rows(
				"UPDATE _userdo_meta SET value = json_set(value, '$.version', 1) WHERE key = 'table:notes'",
			);
			rows("INSERT INTO notes VALUES ('b', ?, NULL, 0, 0)", "b".repeat(65_536));
			rows("INSERT INTO notes VALUES ('c', 'c', NULL, 0, 0)");
			const later = open();
			const notes = later.table("notes", NoteSchema);
			expect(notes.findById("b")?.text).toHaveLength(65_536);
			expect(stored()).toEqual(current);
			notes.create({ text: "d" });
			const told = later.changes
				.read(1, 10)
				.map(({ data, truncated = false }) => [data, truncated]);
			expect(told).toMatchObject([
				[{ type: "create", data: { id: "b" } }, true],
				[{ type: "create", data: { id: "c", text: "c" } }, false],
				[{ type: "create", data: { text: "d" } }, false],
			]);
			expect(later.changes.weigh(1)).toBeLessThan(1000);
			expect(later.changes.epoch).toBe(database.changes.epoch);
		}));

	it("has what raw SQL did, REPLACE included", () =>
		inObject((database, { rows }) => {
			const notes = database.table("notes", NoteSchema);
			const { id } = notes.create({ text: "a" });
			rows(`UPDATE notes SET text = 'b'`);
			rows(`UPDATE notes SET text = 'b'`);
			rows("UPDATE notes SET stars = 1");
			rows("UPDATE notes SET stars = NULL");
			rows(`INSERT OR REPLACE INTO notes VALUES (?, 'c', NULL, 0, 0)`, id);
			rows("DELETE FROM notes");
			const told = events(database).map(({ data }) => {
				const { type, data: row } = data as TableChange;
				return `${type} ${row.text}`;
			});
			expect(told).toEqual([
				"create a",
				"update b",
				"update b",
				"update b",
				"delete b",
				"create c",
				"delete c",
			]);
		}));

	it("has nothing of a transaction that was rolled back", () =>
		inObject((database) => {
			const notes = database.table("notes", NoteSchema);
			const { id } = notes.create({ text: "a" });
			expect(() =>
				database.transaction(() => {
					notes.update(id, { text: "b" });
					notes.create({ text: "c" });
					throw new Error("no");
				}),
			).toThrow("no");
			expect(database.changes.seq).toBe(1);
			notes.create({ text: "d" });
			expect(database.changes.read(0, 10).map(({ seq }) => seq)).toEqual([1, 2]);
		}));

	it("names the write of a client that made a change, cascades included, and no other", () =>
		inObject((database, { rows }) => {
			database.changes.attribute("nothing yet", 0);
			const authors = database.table("authors", z.object({ name: z.string() }));
			const schema = NoteSchema.extend({ authorId: z.string() });
			const references = { authorId: { table: authors, onDelete: "cascade" } } as const;
			const notes = database.table("notes", schema, { references });
			const author = authors.create({ name: "Ann" });
			notes.create({ text: "a", authorId: author.id });
			const { seq } = database.changes;
			authors.delete(author.id);
			database.changes.attribute("mine", seq);
			authors.create({ name: "Bob" });
			database.changes.attribute("nobody's", database.changes.seq);
			const names = database.changes.read(0, 10).map(({ mutation }) => mutation);
			expect(names).toEqual([undefined, undefined, "mine", "mine", undefined]);
			expect(rows("SELECT max(seq) FROM _userdo_changes")).toEqual([[5]]);
		}));

	it("is nothing for a table without realtime, also when it had it before", () =>
		inObject((database, { open, rows }) => {
			database.table("notes", NoteSchema).create({ text: "a" });
			const quiet = open();
			quiet.table("notes", NoteSchema, { realtime: false }).create({ text: "b" });
			expect(quiet.changes.seq).toBe(1);
			const loud = open();
			loud.table("notes", NoteSchema).create({ text: "c" });
			expect(loud.changes.seq).toBe(2);
			expect(rows("SELECT count(*) FROM sqlite_master WHERE type = 'trigger'")).toEqual([[3]]);
		}));

	it("is only the key of a row over 64 KiB, however it is escaped", () =>
		inObject((database) => {
			const notes = database.table("notes", NoteSchema);
			const small = notes.create({ text: "x".repeat(65_000) });
			const large = notes.create({ text: "x".repeat(65_537) });
			const escaped = notes.create({ text: "\u0001".repeat(30_000) });
			const huge = notes.create({ text: "\u0001".repeat(1_900_000) });
			notes.update(huge.id, { text: "small again" });
			const [a, b, c, d, e] = database.changes.read(0, 10);
			expect(a).toMatchObject({ data: { type: "create", data: asJson(small) } });
			expect(a).not.toHaveProperty("truncated");
			for (const [change, { id }] of [
				[b, large],
				[c, escaped],
				[d, huge],
			] as const) {
				expect(change).toMatchObject({ truncated: true, data: { type: "create", data: { id } } });
			}
			// What it is now can be told; what it was can't.
			expect(e?.data).toEqual({ type: "update", data: asJson(notes.findById(huge.id)) });
		}));

	it("holds 97 fields of any kind", () =>
		inObject((database) => {
			const kinds = [z.string(), z.number(), z.int(), z.array(z.string()), z.date(), z.bigint()];
			const values = ["'\"ä\0", 0.1, 5, ["x"], new Date(5), 7n];
			const names = Array.from({ length: 97 }, (_, i) => `field_${i}_${"x".repeat(54)}`);
			const shape = Object.fromEntries(
				names.map((name, i) => [name, (kinds[i % 6] as z.ZodType).optional()]),
			);
			const wide = database.table("wide", z.object(shape));
			const row = wide.create(Object.fromEntries(names.map((name, i) => [name, values[i % 6]])));
			const id = String(row.id);
			expect(wide.findById(id)).toEqual(row);
			const last = String(names[95]);
			const updated = wide.update(id, { [last]: 8n });
			const replacer = (_: string, value: unknown) =>
				typeof value === "bigint" ? value.toString() : value;
			const told = (value: unknown) => JSON.parse(JSON.stringify(value, replacer));
			expect(events(database)).toEqual([
				{ event: "table:wide", data: { type: "create", data: told(row) } },
				{ event: "table:wide", data: { type: "update", data: told(updated), old: told(row) } },
			]);
		}));

	it("is what JSON makes of the row, for any values", () =>
		inObject((database) => {
			const schema = z.object({
				text: z.string(),
				number: z.number(),
				int: z.int().optional(),
				flag: z.boolean().nullable(),
				date: z.date().nullish(),
				json: z.json(),
			});
			const table = database.table("any", schema);
			const arbitrary = fc.record(
				{
					text: fc.string({ unit: "binary" }).filter((text) => text.isWellFormed()),
					number: fc.double({ noNaN: true, noDefaultInfinity: true }),
					int: fc.maxSafeInteger(),
					flag: fc.option(fc.boolean()),
					date: fc.option(fc.date({ noInvalidDate: true })),
					json: fc.jsonValue({ noUnicodeString: false }) as fc.Arbitrary<z.core.util.JSONType>,
				},
				{ requiredKeys: ["text", "number", "flag", "json"] },
			);
			fc.assert(
				fc.property(arbitrary, (data) => {
					const { seq } = database.changes;
					const row = table.create(data);
					expect(table.findById(row.id)).toEqual(row);
					expect(events(database, seq)).toEqual([
						{ event: "table:any", data: { type: "create", data: asJson(row) } },
					]);
				}),
				{ numRuns: 500 },
			);
		}));

	it("keeps every double", () =>
		inObject((database) => {
			const table = database.table("numbers", z.object({ number: z.number() }));
			fc.assert(
				fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (number) => {
					const { seq } = database.changes;
					table.create({ number });
					const [change] = database.changes.read(seq, 1);
					expect((change as { data: TableChange }).data.data.number).toBe(number + 0);
				}),
				{ numRuns: 3000 },
			);
		}));
});

describe("the log", () => {
	it("is empty before anything is written, and asking writes nothing", () =>
		inObject((database, { rows }) => {
			const { changes } = database;
			expect([changes.epoch, changes.seq, changes.read(0, 10)]).toEqual(["", 0, []]);
			expect(changes.snapshot).toEqual({ epoch: "", seq: 0 });
			expect(changes.covers({ epoch: "", seq: 0 })).toBe(false);
			changes.prune();
			expect(rows("SELECT * FROM sqlite_master")).toEqual([]);
		}));

	it("does not cover a change of that number from before the storage was restored", () =>
		inObject((database) => {
			const notes = database.table("notes", NoteSchema);
			notes.create({ text: "a" });
			const { epoch } = database.changes;
			const timestamp = database.changes.read(0, 1)[0]?.timestamp ?? 0;
			expect(database.changes.covers({ epoch, seq: 1, timestamp })).toBe(true);
			expect(database.changes.covers({ epoch, seq: 1, timestamp: timestamp - 1 })).toBe(false);
			// A client that was only greeted knows no time.
			expect(database.changes.covers({ epoch, seq: 1, timestamp: 0 })).toBe(true);
		}));

	it("covers what can still be told, and nothing of another epoch", () =>
		inObject((database) => {
			const { changes } = database;
			changes.create();
			const { epoch } = changes;
			changes.create();
			expect(changes.epoch).toBe(epoch);
			expect(changes.snapshot).toEqual({ epoch, seq: 0 });
			expect(changes.covers({ epoch, seq: 0 })).toBe(true);
			expect(changes.covers({ epoch, seq: 1 })).toBe(false);
			expect(changes.covers({ epoch: "other", seq: 0 })).toBe(false);
			const notes = database.table("notes", NoteSchema);
			for (let i = 0; i < 3; i++) notes.create({ text: `${i}` });
			changes.prune(Date.now() + 8 * 24 * 60 * 60 * 1000);
			expect(changes.read(0, 10).map(({ seq }) => seq)).toEqual([3]);
			const covered = [1, 2, 3, 4].filter((seq) => changes.covers({ epoch, seq }));
			expect(covered).toEqual([2, 3]);
			notes.create({ text: "next" });
			expect(changes.seq).toBe(4);
			expect(changes.snapshot).toEqual({ epoch, seq: 4 });
		}));

	it("forgets beyond 10,000 changes and keeps the young", () =>
		inObject((database, { rows }) => {
			const notes = database.table("notes", NoteSchema);
			const { id } = notes.create({ text: "" });
			rows(
				`WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < 10100)
				INSERT INTO _userdo_changes SELECT i, 'table:notes', 'create', ?, NULL, NULL, NULL, ? FROM n`,
				id,
				Date.now(),
			);
			database.changes.prune();
			expect(rows("SELECT min(seq), max(seq) FROM _userdo_changes")).toEqual([[101, 10100]]);
			rows("UPDATE _userdo_changes SET timestamp = 0 WHERE seq < 5000");
			database.changes.prune();
			expect(rows("SELECT min(seq), max(seq) FROM _userdo_changes")).toEqual([[5000, 10100]]);
		}));

	it("tracks tables of others", () =>
		inObject((database, { open, rows }) => {
			rows(
				"CREATE TABLE pairs (key TEXT PRIMARY KEY, value TEXT, at INTEGER) STRICT, WITHOUT ROWID",
			);
			const source: ChangeSource = {
				table: "pairs",
				event: "kv:",
				columns: ["value"],
				sql: (row) => ({ event: `'kv:' || ${row}.key`, key: `${row}.key`, body: `${row}.value` }),
				decode: ({ op, body }) => (op === "delete" ? undefined : JSON.parse(body)),
			};
			database.changes.track(source);
			database.changes.track(source);
			rows("INSERT INTO pairs VALUES ('a:b', '{\"x\":1}', 1)");
			rows("UPDATE pairs SET at = 2");
			rows("UPDATE pairs SET value = '2'");
			rows("DELETE FROM pairs");
			const expected = [
				{ event: "kv:a:b", data: { x: 1 } },
				{ event: "kv:a:b", data: 2 },
				{ event: "kv:a:b", data: undefined },
			];
			expect(events(database)).toEqual(expected);
			const later = open();
			expect(later.changes.read(0, 10)[0]).toMatchObject({ seq: 1, truncated: true });
			later.changes.register(source);
			expect(events(later)).toEqual(expected);
		}));
});

describe("onWrite", () => {
	it("is called after each write, for a transaction once and after it", () =>
		inObject((_, { open }) => {
			const onWrite = vi.fn();
			const database = open({ onWrite });
			const notes = database.table("notes", NoteSchema);
			notes.get();
			notes.delete("none");
			expect(() => notes.create({} as never)).toThrow();
			expect(onWrite).toHaveBeenCalledTimes(0);
			const { id } = notes.create({ text: "a" });
			notes.update(id, { text: "b" });
			expect(onWrite).toHaveBeenCalledTimes(2);
			database.transaction(() => {
				notes.create({ text: "c" });
				database.transaction(() => notes.delete(id));
				expect(onWrite).toHaveBeenCalledTimes(2);
			});
			expect(onWrite).toHaveBeenCalledTimes(3);
			const failing = () => {
				notes.create({ text: "d" });
				throw new Error("no");
			};
			expect(() => database.transaction(failing)).toThrow("no");
			database.transaction(() => notes.get());
			expect(onWrite).toHaveBeenCalledTimes(3);
		}));
});
