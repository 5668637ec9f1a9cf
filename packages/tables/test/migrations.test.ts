import { evictDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import type { AnyTable, Database, Migration, TableOptions } from "../src/index.js";
import { type Context, inObject, newStub, refusal, thrown } from "./helpers.js";
import { v1, v2, v3 } from "./versions.js";

const asJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
const NoteSchema = z.object({ a: z.string(), b: z.string().optional() });

type Rows = Context["rows"];

/** All that SQLite knows of a table, whatever the order of its columns. */
function schemaOf(rows: Rows, table: string) {
	const others = rows(
		"SELECT type, name, sql FROM sqlite_master WHERE tbl_name = ? AND type <> 'table' ORDER BY name",
		table,
	);
	return {
		table: rows("SELECT type, wr, strict FROM pragma_table_list(?)", table),
		columns: rows(
			`SELECT name, type, "notnull", pk FROM pragma_table_info(?) ORDER BY name`,
			table,
		),
		others: others.map(([type, name, sql]) => [
			type,
			name,
			String(sql)
				.split(/[\s,()]+/)
				.sort()
				.join(" "),
		]),
	};
}

/** The whole storage, to the byte. */
function dump(rows: Rows) {
	const master = rows("SELECT * FROM sqlite_master ORDER BY name");
	const tables = master.filter(([type]) => type === "table").map(([, name]) => String(name));
	return { master, rows: tables.map((name) => [name, rows(`SELECT * FROM "${name}"`)]) };
}

describe("the versions of a table", () => {
	const fill = (database: Database) =>
		database.table("books", v1.schema, v1.options).createMany([
			{ title: "Ulysses", pages: "730", genre: "novel", tags: "long,dublin" },
			{ title: "Emma", pages: "474", tags: "austen" },
			{ title: "Momo", pages: "0304", genre: "child", tags: "time" },
		]);
	const expected = [
		{ name: "Ulysses", pages: 730, tags: ["long", "dublin"], stars: 3, isbn: "isbn of Ulysses" },
		{ name: "Emma", pages: 474, tags: ["austen"], stars: 3, isbn: "isbn of Emma" },
		{ name: "Momo", pages: 304, tags: ["time"], stars: 3, isbn: "isbn of Momo" },
	];

	/** That what stands there is as good as a new table of v3. */
	async function checkV3(database: Database, rows: Rows) {
		const books = database.table("books", v3.schema, v3.options);
		const before = books.get();
		const fresh = await inObject((other, context) => {
			other.table("books", v3.schema, v3.options);
			other.create();
			expect(context.rows("SELECT name FROM sqlite_master WHERE name = 'runs'")).toEqual([]);
			return schemaOf(context.rows, "books");
		});
		expect(schemaOf(rows, "books")).toEqual(fresh);
		expect(fresh.others.length).toBe(6);
		const { seq } = database.changes;
		const row = books.create({ name: "Kim", pages: 1, tags: [], isbn: "x" });
		const updated = books.update(row.id, { stars: 5 });
		expect(database.changes.read(seq, 10).map(({ data }) => data)).toEqual([
			{ type: "create", data: asJson(row) },
			{ type: "update", data: asJson(updated), old: asJson(row) },
		]);
		expect(refusal(() => books.update(row.id, { name: "Emma" }))).toBe("conflict name");
		expect(refusal(() => books.update(row.id, { isbn: "isbn of Emma" }))).toBe("conflict isbn");
		books.delete(row.id);
		expect(books.get()).toEqual(before);
	}

	it("are gone through one by one, with evictions between", async () => {
		const stub = newStub();
		const first = await inObject((database) => {
			fill(database);
			return { epoch: database.changes.epoch, seq: database.changes.seq };
		}, stub);
		await evictDurableObject(stub);
		const second = await inObject((database, { rows }) => {
			const books = database.table("books", v2.schema, v2.options);
			expect(books.get()).toMatchObject([
				{ name: "Ulysses", pages: 730, tags: "long,dublin", stars: 3 },
				{ name: "Emma", pages: 474, tags: "austen", stars: 3 },
				{ name: "Momo", pages: 304, tags: "time", stars: 3 },
			]);
			expect(books.get()[0]).not.toHaveProperty("genre");
			expect(database.changes.seq).toBe(first.seq);
			expect(database.changes.covers(first)).toBe(false);
			expect(rows("SELECT * FROM runs")).toEqual([[1], [2]]);
			return database.changes.epoch;
		}, stub);
		await evictDurableObject(stub);
		await inObject(async (database, { rows }) => {
			expect(database.table("books", v3.schema, v3.options).get()).toMatchObject(expected);
			expect(database.changes.epoch).not.toBe(second);
			expect(rows("SELECT * FROM runs")).toEqual([[1], [2], [5]]);
			await checkV3(database, rows);
		}, stub);
		await evictDurableObject(stub);
		await inObject((database, { rows }) => {
			const { epoch } = database.changes;
			expect(database.table("books", v3.schema, v3.options).get()).toMatchObject(expected);
			expect(database.changes.epoch).toBe(epoch);
			expect(rows("SELECT * FROM runs")).toEqual([[1], [2], [5]]);
		}, stub);
	});

	it("are gone through in one go", () =>
		inObject(async (database, { open, rows }) => {
			const ids = fill(database).map(({ id, createdAt }) => ({ id, createdAt }));
			const after = open();
			const books = after.table("books", v3.schema, v3.options);
			expect(books.get()).toMatchObject(expected.map((row, i) => ({ ...row, ...ids[i] })));
			expect(rows("SELECT * FROM runs")).toEqual([[1], [2], [5]]);
			await checkV3(after, rows);
		}));

	it("are gone through once when two requests race", async () => {
		const stub = env.SHOP.getByName(crypto.randomUUID());
		await stub.open(["a", "b"]);
		await evictDurableObject(stub);
		expect((await Promise.all([stub.add("c"), stub.add("d")])).sort()).toEqual([3, 4]);
		expect(await stub.runs()).toEqual([1, 2, 5]);
	});
});

describe("a step", () => {
	const fill = (database: Database) => {
		const notes = database.table("notes", NoteSchema, { indexes: ["a"], unique: ["b"] });
		notes.create({ a: "x", b: "1" });
		notes.create({ a: "y" });
		return notes;
	};

	it("that fails halfway leaves everything as it was, and is tried again", () =>
		inObject((database, { open, rows }) => {
			const old = fill(database);
			const before = dump(rows);
			let isBroken = true;
			const migrations: Migration[] = [
				{ version: 1, up: (sql) => sql.exec(`ALTER TABLE notes DROP COLUMN b`) },
				{
					version: 2,
					up(sql) {
						sql.exec(`UPDATE notes SET a = a || '!'; CREATE TABLE other (x)`);
						sql.exec("INSERT INTO other VALUES (1)");
						if (isBroken) throw new RangeError("no luck");
					},
				},
			];
			const after = open();
			const notes = after.table("notes", z.object({ a: z.string() }), { migrations });
			const error = thrown(() => notes.get());
			expect(error).toMatchObject({
				code: "misconfigured",
				message: "notes: Migration 2 failed, and nothing is changed: no luck",
				cause: new RangeError("no luck"),
			});
			expect(refusal(() => notes.create({ a: "z" }))).toBe("misconfigured notes");
			expect(dump(rows)).toEqual(before);
			expect(after.changes.read(0, 1)[0]?.data).toMatchObject({ type: "create" });
			expect(old.where("b", "==", "1").count()).toBe(1);
			expect(
				open()
					.table("notes", NoteSchema, { indexes: ["a"], unique: ["b"] })
					.count(),
			).toBe(2);
			expect(dump(rows)).toEqual(before);
			isBroken = false;
			expect(notes.get().map(({ a }) => a)).toEqual(["x!", "y!"]);
		}));

	it("that SQLite refuses is told with its reason", () =>
		inObject((database, { open }) => {
			fill(database);
			const migrations = [{ version: 1, up: (sql: SqlStorage) => sql.exec("DROP TABLE missing") }];
			const error = thrown(() => open().table("notes", NoteSchema, { migrations }).count());
			expect(error.message).toMatch(/^notes: Migration 1 failed, .*no such table: missing/);
			expect(error.cause).toBeInstanceOf(Error);
		}));

	it("that is asynchronous is rolled back, and writes nothing later", () =>
		inObject(async (database, { open, rows }) => {
			fill(database);
			const before = dump(rows);
			let end: unknown;
			const up = async (sql: SqlStorage) => {
				sql.exec("UPDATE notes SET a = 'z'");
				await Promise.resolve();
				try {
					sql.exec("DELETE FROM notes");
				} catch (error) {
					end = error;
					throw error;
				}
			};
			const notes = open().table("notes", NoteSchema, { migrations: [{ version: 1, up }] });
			const error = thrown(() => notes.get());
			expect(error.message).toContain("Migration 1 failed");
			expect(error.message).toContain("A step can't be asynchronous.");
			await new Promise((resolve) => setTimeout(resolve));
			expect(end).toBeInstanceOf(TypeError);
			expect(dump(rows)).toEqual(before);
		}));

	it("may build the table again, whatever the letters of its name", () =>
		inObject((database, { open, rows }) => {
			fill(database);
			const wanted = schemaOf(rows, "notes");
			const [[sql] = []] = rows("SELECT sql FROM sqlite_master WHERE name = 'notes'");
			const up = (storage: SqlStorage) => {
				storage.exec(String(sql).replace('"notes"', "more"));
				storage.exec("INSERT INTO more SELECT * FROM notes");
				storage.exec("DROP TABLE notes");
				storage.exec("ALTER TABLE more RENAME TO Notes");
			};
			const after = open();
			const options = { indexes: ["a"], unique: ["b"], migrations: [{ version: 1, up }] } as const;
			const notes = after.table("notes", NoteSchema, options);
			expect(notes.get().map(({ a }) => a)).toEqual(["x", "y"]);
			const renamed = schemaOf((text, ...values) => rows(text, ...values), "Notes");
			expect(renamed.columns).toEqual(wanted.columns);
			expect(renamed.table).toEqual(wanted.table);
			const names = rows(
				"SELECT name FROM sqlite_master WHERE type IN ('index', 'trigger') AND sql IS NOT NULL ORDER BY 1",
			);
			expect(names.flat()).toEqual([
				"_userdo_create:notes",
				"_userdo_delete:notes",
				"_userdo_update:notes",
				"index:notes:a",
				"unique:notes:b",
			]);
			expect(refusal(() => notes.create({ a: "z", b: "1" }))).toBe("conflict b");
			const { seq } = after.changes;
			notes.create({ a: "z", b: "2" });
			expect(after.changes.seq).toBe(seq + 1);
			// They are found under that name too.
			const quiet = { realtime: false, migrations: options.migrations };
			expect(open().table("notes", NoteSchema, quiet).count()).toBe(3);
			expect(schemaOf(rows, "Notes").others.filter(([, , text]) => text !== "null")).toEqual([]);
		}));

	it("may come with the first change log of the object", () =>
		inObject((database, { open }) => {
			database.table("notes", NoteSchema, { realtime: false }).create({ a: "x" });
			const migrations = [
				{ version: 1, up: (sql: SqlStorage) => sql.exec("UPDATE notes SET a = 'y'") },
			];
			const after = open();
			expect(after.table("notes", NoteSchema, { migrations }).first()?.a).toBe("y");
			expect(after.changes.epoch).not.toBe("");
			expect(after.changes.seq).toBe(0);
		}));

	it("may put the table aside with its indexes", () =>
		inObject((database, { open, rows }) => {
			fill(database);
			const wanted = schemaOf(rows, "notes");
			const [[sql] = []] = rows("SELECT sql FROM sqlite_master WHERE name = 'notes'");
			const up = (storage: SqlStorage) => {
				storage.exec("ALTER TABLE notes RENAME TO aside");
				storage.exec(String(sql));
				storage.exec("INSERT INTO notes SELECT * FROM aside");
			};
			const options = { indexes: ["a"], unique: ["b"], migrations: [{ version: 1, up }] } as const;
			expect(open().table("notes", NoteSchema, options).count()).toBe(2);
			expect(schemaOf(rows, "notes")).toEqual(wanted);
		}));

	it("may swap names under an index that keeps its own", () =>
		inObject((database, { open, rows }) => {
			fill(database);
			const up = (sql: SqlStorage) => {
				sql.exec("ALTER TABLE notes RENAME COLUMN a TO c");
				sql.exec("ALTER TABLE notes RENAME COLUMN b TO a");
				sql.exec("ALTER TABLE notes RENAME COLUMN c TO b");
			};
			const schema = z.object({ a: z.string().optional(), b: z.string() });
			const options = { indexes: ["a"], unique: ["b"], migrations: [{ version: 1, up }] } as const;
			const notes = open().table("notes", schema, options);
			expect(notes.get()).toMatchObject([{ a: "1", b: "x" }, { b: "y" }]);
			expect(
				rows("SELECT name FROM pragma_index_info('index:notes:a') WHERE cid >= 0"),
			).toContainEqual(["a"]);
			expect(refusal(() => notes.create({ a: "1", b: "x" }))).toBe("conflict b");
		}));

	it("must leave the table in order", () =>
		inObject((database, { open, rows }) => {
			fill(database);
			const before = dump(rows);
			const attempt = (statements: string) =>
				thrown(() => {
					const migrations = [{ version: 1, up: (sql: SqlStorage) => sql.exec(statements) }];
					open().table("notes", NoteSchema, { migrations }).get();
				}).message;
			const rebuild = (columns: string, end: string) =>
				`CREATE TABLE more (${columns}, a TEXT, b TEXT, _created_at INTEGER NOT NULL, _updated_at INTEGER NOT NULL) ${end};
				INSERT INTO more SELECT * FROM notes; DROP TABLE notes; ALTER TABLE more RENAME TO notes`;
			expect(attempt("DROP TABLE notes")).toBe("notes: The steps left no table of this name.");
			const order =
				'notes: The steps must build this table as: CREATE TABLE "notes" ("id" TEXT PRIMARY KEY NOT NULL, "a" TEXT, "b" TEXT, "_created_at" INTEGER NOT NULL, "_updated_at" INTEGER NOT NULL) STRICT, WITHOUT ROWID';
			expect(attempt(rebuild("id TEXT PRIMARY KEY NOT NULL", ""))).toBe(order);
			expect(attempt(rebuild("id TEXT", "STRICT"))).toBe(order);
			expect(attempt("ALTER TABLE notes ADD COLUMN c TEXT")).toMatch(/^notes\.c: .*removed/);
			expect(attempt("ALTER TABLE notes DROP COLUMN a")).toMatch(/^notes\.a: .*new and required/);
			expect(attempt("UPDATE notes SET a = NULL")).toMatch(/^notes\.a: .*rows lack it/);
			expect(attempt("ALTER TABLE notes DROP COLUMN _created_at")).toMatch(
				/^notes\._created_at: .*new and required/,
			);
			expect(
				attempt(
					`ALTER TABLE notes DROP COLUMN b; ALTER TABLE notes ADD COLUMN b TEXT NOT NULL DEFAULT ''`,
				),
			).toMatch(/^notes\.b: .*NOT NULL/);
			expect(attempt("UPDATE notes SET _updated_at = 8640000000000001")).toMatch(
				/^notes\._updated_at: .*no milliseconds of a date/,
			);
			expect(dump(rows)).toEqual(before);
		}));

	it("can't use its own table but by SQL", () =>
		inObject((database, { open }) => {
			fill(database);
			const after = open();
			const up = () => void after.tables.get("notes")?.count();
			const notes = after.table("notes", NoteSchema, { migrations: [{ version: 1, up }] });
			expect(thrown(() => notes.count()).message).toMatch(/Migration 1 failed.*by `sql` alone/);
		}));

	it("tells every reader of the change log to fetch anew, without a lost number", () =>
		inObject((database, { open, storage }) => {
			fill(database);
			database.table("others", NoteSchema).create({ a: "o" });
			const position = { epoch: database.changes.epoch, seq: database.changes.seq };
			let writes = 0;
			const after = open({ onWrite: () => writes++ });
			const others = after.table("others", NoteSchema);
			const schema = z.object({ a: z.array(z.string()), b: z.string().optional() });
			const up = (sql: SqlStorage) =>
				sql.exec(`UPDATE notes SET a = json_array(a) WHERE a IS NOT NULL`);
			const options = { unique: ["b"], migrations: [{ version: 1, up }] } as const;
			const notes = after.table("notes", schema, options);
			expect(notes.get().map(({ a }) => a)).toEqual([["x"], ["y"]]);
			expect(writes).toBe(1);
			expect(after.changes.seq).toBe(position.seq);
			expect(after.changes.covers(position)).toBe(false);
			const { epoch } = after.changes;
			// Bodies of the shape before could not be read: "x" is no JSON.
			const [first, , third] = after.changes.read(0, 10);
			expect(first).toMatchObject({ seq: 1, truncated: true, data: { type: "create" } });
			expect(third?.data).toEqual({ type: "create", data: asJson(others.first()) });
			notes.create({ a: ["z"] });
			expect(after.changes.seq).toBe(position.seq + 1);
			expect(after.changes.covers({ epoch, seq: position.seq })).toBe(true);
			// A table that is not logged has no readers.
			const quiet = { realtime: false, migrations: [{ version: 1, up: () => {} }] };
			open().table("quiet", NoteSchema, { realtime: false }).create({ a: "q" });
			expect(open().table("quiet", NoteSchema, quiet).count()).toBe(1);
			expect(after.changes.epoch).toBe(epoch);
			expect(storage.sql.databaseSize).toBeGreaterThan(0);
		}));

	it("is taken back with the transaction around it", () =>
		inObject((database, { open, rows }) => {
			fill(database);
			const before = dump(rows);
			const after = open();
			const up = (sql: SqlStorage) => sql.exec("UPDATE notes SET a = a || '!'");
			const options = { indexes: ["a"], unique: ["b"], migrations: [{ version: 1, up }] } as const;
			const notes = after.table("notes", NoteSchema, options);
			const fail = () => {
				expect(notes.first()?.a).toBe("x!");
				throw new Error("no");
			};
			expect(() => after.transaction(fail)).toThrow("no");
			expect(dump(rows)).toEqual(before);
			expect(notes.get().map(({ a }) => a)).toEqual(["x!", "y!"]);
		}));
});

describe("the list of steps", () => {
	const up = () => {};

	it.each([
		["0.version", [{ version: 0, up }]],
		["0.version", [{ version: -1, up }]],
		["0.version", [{ version: 1.5, up }]],
		["0.version", [{ version: "1", up }]],
		["0.version", [{ up }]],
		["0.version", [undefined]],
		[
			"1.version",
			[
				{ version: 2, up },
				{ version: 1, up },
			],
		],
		[
			"1.version",
			[
				{ version: 1, up },
				{ version: 1, up },
			],
		],
		["0.up", [{ version: 1, up: "DROP TABLE notes" }]],
		["0.up", [{ version: 1 }]],
	])("is refused at %s in %j", (path, migrations) =>
		inObject((database) => {
			const options = { migrations } as never;
			expect(refusal(() => database.table("notes", NoteSchema, options))).toBe(
				`misconfigured notes.migrations.${path}`,
			);
			expect(database.tables.size).toBe(0);
		}),
	);

	it("is a list, and the same one wherever the table is declared", () =>
		inObject((database) => {
			const define = (migrations: unknown) =>
				database.table("notes", NoteSchema, { migrations } as never);
			expect(refusal(() => define({ version: 1, up }))).toBe("misconfigured notes.migrations");
			const notes = define([{ version: 1, up }]);
			expect(define([{ version: 1, up: () => {} }])).toBe(notes);
			expect(refusal(() => define([{ version: 2, up }]))).toBe("misconfigured notes");
		}));

	it("is not run for a new table, which is at the newest version", () =>
		inObject((database, { open }) => {
			const fail = () => {
				throw new Error("no");
			};
			const migrations = [{ version: 3, up: fail }];
			database.table("notes", NoteSchema, { migrations }).create({ a: "x" });
			const later = [
				...migrations,
				{ version: 4, up: (sql: SqlStorage) => sql.exec("UPDATE notes SET a = 'y'") },
			];
			expect(open().table("notes", NoteSchema, { migrations: later }).first()?.a).toBe("y");
		}));
});

describe("a deployment that is rolled back", () => {
	const up = (sql: SqlStorage) => sql.exec("UPDATE notes SET a = a || '!'");
	const steps = [1, 2].map((version) => ({ version, up }));

	it("works where the table has its shape, and the steps aren't run again", () =>
		inObject((database, { open, rows }) => {
			database.table("notes", NoteSchema).create({ a: "x" });
			expect(open().table("notes", NoteSchema, { migrations: steps }).first()?.a).toBe("x!!");
			const before = dump(rows);
			const written = rows("SELECT total_changes()");
			for (const migrations of [[], steps.slice(0, 1), steps]) {
				expect(open().table("notes", NoteSchema, { migrations }).first()?.a).toBe("x!!");
				expect(dump(rows)).toEqual(before);
			}
			expect(rows("SELECT total_changes()")).toEqual(written);
			// Its own additions are made, and the version stays.
			const schema = NoteSchema.extend({ c: z.int().default(1) });
			expect(
				open()
					.table("notes", schema, { indexes: ["c"] })
					.first(),
			).toMatchObject({ c: 1 });
			const notes = open().table("notes", schema, { migrations: steps });
			expect(notes.get()).toMatchObject([{ a: "x!!", c: 1 }]);
		}));

	it("is refused where it hasn't, and told why, without a step", () =>
		inObject((database, { open }) => {
			database.table("notes", NoteSchema).create({ a: "x" });
			const schema = NoteSchema.extend({ c: z.string().optional() });
			open().table("notes", schema, { migrations: steps }).get();
			const error = thrown(() => open().table("notes", NoteSchema).get());
			expect(error.issues).toEqual([
				{
					path: "notes",
					message:
						"The stored table is of a newer deployment: it is at migration 2, and the newest here is 0.",
				},
				{ path: "notes.c", message: expect.stringMatching(/^This field was removed.*again\.$/) },
			]);
		}));
});

describe("a deployment that only adds", () => {
	const first = { schema: NoteSchema, options: { unique: ["b"] } } as const;
	const second = {
		schema: NoteSchema.extend({
			stars: z.int().default(3),
			text: z.string().default("x\0y"),
			more: z.string().optional(),
		}),
		options: { indexes: ["stars"], unique: ["more"], search: ["text"] },
	} as const;
	const third = {
		schema: second.schema.extend({ last: z.boolean().default(true) }),
		options: { references: { more: "notes" } },
	} as const;

	it("may be rolled back, and come again", () =>
		inObject((database, { open, rows }) => {
			const v1 = (of: Database) => of.table("notes", first.schema, first.options);
			const v2 = (of: Database) => of.table("notes", second.schema, second.options);
			const v3 = (of: Database) => of.table("notes", third.schema, third.options);
			const { id: more } = v1(database).create({ a: "1", b: "x" });
			const { id } = v2(open()).create({ a: "2", b: "y", stars: 5, more });
			const old = v1(open());
			expect(old.get().map(({ a }) => a)).toEqual(["1", "2"]);
			expect(old.first()).not.toHaveProperty("stars");
			old.create({ a: "3" });
			expect(refusal(() => old.create({ a: "4", b: "x" }))).toBe("conflict b");
			expect(v1(open()).count()).toBe(3);
			const again = v2(open());
			expect(again.get()).toMatchObject([
				{ a: "1", stars: 3, text: "x\0y" },
				{ a: "2", stars: 5, text: "x\0y", more },
				{ a: "3", stars: 3, text: "x\0y" },
			]);
			expect(again.where("stars", "==", 3).search("y").count()).toBe(2);
			again.update(id, { text: "found" });
			expect(again.search("found").count()).toBe(1);
			// By two at once, and by one of them.
			v3(open()).create({ a: "5", last: false });
			v1(open()).create({ a: "6" });
			expect(v3(open()).get()).toMatchObject([
				{ last: true },
				{},
				{},
				{ last: false },
				{ last: true },
			]);
			expect(v2(open()).count()).toBe(5);
			expect(v1(open()).count()).toBe(5);
			expect(v2(open()).count()).toBe(5);
			const stored = rows("SELECT value FROM _userdo_meta WHERE key = 'table:notes'");
			v2(open()).create({ a: "7" });
			expect(rows("SELECT value FROM _userdo_meta WHERE key = 'table:notes'")).toEqual(stored);
		}));

	it("does not let a field go that it has not added, nor one that was renamed", () =>
		inObject((database, { open }) => {
			database.table("notes", first.schema).create({ a: "1", b: "x" });
			open().table("notes", second.schema).get();
			open().table("notes", third.schema).get();
			const shape = third.schema.shape;
			for (const [schema, path] of [
				[third.schema.omit({ b: true }), "notes.b"],
				[third.schema.omit({ stars: true }), "notes.stars"],
				[third.schema.omit({ last: true }).extend({ end: shape.last }), "notes.last"],
			] as const) {
				expect(refusal(() => open().table("notes", schema).get())).toBe(`misconfigured ${path}`);
			}
			// A new table has no deployments before its own.
			open().table("fresh", third.schema).create({ a: "1" });
			const error = thrown(() => open().table("fresh", second.schema).get());
			expect(error.message).toContain("If a newer deployment added it, deploy that one again.");
		}));

	it("is done with what was added when a step has run", () =>
		inObject((database, { open }) => {
			database.table("notes", first.schema).create({ a: "1" });
			open().table("notes", second.schema).get();
			const migrations = [{ version: 1, up: () => {} }];
			expect(refusal(() => open().table("notes", first.schema, { migrations }).get())).toBe(
				"misconfigured notes.stars notes.text notes.more",
			);
			open().table("notes", second.schema, { migrations }).get();
			expect(refusal(() => open().table("notes", first.schema).get())).toBe(
				"misconfigured notes notes.stars notes.text notes.more",
			);
		}));
});

describe("a field of a few values", () => {
	const declare = (of: Database, state: z.ZodType, migrations: Migration[] = []) =>
		of.table("notes", z.object({ state }), { migrations }) as unknown as AnyTable;

	it("may lose those that no row has, and get others", () =>
		inObject((database, { open }) => {
			declare(database, z.enum(["a", "b", "c"])).create({ state: "b" });
			for (const state of [
				z.enum(["c", "b"]),
				z.literal("b").nullable().default(null),
				z.enum(["b", "d"]).optional().readonly(),
				z.string(),
				z.preprocess(String, z.enum(["b"])),
			]) {
				expect(declare(open(), state).first()?.state).toBe("b");
			}
			expect(refusal(() => declare(open(), z.literal("a").nullable()).get())).toBe(
				"misconfigured notes.state",
			);
		}));

	it("is looked at where its values weren't kept, and after a step", () =>
		inObject((database, { open, rows }) => {
			const state = z.enum(["a", "b"]);
			declare(database, state).create({ state: "b" });
			const forget = () =>
				rows(
					`UPDATE _userdo_meta SET value = json_remove(value, '$.values') WHERE key = 'table:notes'`,
				);
			forget();
			expect(declare(open(), state).count()).toBe(1);
			forget();
			expect(refusal(() => declare(open(), z.enum(["a"])).get())).toBe("misconfigured notes.state");
			const up = (sql: SqlStorage) => void sql.exec("UPDATE notes SET state = 'z'");
			expect(refusal(() => declare(open(), state, [{ version: 1, up }]).get())).toBe(
				"misconfigured notes.state",
			);
		}));
});

describe("a stored table that was changed by hand", () => {
	it("gets back an index that it lost, and keeps a column that is none of ours", () =>
		inObject((database, { open, rows }) => {
			const options = { indexes: ["a"] } as const;
			database.table("notes", NoteSchema, options).create({ a: "x" });
			rows(`DROP INDEX "index:notes:a"`);
			rows("ALTER TABLE notes ADD COLUMN extra TEXT DEFAULT 'mine'");
			const schema = NoteSchema.extend({ c: z.int().default(1) });
			const notes = open().table("notes", schema, options);
			expect(notes.first()).not.toHaveProperty("extra");
			expect(schemaOf(rows, "notes").others.map(([, name]) => name)).toContain("index:notes:a");
			const step = { version: 1, up: (sql: SqlStorage) => sql.exec("UPDATE notes SET c = 2") };
			expect(
				open()
					.table("notes", schema, { migrations: [step] })
					.first()?.c,
			).toBe(2);
			expect(rows("SELECT extra FROM notes")).toEqual([["mine"]]);
			// A field of that name takes it over.
			const taking = schema.extend({ extra: z.string() });
			expect(
				open()
					.table("notes", taking, { migrations: [step] })
					.first()?.extra,
			).toBe("mine");
			const other = schema.extend({ extra: z.boolean() });
			expect(
				refusal(() =>
					open()
						.table("notes", other, { migrations: [step] })
						.get(),
				),
			).toBe("misconfigured notes.extra");
		}));

	it("is made again where it was dropped", () =>
		inObject((database, { open, rows }) => {
			database.table("notes", NoteSchema).create({ a: "x" });
			rows("DROP TABLE notes");
			const schema = NoteSchema.extend({ c: z.int() });
			const migrations = [{ version: 1, up: (sql: SqlStorage) => sql.exec("DROP TABLE notes") }];
			const notes = open().table("notes", schema, { migrations });
			expect(notes.get()).toEqual([]);
			expect(notes.create({ a: "y", c: 1 })).toEqual(notes.first());
		}));

	it("is made again where it was dropped, by every database", () =>
		inObject((database, { open, rows }) => {
			const declare = (of: Database) => {
				const authors = of.table("authors", NoteSchema);
				const schema = NoteSchema.extend({ authorId: z.string().optional() });
				const options = { search: ["a"], references: { authorId: "authors" } } as const;
				return { authors, notes: of.table("notes", schema, options) };
			};
			const first = declare(database);
			first.notes.create({ a: "x" });
			rows("DROP TABLE notes");
			expect(first.notes.get()).toEqual([]);
			expect(declare(open()).notes.search("x").get()).toEqual([]);
			expect(declare(open()).authors.delete("x")).toBe(false);
			const { notes } = declare(open());
			expect(notes.create({ a: "y" })).toEqual(notes.first());
			expect(notes.search("y").count()).toBe(1);
			expect(declare(open()).notes.count()).toBe(1);
			rows("DROP TABLE notes");
			first.notes.create({ a: "z" });
			expect(notes.search("z").count()).toBe(1);
			// Also one that others refer to: they only say so when they are written.
			rows("DROP TABLE authors");
			const next = declare(open());
			expect(refusal(() => next.notes.create({ a: "z", authorId: "x" }))).toBe(
				"invalid_input authorId",
			);
			const { id } = next.authors.create({ a: "Ann" });
			next.notes.create({ a: "z", authorId: id });
			expect(refusal(() => first.authors.delete(id))).toBe("conflict notes.authorId");
		}));

	it("keeps its log readable when a change of it is refused", () =>
		inObject((database, { open }) => {
			database.table("notes", NoteSchema).create({ a: "x" });
			const after = open();
			const notes = after.table("notes", z.object({ b: z.string().optional() }));
			expect(refusal(() => notes.get())).toBe("misconfigured notes.a");
			expect(after.changes.read(0, 1)[0]).not.toHaveProperty("truncated");
		}));
});

describe("additive changes", () => {
	const kinds = {
		text: [z.string(), "x"],
		int: [z.int(), 5],
		real: [z.number(), 2.5],
		flag: [z.boolean(), true],
		date: [z.date(), new Date(5)],
		big: [z.bigint(), -5n],
		list: [z.array(z.string()), ["x"]],
	} as const;
	const kind = fc.constantFrom(...(Object.keys(kinds) as (keyof typeof kinds)[]));
	const change = fc.oneof(
		fc.record({ type: fc.constantFrom("optional", "default" as const), kind }),
		fc.record({ type: fc.constantFrom("index", "drop", "unique" as const), at: fc.nat(20) }),
	);

	/** The definitions that these changes lead through. */
	function definitions(
		changes: readonly (typeof change extends fc.Arbitrary<infer T> ? T : never)[],
	) {
		const shape: Record<string, z.ZodType> = { key: z.string() };
		const unique: string[] = [];
		let indexes: string[] = [];
		return changes.map((next, i) => {
			if ("kind" in next) {
				const [schema, value] = kinds[next.kind];
				shape[`f${i}`] = next.type === "optional" ? schema.optional() : withDefault(schema, value);
			} else if (next.type === "index") {
				const names = Object.keys(shape).filter((name) => !isList(shape[name]));
				const name = names[next.at % names.length] ?? "key";
				if (!indexes.includes(name)) indexes.push(name);
			} else if (next.type === "drop") {
				indexes = indexes.filter((_, at) => at !== next.at % (indexes.length || 1));
			} else if (unique.length === 0) unique.push("key");
			const options: TableOptions = { indexes: [...indexes], unique: [...unique] };
			return { schema: z.object({ ...shape }), options };
		});
	}

	function withDefault(schema: z.ZodType, value: unknown): z.ZodType {
		return (schema as z.ZodString).default(value as string);
	}

	function isList(schema: z.ZodType | undefined): boolean {
		if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault) {
			return schema.unwrap() instanceof z.ZodArray;
		}
		return false;
	}

	it("in any order keep all rows, and end where a new table begins", () =>
		fc.assert(
			fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 12 }), async (changes) => {
				const versions = definitions(changes);
				const stepwise = await inObject((database, { open, rows }) => {
					let before: Record<string, unknown>[] = [
						database.table("notes", z.object({ key: z.string() })).create({ key: "first" }),
					];
					for (const [i, { schema, options }] of versions.entries()) {
						const notes = open().table("notes", schema, options as never) as unknown as AnyTable;
						const now = notes.get();
						expect(now).toMatchObject(before);
						expect(now.length).toBe(before.length);
						notes.create({ key: String(i) });
						before = notes.get();
					}
					return schemaOf(rows, "notes");
				});
				await inObject((database, { rows }) => {
					const last = versions.at(-1);
					if (last) database.table("notes", last.schema, last.options as never);
					database.create();
					expect(stepwise).toEqual(schemaOf(rows, "notes"));
				});
			}),
			{ numRuns: 40 },
		));
});
