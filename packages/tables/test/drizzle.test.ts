import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import * as z from "zod";
import {
	alias,
	and,
	asc,
	count,
	eq,
	exists,
	gt,
	inArray,
	isNull,
	like,
	max,
	sql,
} from "../src/drizzle.js";
import type { Database } from "../src/index.js";
import { inObject, refusal, thrown } from "./helpers.js";

const AuthorSchema = z.object({ name: z.string() });
const PostSchema = z.object({
	title: z.string(),
	author: z.string().optional(),
	state: z.enum(["draft", "live"]).default("draft"),
	stars: z.int().default(0),
});

function declare(database: Database) {
	return {
		db: database.db,
		authors: database.table("authors", AuthorSchema, { unique: ["name"] }),
		posts: database.table("posts", PostSchema),
	};
}

const KindsSchema = z.object({
	text: z.string(),
	state: z.enum(["a", "b"]).nullable(),
	integer: z.int(),
	real: z.number().optional(),
	boolean: z.boolean(),
	date: z.date().nullish(),
	bigint: z.bigint(),
	json: z.object({ list: z.array(z.number()), note: z.string().nullable() }).optional(),
	anything: z.any(),
});

const text = fc.string({ unit: "binary" }).filter((value) => value.isWellFormed());
const json = fc
	.jsonValue({ noUnicodeString: false })
	.map((value) => JSON.parse(JSON.stringify(value)));
const kinds = fc.record(
	{
		text,
		state: fc.constantFrom("a" as const, "b" as const, null),
		integer: fc.maxSafeInteger(),
		real: fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
		boolean: fc.boolean(),
		date: fc.option(fc.date({ noInvalidDate: true })),
		bigint: fc.bigInt({ min: -(10n ** 40n), max: 10n ** 40n }),
		json: fc.record(
			{ list: fc.array(fc.integer()), note: fc.option(fc.string()) },
			{ noNullPrototype: true },
		),
		anything: json,
	},
	{
		requiredKeys: ["text", "state", "integer", "boolean", "bigint", "anything"],
		// Drizzle can't ask such an object what it is.
		noNullPrototype: true,
	},
);

const fields = [...Object.keys(KindsSchema.shape), "id", "createdAt", "updatedAt"];
/** A row as Drizzle gives it: null where ours has no key. */
const withNulls = (row: object) =>
	Object.fromEntries(fields.map((field) => [field, Reflect.get(row, field) ?? null]));

describe("a condition of Drizzle", () => {
	it("stands wherever a condition may, beside the table's own", () =>
		inObject((database) => {
			const { posts, authors } = declare(database);
			authors.create({ name: "Ann" });
			posts.createMany(
				["a", "b", "c", "d"].map((title, stars) => ({
					title,
					stars,
					author: stars > 1 ? "Ann" : "x",
				})),
			);
			const { title, stars, author } = posts.drizzle;
			const titles = (query: { get(): { title: string }[] }) =>
				query
					.get()
					.map((row) => row.title)
					.join("");
			expect(titles(posts.where(gt(stars, 0)).where("title", "!=", "c"))).toBe("bd");
			expect(titles(posts.or([eq(title, "a"), ["stars", "==", 3]]))).toBe("ad");
			expect(titles(posts.not(like(title, "%a%")).where("stars", "<", 3))).toBe("bc");
			expect(
				titles(posts.where({ and: [inArray(title, ["a", "c"]), { not: eq(stars, 0) }] })),
			).toBe("c");
			expect(titles(posts.where(sql`${title} = ${"it's ? a"} or ${stars} = ${2}`))).toBe("c");
			const known = database.db.select({ name: authors.drizzle.name }).from(authors.drizzle);
			expect(titles(posts.where(inArray(author, known)).orderBy("title", "desc"))).toBe("dc");
			expect(posts.where(eq(posts.drizzle.state, "draft")).count()).toBe(4);
			expect(posts.where(gt(stars, 2)).updateWhere({ state: "live" })).toBe(1);
			expect(posts.where(eq(posts.drizzle.state, "live")).deleteWhere()).toBe(1);
			expect(posts.where(gt(stars, 0)).page({ limit: 1 }).pageInfo.hasNextPage).toBe(true);
		}));

	it("is refused where it is data, or more than a condition's values", () =>
		inObject((database) => {
			const { posts } = declare(database);
			const fake = { getSQL: () => sql`1 = 1`, queryChunks: ["1 = 1"] };
			expect(refusal(() => posts.where(fake))).toBe("invalid_input where");
			expect(refusal(() => posts.or([fake]))).toBe("invalid_input where");
			expect(refusal(() => posts.where(eq(posts.drizzle.title, sql.placeholder("x"))))).toBe(
				"misconfigured where",
			);
			const many = inArray(
				posts.drizzle.stars,
				Array.from({ length: 91 }, (_, i) => i),
			);
			expect(refusal(() => posts.where(many))).toBe("invalid_input where");
		}));
});

