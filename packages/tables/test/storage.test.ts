import { abortAllDurableObjects, evictDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { inObject, newStub, refusal, thrown } from "./helpers.js";

const NoteSchema = z.object({ text: z.string() });
const names = `SELECT name FROM sqlite_master WHERE name NOT LIKE '\\_userdo%' ESCAPE '\\' ORDER BY name`;

describe("first use", () => {
	it("writes nothing before there is something to write", () =>
		inObject((database, { rows }) => {
			const notes = database.table("notes", NoteSchema);
			expect([notes.get(), notes.first(), notes.count()]).toEqual([[], undefined, 0]);
			expect([notes.findById("x"), notes.delete("x")]).toEqual([undefined, false]);
			expect(refusal(() => notes.update("x", { text: "a" }))).toBe("not_found");
			expect(refusal(() => notes.create({ text: 5 } as never))).toBe("invalid_input text");
			expect(rows("SELECT * FROM sqlite_master")).toEqual([]);
		}));

	it("can be brought forward for all tables", () =>
		inObject((database, { rows }) => {
			database.table("notes", NoteSchema);
			database.table("pages", NoteSchema);
			database.create();
			database.create();
			expect(rows(names)).toEqual([["notes"], ["pages"]]);
			expect(database.changes.epoch).not.toBe("");
		}));

	it("declares a table once", () =>
		inObject((database) => {
			const notes = database.table("notes", NoteSchema, { indexes: ["text"] });
			expect(database.table("notes", NoteSchema, { indexes: ["text"] })).toBe(notes);
			expect(database.tables.get("notes")).toBe(notes);
			expect([...database.tables.keys()]).toEqual(["notes"]);
			const other = z.object({ text: z.string() });
			expect(refusal(() => database.table("notes", other, { indexes: ["text"] }))).toBe(
				"misconfigured notes",
			);
			expect(refusal(() => database.table("notes", NoteSchema))).toBe("misconfigured notes");
			expect(refusal(() => database.table("NOTES", NoteSchema))).toBe("misconfigured NOTES");
		}));
});

describe("an object's storage", () => {
	it("outlives its instance: rows, log and numbers", async () => {
		const name = crypto.randomUUID();
		const stub = env.STORE.getByName(name);
		const first = await inObject((database) => {
			const notes = database.table("notes", NoteSchema);
			const note = notes.create({ text: "a" });
			return { note, epoch: database.changes.epoch, seq: database.changes.seq };
		}, stub);
		await evictDurableObject(stub);
		await inObject((database) => {
			const notes = database.table("notes", NoteSchema);
			expect(database.changes).toMatchObject({ epoch: first.epoch, seq: 1 });
			expect(notes.get()).toEqual([first.note]);
			notes.update(first.note.id, { text: "b" });
			expect(database.changes.seq).toBe(2);
		}, stub);
		await abortAllDurableObjects();
		// A stub does not survive the abort.
		await inObject((database) => {
			expect(database.table("notes", NoteSchema).findById(first.note.id)?.text).toBe("b");
			expect(database.changes.covers({ epoch: first.epoch, seq: 1 })).toBe(true);
		}, env.STORE.getByName(name));
	});

	it("is no other object's", async () => {
		await inObject((database) => database.table("notes", NoteSchema).create({ text: "mine" }));
		await inObject((database) => {
			expect(database.table("notes", NoteSchema).get()).toEqual([]);
			expect(database.changes.seq).toBe(0);
		});
	});

	it("may be emptied under a living database", async () => {
		const stub = newStub();
		await inObject(async (database, { rows, storage }) => {
			const notes = database.table("notes", NoteSchema);
			notes.create({ text: "a" });
			const { epoch } = database.changes;
			await storage.deleteAll();
			expect([notes.get(), notes.count(), database.changes.seq]).toEqual([[], 0, 0]);
			expect(notes.create({ text: "b" })).toEqual(notes.first());
			expect(database.changes.epoch).not.toBe(epoch);
			rows("INSERT OR REPLACE INTO notes SELECT * FROM notes");
			expect(database.changes.seq).toBe(3);
			await storage.deleteAll();
			notes.create({ text: "c" });
			expect(notes.count()).toBe(1);
			expect(database.changes.seq).toBe(1);
		}, stub);
	});

	it("may be emptied before all tables are created", () =>
		inObject(async (database, { rows, storage }) => {
			const tables = () => {
				database.create();
				return rows(names).flat();
			};
			database.table("authors", NoteSchema).create({ text: "a" });
			database.table("posts", NoteSchema.extend({ authorId: z.string() }), {
				references: { authorId: "authors" },
			});
			await storage.deleteAll();
			const all = ["authors", "index:posts:authorId", "posts"];
			expect(tables()).toEqual(all);
			await storage.deleteAll();
			expect(tables()).toEqual(all);
			expect(database.changes.epoch).not.toBe("");
		}));

	it("may hold a table of other making, which is left alone", () =>
		inObject((database, { rows }) => {
			rows("CREATE TABLE notes (x)");
			const notes = database.table("notes", NoteSchema);
			expect(notes.get()).toEqual([]);
			expect(refusal(() => notes.create({ text: "a" }))).toBe("misconfigured notes");
		}));
});

describe("a changed definition", () => {
	it("adds fields and their defaults, and changes indexes", () =>
		inObject((database, { open, rows }) => {
			const old = database.table("notes", NoteSchema, { indexes: ["text"], unique: ["text"] });
			const { id } = old.create({ text: "a" });
			// SQLite reads the text of some doubles as their neighbours.
			const roots = Array.from({ length: 1000 }, (_, i) => Math.sqrt(i) / 1e5);
			const misread = roots.find((root) => rows(`SELECT ${root} = ?`, root)[0]?.[0] === 0) ?? 0.1;
			const schema = NoteSchema.extend({
				optional: z.number().optional(),
				nullable: z.string().nullable(),
				text2: z.string().default("it's"),
				nul: z.string().default("a\0b"),
				real: z.number().default(misread),
				half: z.number().default(2),
				endless: z.number().default(Number.NEGATIVE_INFINITY),
				date: z.date().default(new Date(5)),
				flag: z.boolean().default(true),
				list: z.array(z.string()).default(["x"]),
			});
			const after = open();
			const notes = after.table("notes", schema, { indexes: ["flag", ["text", "createdAt"]] });
			const row = notes.findById(id);
			expect(row).toMatchObject({
				text: "a",
				nullable: null,
				text2: "it's",
				nul: "a\0b",
				real: misread,
				half: 2,
				endless: Number.NEGATIVE_INFINITY,
				date: new Date(5),
				flag: true,
				list: ["x"],
			});
			expect(row).not.toHaveProperty("optional");
			// The new columns are no change of rows that anybody made.
			expect(after.changes.seq).toBe(1);
			expect(rows(names)).toEqual([
				["index:notes:flag"],
				["index:notes:text._created_at"],
				["notes"],
			]);
			const updated = notes.update(id, { optional: 1, half: 3.5 });
			expect(after.changes.read(1, 1)[0]?.data).toEqual({
				type: "update",
				data: JSON.parse(JSON.stringify(updated)),
				old: JSON.parse(JSON.stringify(row)),
			});
		}));

	it("does not mind the order of fields, nor what becomes optional", () =>
		inObject((database, { open }) => {
			const before = z.object({ a: z.string(), b: z.int() });
			const row = database.table("notes", before).create({ a: "x", b: 1 });
			const after = z.object({ b: z.int().optional(), a: z.string() });
			expect(open().table("notes", after).get()).toEqual([row]);
		}));

	it("is refused where rows would lose something, and nothing is changed", () =>
		inObject((database, { open, rows }) => {
			const before = z.object({ a: z.string(), b: z.string().optional(), c: z.int() });
			const notes = database.table("notes", before);
			notes.create({ a: "x", c: 1 });
			const schema = z.object({ b: z.string(), c: z.string(), d: z.string().default("") });
			const error = thrown(() => open().table("notes", schema).get());
			expect(error.code).toBe("misconfigured");
			const reasons = error.issues?.map(({ path, message }) => [path, message.split(". ")[0]]);
			expect(reasons).toEqual([
				["notes.a", "This field was removed, and its values would be lost"],
				["notes.b", "This field became required, and rows lack it"],
				["notes.c", "The type of this field changed from integer to text"],
			]);
			expect(error.message).toContain("notes.a: This field was removed");
			const required = before.extend({ e: z.string() });
			expect(refusal(() => open().table("notes", required).create({ a: "", c: 1, e: "" }))).toBe(
				"misconfigured notes.e",
			);
			notes.create({ a: "y", c: 1 });
			expect(
				refusal(() =>
					open()
						.table("notes", before, { unique: ["c"] })
						.get(),
				),
			).toBe("misconfigured notes.c");
			expect(rows(names)).toEqual([["notes"]]);
			expect(rows("SELECT count(*) FROM sqlite_master WHERE type = 'trigger'")).toEqual([[3]]);
			expect(notes.count()).toBe(2);
		}));

	it("may add a required field while there are no rows", () =>
		inObject((database, { open }) => {
			database.table("notes", NoteSchema);
			database.create();
			const notes = open().table("notes", NoteSchema.extend({ more: z.string() }));
			expect(notes.create({ text: "a", more: "b" })).toMatchObject({ text: "a", more: "b" });
		}));
});

describe("constraints", () => {
	it("tells the fields of a conflict, and never SQL", () =>
		inObject((database) => {
			const schema = z.object({ slug: z.string().optional(), a: z.int(), b: z.string() });
			const pages = database.table("pages", schema, { unique: ["slug", ["a", "b"]] });
			const { id } = pages.create({ slug: "x", a: 1, b: "1" });
			const error = thrown(() => pages.create({ slug: "x", a: 2, b: "2" }));
			expect(error).toMatchObject({ code: "conflict", status: 409 });
			expect(error.issues).toEqual([{ path: "slug", message: "There is a row with this value." }]);
			expect(error.message + JSON.stringify(error.issues)).not.toMatch(/SQL|UNIQUE|constraint/);
			expect(refusal(() => pages.create({ a: 1, b: "1" }))).toBe("conflict a b");
			pages.create({ a: 2, b: "1" });
			const { id: other } = pages.create({ a: 3, b: "1" });
			expect(refusal(() => pages.update(other, { slug: "x" }))).toBe("conflict slug");
			expect(pages.count()).toBe(3);
			expect(pages.update(id, { slug: "y" }).slug).toBe("y");
		}));

	it("refuses a row over 2,000,000 bytes before SQLite does", () =>
		inObject((database) => {
			const schema = z.object({ text: z.string(), list: z.array(z.string()).optional() });
			const notes = database.table("notes", schema);
			expect(refusal(() => notes.create({ text: "x".repeat(2_000_001) }))).toBe(
				"payload_too_large",
			);
			expect(refusal(() => notes.create({ text: "ä".repeat(1_000_001) }))).toBe(
				"payload_too_large",
			);
			expect(database.changes.epoch).toBe("");
			const { id } = notes.create({ text: "ä".repeat(999_000) });
			const list = ["x".repeat(3000)];
			expect(refusal(() => notes.update(id, { list }))).toBe("payload_too_large");
			expect(notes.findById(id)).not.toHaveProperty("list");
		}));
});

describe("transaction", () => {
	it("is all or nothing, nested ones too", () =>
		inObject((database) => {
			const notes = database.table("notes", NoteSchema);
			const result = database.transaction(() => {
				notes.create({ text: "a" });
				expect(() =>
					database.transaction(() => {
						notes.create({ text: "b" });
						throw new Error("inner");
					}),
				).toThrow("inner");
				notes.create({ text: "c" });
				return 5;
			});
			expect(result).toBe(5);
			expect(notes.get().map(({ text }) => text)).toEqual(["a", "c"]);
		}));

	it("takes back a table that was made in it", () =>
		inObject((database, { storage, rows }) => {
			const notes = database.table("notes", NoteSchema);
			const fail = () => {
				notes.create({ text: "a" });
				throw new Error("no");
			};
			expect(() => database.transaction(fail)).toThrow("no");
			expect(rows("SELECT * FROM sqlite_master")).toEqual([]);
			expect(notes.get()).toEqual([]);
			// Also where the transaction was none of this layer's.
			expect(() => storage.transactionSync(fail)).toThrow("no");
			expect(notes.get()).toEqual([]);
			expect(() => storage.transactionSync(fail)).toThrow("no");
			expect(notes.create({ text: "b" })).toEqual(notes.first());
		}));

	it("takes back a field that was added in it", () =>
		inObject((database, { open, storage }) => {
			const { id } = database.table("notes", NoteSchema).create({ text: "a" });
			const notes = open().table("notes", NoteSchema.extend({ stars: z.int().default(3) }));
			const fail = () => {
				expect(notes.first()?.stars).toBe(3);
				throw new Error("no");
			};
			expect(() => storage.transactionSync(fail)).toThrow("no");
			expect(notes.findById(id)?.stars).toBe(3);
			expect(() => storage.transactionSync(fail)).toThrow("no");
			expect(notes.create({ text: "b" }).stars).toBe(3);
		}));

	it("takes back an index that was made in it", () =>
		inObject((database, { open }) => {
			database.table("notes", NoteSchema).create({ text: "a" });
			const after = open();
			const notes = after.table("notes", NoteSchema, { unique: ["text"] });
			const fail = () => {
				expect(notes.count()).toBe(1);
				throw new Error("no");
			};
			expect(() => after.transaction(fail)).toThrow("no");
			expect(refusal(() => notes.create({ text: "a" }))).toBe("conflict text");
		}));

	it("refuses a promise and rolls back", () =>
		inObject(async (database) => {
			const notes = database.table("notes", NoteSchema);
			notes.create({ text: "a" });
			const run = async () => {
				notes.create({ text: "b" });
				throw new Error("late");
			};
			expect(refusal(() => database.transaction(run as () => never))).toBe(
				"misconfigured transaction",
			);
			await Promise.resolve();
			expect(notes.count()).toBe(1);
		}));
});
