import { evictDurableObject } from "cloudflare:test";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import type { Database } from "../src/index.js";
import { searchTables, searchText } from "../src/search.js";
import { buildSearch } from "../src/search-index.js";
import { type Context, inObject, newStub, refusal } from "./helpers.js";

const PageSchema = z.object({
	id: z.string(),
	title: z.string().default(""),
	body: z.string().optional(),
	stars: z.int().default(0),
	bookId: z.string().optional(),
});
const search = ["title", "body"] as const;
const owned = `SELECT name FROM sqlite_master WHERE name LIKE '\\_userdo\\_docs%' ESCAPE '\\'
	OR name LIKE '\\_userdo\\_search%' ESCAPE '\\' ORDER BY name`;

/** The ids that an FTS5 query finds, sorted. */
function match({ rows }: Context, query: string | undefined, table = "pages"): string[] {
	if (query === undefined) return [];
	const { docs, words } = searchTables(table);
	return rows(
		`SELECT d.id FROM ${words} s JOIN ${docs} d ON d.doc = s.rowid WHERE ${words} MATCH ? ORDER BY s.rank`,
		query,
	)
		.flat()
		.map(String)
		.sort();
}

const find = (context: Context, text: string, table = "pages") =>
	match(context, searchText(text), table);

/** Words as the index has them: without case and accents. */
function tokens(text: string): string[] {
	const plain = text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
	return plain.split(/[^a-z0-9]+/).filter((word) => word !== "");
}

/** Whether the fields hold all that is typed: each part as it stands, the last as a start. */
function holds(fields: readonly (string | null | undefined)[], typed: string): boolean {
	const parts = typed.split(/\s+/).map(tokens);
	const wanted = parts.filter((part) => part.length > 0);
	return (
		wanted.length > 0 &&
		wanted.every((part, i) =>
			fields.some((field) => {
				const words = tokens(field ?? "");
				return words.some((_, at) =>
					part.every((token, k) => {
						const word = words[at + k] ?? "";
						const isStart = i === wanted.length - 1 && k === part.length - 1;
						return isStart ? word.startsWith(token) : word === token;
					}),
				);
			}),
		)
	);
}

describe("a search's definition", () => {
	it.each([
		["a field that is not there", ["nope"], "pages.nope"],
		["a field of every object", ["toString"], "pages.toString"],
		["a number", ["stars"], "pages.stars"],
		["a date", ["createdAt"], "pages.createdAt"],
		["a field twice", ["title", "title"], "pages.title"],
		["no field", [], "pages"],
		["a text", "title", "pages"],
		["a list in a list", [["title"]], "pages.search"],
	])("refuses %s", (_, given, path) =>
		inObject((database) => {
			const options = { search: given } as object;
			expect(refusal(() => database.table("pages", PageSchema, options))).toBe(
				`misconfigured ${path}`,
			);
		}),
	);

	it("takes fields and tables of any name", () =>
		inObject((database, context) => {
			// FTS5 reserves the first three for itself, and those that its tables have.
			const names = [
				"rank",
				"rowid",
				"words",
				"größe",
				"first-name",
				"$ref",
				"order",
				"c0",
				"docid",
			];
			const schema = z.object(Object.fromEntries(names.map((name) => [name, z.string()])));
			for (const table of ["words", "words_data", "words_idx", "words_config", "words_docsize"]) {
				const rows = database.table(table, schema, { search: names });
				const row = rows.create(
					Object.fromEntries(names.map((name) => [name, `in ${table} ${name}`])),
				);
				expect(find(context, "in rank order größ", table)).toEqual([row.id]);
				expect(find(context, `${table} docid`, table)).toEqual([row.id]);
			}
			const { id } = database
				.table("own", z.object({ id: z.string() }), { search: ["id"] })
				.create({ id: "Hello" });
			expect(find(context, "hello", "own")).toEqual([id]);
		}));

	it("is part of what makes two declarations the same", () =>
		inObject((database) => {
			const pages = database.table("pages", PageSchema, { search });
			expect(database.table("pages", PageSchema, { search: ["title", "body"] })).toBe(pages);
			expect(refusal(() => database.table("pages", PageSchema))).toBe("misconfigured pages");
			expect(refusal(() => database.table("pages", PageSchema, { search: ["title"] }))).toBe(
				"misconfigured pages",
			);
		}));
});