describe("rows", () => {
	it("written by the table are read equal by Drizzle", async () => {
		await inObject((database) => {
			const { db } = database;
			const table = database.table("kinds", KindsSchema);
			fc.assert(
				fc.property(kinds, (data) => {
					const row = table.create(data);
					const found = db.select().from(table.drizzle).where(eq(table.drizzle.id, row.id)).get();
					expect(found).toEqual(withNulls(row));
				}),
				{ numRuns: 200 },
			);
		});
	});

	it("written by Drizzle are read equal by the table", async () => {
		await inObject((database) => {
			const { db } = database;
			const table = database.table("kinds", KindsSchema);
			fc.assert(
				fc.property(kinds, (data) => {
					const row = db.insert(table.drizzle).values(data).returning().get();
					const found = table.findById(row.id);
					expect(found && withNulls(found)).toEqual(row);
					expect(row).toEqual({
						...withNulls(data),
						id: expect.any(String),
						createdAt: expect.any(Date),
						updatedAt: expect.any(Date),
					});
				}),
				{ numRuns: 200 },
			);
		});
	});

	it("get id, dates and the schema's defaults, and must have the rest", async () => {
		await inObject((database) => {
			const { db, posts } = declare(database);
			const before = Date.now();
			db.insert(posts.drizzle)
				.values([{ title: "one" }, { title: "two", state: "live" }])
				.run();
			const [one, two] = posts.orderBy("id").get();
			expect(one).toMatchObject({ title: "one", state: "draft", stars: 0 });
			expect(two).toMatchObject({ title: "two", state: "live" });
			expect(one?.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/);
			expect(one?.createdAt.getTime()).toBeGreaterThanOrEqual(before);
			expect(one?.updatedAt.getTime()).toBeGreaterThanOrEqual(before);
			expect(one && "author" in one).toBe(false);
			// @ts-expect-error no title
			expect(refusal(() => db.insert(posts.drizzle).values({ stars: 1 }).run())).toBe(
				"invalid_input title",
			);
		});
	});

	it("are refused where a value is not of its column's type", async () => {
		await inObject((database) => {
			const { db } = database;
			const { drizzle } = database.table("kinds", KindsSchema);
			const data = { text: "", state: null, integer: 1, boolean: true, bigint: 1n, anything: 1 };
			const wrong = {
				text: "\ud800",
				boolean: "false",
				date: new Date(Number.NaN),
				bigint: 1,
				json: { list: [], note: new Date() },
				integer: Number.NaN,
			};
			for (const [field, value] of Object.entries(wrong)) {
				const values = { ...data, [field]: value };
				expect(refusal(() => db.insert(drizzle).values(values).run())).toMatch(
					`invalid_input ${field}`,
				);
			}
			expect(db.select({ rows: count() }).from(drizzle).all()).toEqual([{ rows: 0 }]);
		});
	});

	it("become later with every update", async () => {
		await inObject((database) => {
			const { db, posts } = declare(database);
			const { id, updatedAt, createdAt } = posts.create({ title: "one" });
			let last = updatedAt;
			for (const title of ["two", "three", "four"]) {
				const where = eq(posts.drizzle.id, id);
				db.update(posts.drizzle).set({ title }).where(where).run();
				const row = posts.findById(id);
				expect(row?.title).toBe(title);
				expect(row?.createdAt).toEqual(createdAt);
				expect(row?.updatedAt.getTime()).toBeGreaterThan(last.getTime());
				last = row?.updatedAt ?? last;
			}
			db.insert(posts.drizzle)
				.values({ id, title: "five" })
				.onConflictDoUpdate({ target: posts.drizzle.id, set: { title: "six" } })
				.run();
			expect(posts.findById(id)?.title).toBe("six");
			expect(posts.findById(id)?.updatedAt.getTime()).toBeGreaterThan(last.getTime());
		});
	});

	it("have our dates under other names where the schema has its own", async () => {
		await inObject((database) => {
			const { db } = database;
			const schema = z.object({ id: z.string(), createdAt: z.string(), updatedAt: z.number() });
			const notes = database.table("notes", schema);
			const { drizzle } = notes;
			db.insert(drizzle).values({ id: "a", createdAt: "monday", updatedAt: 1.5 }).run();
			const row = { id: "a", createdAt: "monday", updatedAt: 1.5 };
			expect(notes.get()).toEqual([row]);
			expect(db.select().from(drizzle).all()).toEqual([
				{ ...row, _created_at: expect.any(Date), _updated_at: expect.any(Date) },
			]);
			const before = db.select().from(drizzle).get()?._updated_at.getTime() ?? 0;
			db.update(drizzle).set({ createdAt: "tuesday" }).run();
			const after = db.select().from(drizzle).get();
			expect(after?.createdAt).toBe("tuesday");
			expect(after?.updatedAt).toBe(1.5);
			expect(after?._updated_at.getTime()).toBeGreaterThan(before);
		});
	});

	it("of two tables are joined, grouped and aliased", async () => {
		await inObject((database) => {
			const { db, authors, posts } = declare(database);
			const ann = authors.create({ name: "Ann" });
			const bob = authors.create({ name: "Bob" });
			posts.create({ title: "one", author: ann.id, stars: 3 });
			posts.create({ title: "two", author: ann.id, stars: 5 });
			const [a, p] = [authors.drizzle, posts.drizzle];
			const joined = db
				.select()
				.from(a)
				.leftJoin(p, eq(p.author, a.id))
				.orderBy(asc(a.name), asc(p.title));
			expect(joined.all()).toMatchObject([
				{ authors: ann, posts: { title: "one" } },
				{ authors: ann, posts: { title: "two" } },
				{ authors: bob, posts: null },
			]);
			expect(
				db
					.select({ name: a.name, posts: count(), best: max(p.stars) })
					.from(p)
					.innerJoin(a, eq(p.author, a.id))
					.groupBy(a.id)
					.all(),
			).toEqual([{ name: "Ann", posts: 2, best: 5 }]);
			const better = alias(p, "better");
			const beaten = db
				.select({ title: p.title })
				.from(p)
				.where(exists(db.select().from(better).where(gt(better.stars, p.stars))));
			expect(beaten.all()).toEqual([{ title: "one" }]);
		});
	});

	it("are refused as a conflict where another has a unique value", async () => {
		await inObject((database) => {
			const { db, authors } = declare(database);
			authors.create({ name: "Ann" });
			const insert = () => db.insert(authors.drizzle).values({ name: "Ann" }).run();
			expect(refusal(insert)).toBe("conflict name");
			const other = authors.create({ name: "Bob" });
			const where = eq(authors.drizzle.id, other.id);
			expect(
				refusal(() => db.update(authors.drizzle).set({ name: "Ann" }).where(where).run()),
			).toBe("conflict name");
		});
	});

	it("are refused as the table refuses them where references are broken", () =>
		inObject((database) => {
			const { db, authors, posts } = declare(database);
			const options = {
				references: { authorId: { table: authors, onDelete: "restrict" } },
			} as const;
			const books = database.table("books", z.object({ authorId: z.string() }), options);
			const insert = (authorId: string) => () =>
				db.insert(books.drizzle).values({ authorId }).returning().all();
			expect(refusal(insert("nobody"))).toBe("invalid_input authorId");
			const { id } = authors.create({ name: "Ann" });
			expect(insert(id)()).toMatchObject([{ authorId: id }]);
			expect(refusal(() => db.update(books.drizzle).set({ authorId: "nobody" }).run())).toBe(
				"invalid_input authorId",
			);
			const remove = () => db.delete(authors.drizzle).where(eq(authors.drizzle.id, id)).run();
			expect(refusal(remove)).toBe("conflict books.authorId");
			expect(refusal(() => db.transaction(remove))).toBe("conflict books.authorId");
			const nodes = database.table(
				"nodes",
				z.object({ id: z.string(), parentId: z.string().nullable() }),
				{ references: { parentId: { table: "nodes", onDelete: "cascade" } } },
			);
			nodes.createMany(
				Array.from({ length: 11 }, (_, i) => ({
					id: `${i}`,
					parentId: i === 0 ? null : `${i - 1}`,
				})),
			);
			const first = eq(nodes.drizzle.id, "0");
			expect(refusal(() => db.delete(nodes.drizzle).where(first).run())).toBe("conflict db");
			expect([posts.count(), nodes.count()]).toEqual([0, 11]);
		}));

	it("are made again in a table that was dropped", () =>
		inObject((database, { open, rows }) => {
			declare(database).authors.create({ name: "Ann" });
			rows("DROP TABLE authors");
			const { db, authors } = declare(open());
			expect(db.select().from(authors.drizzle).all()).toEqual([]);
			expect(authors.create({ name: "Ann" })).toEqual(authors.first());
		}));

	it("come from an awaited query too", async () => {
		await inObject(async (database) => {
			const { db, posts } = declare(database);
			await db.insert(posts.drizzle).values({ title: "one" });
			expect(await db.select({ title: posts.drizzle.title }).from(posts.drizzle)).toEqual([
				{ title: "one" },
			]);
		});
	});
});

describe("the tables", () => {
	it("are made by the first query, and not by asking for the database", async () => {
		await inObject((database, { rows }) => {
			const { db, posts } = declare(database);
			expect(rows("SELECT name FROM sqlite_master")).toEqual([]);
			expect(db.select().from(posts.drizzle).all()).toEqual([]);
			const late = database.table("late", AuthorSchema);
			expect(db.select().from(late.drizzle).all()).toEqual([]);
			expect(rows("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")).toEqual([
				["_userdo_changes"],
				["_userdo_meta"],
				["authors"],
				["late"],
				["posts"],
			]);
		});
	});

	it("are changed to what their schema says by now", async () => {
		await inObject((database, { open }) => {
			database.table("authors", AuthorSchema).create({ name: "Ann" });
			const later = open();
			const { drizzle } = later.table("authors", AuthorSchema.extend({ age: z.int().default(7) }));
			expect(later.db.select().from(drizzle).all()).toMatchObject([{ name: "Ann", age: 7 }]);
		});
	});

	it("are made anew after deleteAll, and after a rollback that took them", async () => {
		await inObject(async (database, { storage }) => {
			const { db, posts } = declare(database);
			const insert = () => db.insert(posts.drizzle).values({ title: "one" }).run();
			insert();
			await storage.deleteAll();
			insert();
			expect(posts.count()).toBe(1);
			expect(database.changes.read(0, 10)).toHaveLength(1);
			await storage.deleteAll();
			expect(() =>
				storage.transactionSync(() => {
					insert();
					throw new Error("taken back");
				}),
			).toThrow("taken back");
			expect(db.select().from(posts.drizzle).all()).toEqual([]);
			insert();
			expect(posts.count()).toBe(1);
		});
	});

	it("that are not ours are missed as SQLite misses them", async () => {
		await inObject((database) => {
			expect(() => database.db.all(sql`select * from nowhere`)).toThrow("no such table: nowhere");
		});
	});
});