describe("searchText", () => {
	it("quotes every word, and takes the last as the start of one", () => {
		expect(searchText("Hello")).toBe(`"Hello" *`);
		expect(searchText(`  say "hi"\tAND\u00a0bye  `)).toBe(`"say" """hi""" "AND" "bye" *`);
		expect(searchText("title:x NEAR(a b)")).toBe(`"title:x" "NEAR(a" "b)" *`);
		expect(searchText("a\0b \ud800c")).toBe(`"a" "b" "\ufffdc" *`);
		for (const text of ["", " ", "-", '* ^ " ( )', "\0", "\ud800", "🙂", "\u0301"]) {
			expect(searchText(text)).toBe(undefined);
		}
	});

	it("refuses what is too long, and what is no text", () => {
		expect(searchText("a ".repeat(32))).toMatch(/^("a" ){32}\*$/);
		expect(refusal(() => searchText("a ".repeat(33)))).toBe("invalid_input search");
		expect(searchText("a".repeat(1000))).toBe(`"${"a".repeat(1000)}" *`);
		expect(refusal(() => searchText("a".repeat(1001)))).toBe("invalid_input search");
		for (const value of [undefined, null, 5, ["a"], {}]) {
			expect(refusal(() => searchText(value))).toBe("invalid_input search");
		}
	});

	it("is never an error to FTS5, whatever is typed", () =>
		inObject((database, context) => {
			database.table("pages", PageSchema, { search }).create({ id: "1", title: "a b", body: "c" });
			const operator = fc.constantFrom(
				..."AND OR NOT NEAR NEAR( ^ * : - + ( ) { } \" ' , . a b c0 c1 rank title: {c0 c1}: - c0: \0 \n 5".split(
					" ",
				),
				" ",
				'"',
				'""',
				"a*",
				'" OR "',
			);
			const hostile = fc.oneof(
				fc.string({ unit: "binary", maxLength: 40 }),
				fc.string({ unit: "grapheme", maxLength: 40 }),
				fc
					.array(fc.oneof(operator, fc.string({ unit: "binary", maxLength: 3 })), { maxLength: 30 })
					.map((parts) => parts.join("")),
				fc.array(operator, { maxLength: 30 }).map((parts) => parts.join(" ")),
			);
			fc.assert(
				fc.property(hostile, (text) => {
					expect(["", "1"]).toContain(find(context, text).join());
				}),
				{ numRuns: 3000 },
			);
		}));

	it("finds what a plain look at the words finds", () =>
		inObject((database, context) => {
			const pages = database.table("pages", PageSchema, { search });
			const word = fc.string({
				unit: fc.constantFrom(
					"a",
					"b",
					"A",
					"é",
					"E",
					"e\u0301",
					"ö",
					"1",
					"-",
					"'",
					'"',
					"*",
					".",
				),
				minLength: 1,
				maxLength: 4,
			});
			const text = fc.array(word, { maxLength: 5 }).map((words) => words.join(" "));
			let count = 0;
			fc.assert(
				fc.property(text, text, (title, body) => {
					pages.create({ id: `${count++}`, title, body });
				}),
				{ numRuns: 200 },
			);
			const all = pages.get();
			let found = 0;
			fc.assert(
				fc.property(text, (typed) => {
					const expected = all.filter(({ title, body }) => holds([title, body], typed));
					expect(find(context, typed)).toEqual(expected.map(({ id }) => id).sort());
					found += expected.length;
				}),
				{ numRuns: 500 },
			);
			expect(found).toBeGreaterThan(100);
		}));
});