describe("a write of Drizzle", () => {
	it("is in the change log", async () => {
		await inObject((database) => {
			const { db, posts } = declare(database);
			const { id } = db.insert(posts.drizzle).values({ title: "one" }).returning().get();
			db.update(posts.drizzle).set({ title: "two" }).run();
			db.delete(posts.drizzle).run();
			expect(database.changes.read(0, 10)).toMatchObject([
				{ event: "table:posts", data: { type: "create", data: { id, title: "one" } } },
				{ event: "table:posts", data: { type: "update", data: { title: "two" } } },
				{ event: "table:posts", data: { type: "delete", data: { id } } },
			]);
		});
	});

	it("is told, and a read is not", async () => {
		await inObject((_, { open }) => {
			const onWrite = vi.fn();
			const { db, posts } = declare(open({ onWrite }));
			db.select().from(posts.drizzle).all();
			onWrite.mockClear();
			const told = (run: () => unknown) => {
				onWrite.mockClear();
				run();
				return onWrite.mock.calls.length;
			};
			const table = posts.drizzle;
			expect(told(() => db.insert(table).values({ title: "one" }).run())).toBe(1);
			expect(told(() => db.insert(table).values({ title: "two" }).returning().all())).toBe(1);
			expect(told(() => db.update(table).set({ title: "x" }).returning().all())).toBe(1);
			expect(told(() => db.run(sql`update ${table} set stars = 2`))).toBe(1);
			expect(told(() => db.run(sql`with w as (select 1) delete from ${table}`))).toBe(1);
			expect(told(() => db.select().from(table).all())).toBe(0);
			expect(told(() => db.get(sql`select 1`))).toBe(0);
		});
	});
});