describe("the search index", () => {
	it("finds words in any of the fields, whatever their case and accents, the best first", () =>
		inObject((database, context) => {
			const pages = database.table("pages", PageSchema, { search });
			pages.create({ id: "1", title: "Crème brûlée", body: "A dessert. Sugar, eggs" });
			pages.create({ id: "2", title: "Dessert", body: "dessert after dessert" });
			expect(find(context, "creme BRULEE")).toEqual(["1"]);
			expect(find(context, "dess")).toEqual(["1", "2"]);
			expect(find(context, "creme sugar")).toEqual(["1"]);
			expect(find(context, "creme after")).toEqual([]);
			expect(find(context, "crem sugar")).toEqual([]);
			const { docs, words } = searchTables("pages");
			const ranked = `SELECT d.id FROM ${words} s JOIN ${docs} d ON d.doc = s.rowid
				WHERE ${words} MATCH ? ORDER BY s.rank`;
			expect(context.rows(ranked, '"dessert"')).toEqual([["2"], ["1"]]);
		}));

	it("follows raw SQL, REPLACE, changed ids and cascades", () =>
		inObject((database, context) => {
			const { rows } = context;
			const books = database.table("books", z.object({ id: z.string() }));
			const pages = database.table("pages", PageSchema, {
				search,
				references: { bookId: { table: books, onDelete: "cascade" } },
			});
			books.create({ id: "b" });
			pages.create({ id: "1", title: "one", bookId: "b" });
			rows(
				`INSERT INTO pages (id, title, stars, _created_at, _updated_at) VALUES ('2', 'two', 0, 0, 0)`,
			);
			expect(find(context, "two")).toEqual(["2"]);
			rows(
				`REPLACE INTO pages (id, title, stars, _created_at, _updated_at) VALUES ('2', 'three', 0, 0, 0)`,
			);
			expect([find(context, "two"), find(context, "three")]).toEqual([[], ["2"]]);
			rows(`UPDATE pages SET id = 'x' || id, body = 'more'`);
			expect(find(context, "more")).toEqual(["x1", "x2"]);
			rows(`UPDATE OR REPLACE pages SET id = 'x1' WHERE id = 'x2'`);
			expect([find(context, "one"), find(context, "three")]).toEqual([[], ["x1"]]);
			rows(`INSERT INTO pages (id, title, stars, _created_at, _updated_at) VALUES ('x1', 'four', 0, 0, 0)
				ON CONFLICT DO UPDATE SET title = excluded.title, bookId = 'b'`);
			expect(find(context, "four")).toEqual(["x1"]);
			books.delete("b");
			expect([pages.count(), find(context, "four"), find(context, "more")]).toEqual([0, [], []]);
			const { docs } = searchTables("pages");
			expect(rows(`SELECT * FROM ${docs}`)).toEqual([]);
		}));

	it("is taken back with its transaction", () =>
		inObject((database, context) => {
			const pages = database.table("pages", PageSchema, { search });
			const fail = () => {
				pages.create({ id: "1", title: "one" });
				expect(find(context, "one")).toEqual(["1"]);
				throw new Error("no");
			};
			// At first it takes back the index itself.
			expect(() => database.transaction(fail)).toThrow("no");
			expect(context.rows("SELECT * FROM sqlite_master")).toEqual([]);
			pages.create({ id: "2", title: "two" });
			expect(() => database.transaction(fail)).toThrow("no");
			expect([find(context, "one"), find(context, "two")]).toEqual([[], ["2"]]);
		}));

	it("is added to stored rows, changed and dropped, and the table stays as it is", () =>
		inObject((database, context) => {
			const { open, rows } = context;
			const declare = (fields?: readonly ("title" | "body")[]) => {
				const next = open();
				const pages = next.table("pages", PageSchema, fields ? { search: fields } : {});
				pages.get();
				return { pages, next };
			};
			const pages = database.table("pages", PageSchema);
			pages.createMany([
				{ id: "1", title: "Hello", body: "first" },
				{ id: "2", title: "World" },
				{ id: "3", title: "nul\0byte", body: "" },
			]);
			const all = pages.get();
			const table = "SELECT sql, rootpage FROM sqlite_master WHERE name = 'pages'";
			const before = rows(table);
			const { seq } = database.changes;

			declare(["title"]);
			expect([find(context, "hello"), find(context, "byte"), find(context, "first")]).toEqual([
				["1"],
				["3"],
				[],
			]);
			declare(["body", "title"]);
			expect([find(context, "hello"), find(context, "first")]).toEqual([["1"], ["1"]]);
			declare(["body"]);
			expect([find(context, "hello"), find(context, "first")]).toEqual([[], ["1"]]);
			const { pages: last, next } = declare();
			expect(rows(owned)).toEqual([]);
			expect(last.get()).toEqual(all);
			expect(rows(table)).toEqual(before);
			expect(next.changes.seq).toBe(seq);
			last.update("1", { title: "without" });
			declare(["title"]);
			expect(find(context, "without")).toEqual(["1"]);
		}));

	it("stays when other things of the table change, and takes a new field", () =>
		inObject((database, context) => {
			database.table("pages", PageSchema, { search }).create({ id: "1", title: "one" });
			const schema = PageSchema.extend({ note: z.string().default("a\0note") });
			const next = context.open();
			const pages = next.table("pages", schema, { search: [...search, "note"] });
			pages.create({ id: "2", title: "two" });
			expect(find(context, "note")).toEqual(["1", "2"]);
			const later = context.open();
			const options = { search: [...search, "note"] as const, indexes: ["stars"] as const };
			later.table("pages", schema, options).update("1", { title: "uno" });
			expect([find(context, "uno"), find(context, "one")]).toEqual([["1"], []]);
			expect(later.changes.seq).toBe(3);
		}));

	it("can be built anew for a table that was built anew", () =>
		inObject((database, context) => {
			const { rows } = context;
			const pages = database.table("pages", PageSchema, { search });
			pages.createMany([
				{ id: "1", title: "one" },
				{ id: "2", title: "two" },
			]);
			const [[text]] = rows("SELECT sql FROM sqlite_master WHERE name = 'pages'") as [[string]];
			rows(text.replace('"pages"', "next"));
			rows("INSERT INTO next SELECT * FROM pages WHERE id = '2'");
			rows("DROP TABLE pages");
			rows("ALTER TABLE next RENAME TO pages");
			const { definition } = pages as unknown as { definition: Parameters<typeof buildSearch>[1] };
			buildSearch(context.storage.sql, definition);
			expect([find(context, "one"), find(context, "two")]).toEqual([[], ["2"]]);
			pages.update("2", { title: "zwei" });
			expect([find(context, "two"), find(context, "zwei")]).toEqual([[], ["2"]]);
		}));

	it("holds for the next instance, and in storage that was emptied", async () => {
		const stub = newStub();
		const open = (database: Database) => database.table("pages", PageSchema, { search });
		await inObject((database) => open(database).create({ id: "1", title: "one" }), stub);
		await evictDurableObject(stub);
		await inObject(async (database, context) => {
			const pages = open(database);
			context.rows("REPLACE INTO pages SELECT * FROM pages");
			pages.create({ id: "2", title: "one" });
			expect(find(context, "one")).toEqual(["1", "2"]);
			await context.storage.deleteAll();
			pages.create({ id: "3", title: "one" });
			expect(find(context, "one")).toEqual(["3"]);
		}, stub);
	});

	it("takes a row of 2,000,000 bytes", () =>
		inObject((database, context) => {
			const pages = database.table("pages", PageSchema, { search });
			pages.create({ id: "1", title: "one", body: "word ".repeat(399_000) });
			expect(find(context, "word")).toEqual(["1"]);
			expect(pages.delete("1")).toBe(true);
			expect(find(context, "word")).toEqual([]);
		}));

	it("agrees with the rows after any writes and changes of its definition", async () => {
		const id = fc.constantFrom("1", "2", "3", "4");
		const text = fc.constantFrom("", "red", "green red", "Rød", "blue-green", "réd green blue");
		const operation = fc.record({
			kind: fc.constantFrom(
				...["create", "update", "delete", "upsert", "updateWhere", "deleteWhere"],
				...["replace", "raw update", "raw id", "raw delete", "open", "rollback"],
			),
			id,
			other: id,
			title: text,
			body: fc.option(text, { nil: undefined }),
			fields: fc.subarray([...search]),
		});
		await fc.assert(
			fc.asyncProperty(fc.array(operation, { minLength: 5, maxLength: 40 }), (operations) =>
				inObject((first, context) => {
					const { open, rows } = context;
					let fields: readonly ("title" | "body")[] = search;
					let database = first;
					const declare = () =>
						database.table("pages", PageSchema, fields.length > 0 ? { search: fields } : {});
					const apply = ({ kind, id, other, title, body }: (typeof operations)[number]) => {
						const pages = declare();
						const data = { id, title, ...(body !== undefined && { body }) };
						if (kind === "create") pages.create(data);
						else if (kind === "update") pages.update(id, { title, body });
						else if (kind === "delete") pages.delete(id);
						else if (kind === "upsert") pages.upsert(data, { on: "id" });
						else if (kind === "updateWhere")
							pages.where("title", "==", "red").updateWhere({ title });
						else if (kind === "deleteWhere") pages.where("title", "==", title).deleteWhere();
						else if (kind === "replace") {
							rows("REPLACE INTO pages VALUES (?, ?, ?, 0, NULL, 0, 0)", id, title, body ?? null);
						} else if (kind === "raw update") {
							rows("UPDATE pages SET body = title, title = ? WHERE id <= ?", title, id);
						} else if (kind === "raw id") {
							rows("UPDATE OR REPLACE pages SET id = ? WHERE id = ?", other, id);
						} else rows("DELETE FROM pages WHERE id < ?", id);
					};
					database.create();
					declare();
					database.create();
					for (const each of operations) {
						if (each.kind === "open") {
							fields = each.fields;
							database = open();
							declare().get();
						} else if (each.kind === "rollback") {
							const fail = () => {
								apply({ ...each, kind: "upsert" });
								apply({ ...each, kind: "raw update" });
								throw new Error("no");
							};
							expect(() => database.transaction(fail)).toThrow("no");
						} else {
							try {
								apply(each);
							} catch (error) {
								expect((error as { code?: string }).code).toMatch(/^(conflict|not_found)$/);
							}
						}
						if (fields.length === 0) {
							expect(rows(owned)).toEqual([]);
							continue;
						}
						const all = declare().get();
						for (const typed of ["red", "gre", "blue-g", "green blue", "rød"]) {
							const expected = all.filter((row) =>
								holds(
									fields.map((field) => row[field]?.replace("ø", "0")),
									typed.replace("ø", "0"),
								),
							);
							expect(find(context, typed)).toEqual(expected.map(({ id }) => id).sort());
						}
						expect(rows(`SELECT count(*) FROM ${searchTables("pages").docs}`)).toEqual([
							[all.length],
						]);
					}
				}),
			),
			{ numRuns: 100 },
		);
	});
});

describe("what a search index costs", () => {
	it("is three rows written per insert, two per delete, one per change of its fields", () =>
		inObject((database, { storage }) => {
			database.table("plain", PageSchema).create({ id: "0" });
			database.table("pages", PageSchema, { search }).create({ id: "0" });
			const costs = (table: string) =>
				[
					`INSERT INTO ${table} VALUES ('1', 'some words', 'and more', 0, NULL, 0, 0)`,
					`UPDATE ${table} SET stars = 1 WHERE id = '1'`,
					`UPDATE ${table} SET title = 'other words' WHERE id = '1'`,
					`DELETE FROM ${table} WHERE id = '1'`,
				].map((text) => {
					const cursor = storage.sql.exec(text);
					cursor.toArray();
					return cursor.rowsWritten;
				});
			// The row and its change.
			expect(costs("plain")).toEqual([2, 2, 2, 2]);
			expect(costs("pages")).toEqual([5, 2, 3, 4]);
		}));
});