describe("a transaction of Drizzle", () => {
	it("is told once, after it has committed, and not when it is rolled back", async () => {
		await inObject((_, { open }) => {
			const onWrite = vi.fn();
			const database = open({ onWrite });
			const { db, posts } = declare(database);
			database.create();
			db.transaction((tx) => {
				tx.insert(posts.drizzle).values({ title: "one" }).run();
				tx.transaction((inner) => inner.insert(posts.drizzle).values({ title: "two" }).run());
				posts.create({ title: "three" });
				expect(onWrite).not.toHaveBeenCalled();
			});
			expect(onWrite).toHaveBeenCalledTimes(1);
			expect(posts.count()).toBe(3);
			expect(() =>
				db.transaction((tx) => {
					tx.insert(posts.drizzle).values({ title: "four" }).run();
					tx.rollback();
				}),
			).toThrow("Rollback");
			expect(onWrite).toHaveBeenCalledTimes(1);
			expect(posts.count()).toBe(3);
		});
	});

	it("that is nested is rolled back alone", async () => {
		await inObject((database) => {
			const { db, posts } = declare(database);
			db.transaction((tx) => {
				tx.insert(posts.drizzle).values({ title: "one" }).run();
				expect(() =>
					tx.transaction((inner) => {
						inner.insert(posts.drizzle).values({ title: "two" }).run();
						inner.rollback();
					}),
				).toThrow("Rollback");
				tx.insert(posts.drizzle).values({ title: "three" }).run();
			});
			expect(
				posts
					.orderBy("id")
					.get()
					.map(({ title }) => title),
			).toEqual(["one", "three"]);
		});
	});

	it("can't be asynchronous, and writes nothing then, later neither", async () => {
		await inObject(async (database) => {
			const { db, posts } = declare(database);
			let later: Promise<unknown> | undefined;
			const run = () =>
				db.transaction((tx) => {
					tx.insert(posts.drizzle).values({ title: "one" }).run();
					later = (async () => {
						await tx.insert(posts.drizzle).values({ title: "two" });
					})();
					return later;
				});
			expect(refusal(run)).toBe("misconfigured transaction");
			const error = await later?.catch((error: unknown) => error);
			expect(error).toMatchObject({ code: "misconfigured", issues: [{ path: "transaction" }] });
			expect(posts.count()).toBe(0);
		});
	});
});

describe("raw SQL of Drizzle", () => {
	it("binds booleans and dates as the columns hold them", async () => {
		await inObject((database) => {
			const { db } = database;
			const table = database.table(
				"flags",
				z.object({ on: z.boolean(), at: z.date(), name: z.string() }),
			);
			const at = new Date(1_700_000_000_123);
			table.create({ on: true, at, name: "x" });
			table.create({ on: false, at: new Date(0), name: "y" });
			const { drizzle } = table;
			const names = (where: ReturnType<typeof sql>) =>
				db.select({ name: drizzle.name }).from(drizzle).where(where).all();
			expect(names(sql`${drizzle.on} = ${true}`)).toEqual([{ name: "x" }]);
			expect(names(sql`${drizzle.at} >= ${at}`)).toEqual([{ name: "x" }]);
			expect(
				db.values(
					sql`select typeof(${true}), typeof(${at}), ${null}, hex(${new Uint8Array([1, 255]).subarray(1)})`,
				),
			).toEqual([["real", "real", null, "FF"]]);
		});
	});

	it.each([
		["undefined", undefined],
		["NaN", Number.NaN],
		["a bigint", 1n],
		["an object", { a: 1 }],
		["a look-alike of SQL", { queryChunks: ["x"], getSQL: "x" }],
		["half a character", "\ud800"],
		["an invalid date", new Date(Number.NaN)],
		["a function", () => 1],
	])("refuses %s", async (_, value) => {
		await inObject((database) => {
			expect(refusal(() => database.db.values(sql`select ${sql.param(value)}`))).toBe(
				"invalid_input sql",
			);
		});
	});

	it("finds rows by conditions on each kind of column", async () => {
		await inObject((database) => {
			const { db } = database;
			const table = database.table("kinds", KindsSchema);
			const date = new Date(5);
			table.create({
				text: "a_b",
				state: "a",
				integer: 1,
				boolean: true,
				bigint: -5n,
				anything: [1],
				date,
			});
			table.create({
				text: "b",
				state: null,
				integer: 2,
				boolean: false,
				bigint: 12n,
				anything: null,
			});
			const { drizzle } = table;
			const found = (where: ReturnType<typeof and>) =>
				db
					.select({ text: drizzle.text })
					.from(drizzle)
					.where(where)
					.all()
					.map(({ text }) => text);
			expect(found(eq(drizzle.boolean, true))).toEqual(["a_b"]);
			expect(found(and(gt(drizzle.bigint, -6n), gt(drizzle.bigint, 0n)))).toEqual(["b"]);
			expect(found(eq(drizzle.date, date))).toEqual(["a_b"]);
			expect(found(isNull(drizzle.anything))).toEqual(["b"]);
			expect(found(eq(drizzle.anything, [1]))).toEqual(["a_b"]);
			expect(found(inArray(drizzle.state, ["a", "b"]))).toEqual(["a_b"]);
			expect(found(like(drizzle.text, "a%"))).toEqual(["a_b"]);
			expect(thrown(() => found(eq(drizzle.boolean, "true" as never))).code).toBe("invalid_input");
		});
	});
});
