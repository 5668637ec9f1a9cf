import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import * as z from "zod";
import type { AnyQuery, AnyTable } from "../src/index.js";
import { inObject, refusal } from "./helpers.js";
import {
	build,
	compare,
	type ModelField,
	matching,
	modelTable,
	queries,
	type Row,
	sortable,
	valueAt,
} from "./model.js";

const ItemSchema = z.object({
	text: z.string().optional(),
	int: z.int().nullable(),
	real: z.number().optional(),
	flag: z.boolean().optional(),
	date: z.date().nullish(),
	big: z.bigint().optional(),
	tags: z.array(z.string()).optional(),
});

const print = (value: unknown) =>
	JSON.stringify(value, (_, part) => (typeof part === "bigint" ? `${part}` : part)) ?? "";

/** Sums, extremes and groups of the rows of a query. */
function checkNumbers(query: AnyQuery, rows: readonly Row[], fields: readonly ModelField[]): void {
	for (const { path, kind } of fields) {
		const values = rows.map((row) => valueAt(row, path)).filter((value) => value !== null);
		const sorted = values.toSorted(compare);
		expect(query.min(path)).toEqual(sorted[0]);
		expect(query.max(path)).toEqual(sorted.at(-1));
		const counts = new Map<unknown, number>();
		for (const row of rows) {
			const value = valueAt(row, path);
			const key = [...counts.keys()].find((known) => compare(known, value) === 0);
			const group = key === undefined ? value : key;
			counts.set(group, (counts.get(group) ?? 0) + 1);
		}
		const groups = [...counts]
			.toSorted(([a, m], [b, n]) => n - m || compare(a, b))
			.map(([value, count]) => ({ key: { [path]: value }, count }));
		expect(query.groupBy(path)).toEqual(groups);
		expect(query.limit(2).groupBy([path])).toEqual(groups.slice(0, 2));
		if (kind !== "int" && kind !== "real") continue;
		const numbers = values.map(Number);
		const size = numbers.reduce((sum, value) => sum + Math.abs(value), 0);
		if (size > 1e300) continue;
		const sum = numbers.reduce((total, value) => total + value, 0);
		expect(Math.abs(query.sum(path) - sum)).toBeLessThanOrEqual(size * 1e-14);
		const mean = numbers.length === 0 ? undefined : sum / numbers.length;
		if (mean === undefined) expect(query.avg(path)).toBeUndefined();
		else expect(Math.abs((query.avg(path) ?? Number.NaN) - mean)).toBeLessThanOrEqual(size * 1e-14);
	}
}

/** All pages of a query are its rows, once each and in order. */
function checkPages(query: AnyQuery, rows: readonly Row[], limit: number): void {
	const items: Row[] = [];
	let after: string | null = null;
	do {
		const page = query.page({ after, limit });
		items.push(...page.items);
		expect(page.pageInfo.hasNextPage).toBe(items.length < rows.length);
		expect(page.pageInfo.endCursor === null).toBe(rows.length === 0);
		after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
	} while (after !== null);
	expect(items).toEqual(rows);
}

describe("queries", () => {
	it("agree with a model in memory, for any schema, rows and query", () =>
		inObject((database, { rows: run }) => {
			let tables = 0;
			const scenario = modelTable.chain((table) =>
				fc.record({
					table: fc.constant(table),
					data: fc.array(table.row, { maxLength: 20 }),
					cases: fc.array(queries(table.fields), { minLength: 30, maxLength: 30 }),
				}),
			);
			fc.assert(
				fc.property(scenario, ({ table: { schema, indexes, fields }, data, cases }) => {
					const name = `t${tables++}`;
					const table = database.table(name, schema, { indexes } as object) as AnyTable;
					const rows = data.map((each) => table.create(each));
					for (const each of cases) {
						const built = build(table, each);
						const all = matching(rows, each);
						const { offset = 0, limit = all.length } = each;
						const result = all.slice(offset, offset + limit);
						expect(built.get()).toEqual(result);
						expect(built.count()).toBe(result.length);
						expect(built.exists()).toBe(result.length > 0);
						expect(built.first()).toEqual(result[0]);
					}
					for (const each of cases.slice(0, 3)) {
						const built = build(table, { ...each, limit: undefined, offset: undefined });
						const all = matching(rows, each);
						checkNumbers(built, all, sortable(fields));
						checkPages(built, all, (each.limit ?? 2) + 1);
					}
					run(`DROP TABLE IF EXISTS ${name}`);
				}),
				{ numRuns: 350 },
			);
		}));

	it("find any double among many", () =>
		inObject((database) => {
			const table = database.table("numbers", z.object({ n: z.number() }));
			fc.assert(
				fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (n) => {
					const { id } = table.create({ n });
					expect(table.where("n", "in", [n, 5]).where("id", "==", id).count()).toBe(1);
					expect(table.where("n", "not-in", [n]).where("id", "==", id).count()).toBe(0);
					expect(table.where("n", "==", n).where("id", "==", id).count()).toBe(1);
				}),
				{ numRuns: 2000 },
			);
			const infinite = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
			expect(table.where("n", "in", infinite).count()).toBe(0);
			expect(table.where("n", "<", Number.POSITIVE_INFINITY).count()).toBe(2000);
		}));

	it("know when rows were made and changed", () =>
		inObject((database) => {
			vi.useFakeTimers({ now: 1000 });
			try {
				const table = database.table("items", ItemSchema, { indexes: ["createdAt"] });
				const [a, b] = [table.create({ int: 1 }), table.create({ int: 2 })];
				vi.setSystemTime(2000);
				const c = table.create({ int: 3 });
				const changed = table.update(a.id, { int: 9 });
				const old = table.where("createdAt", "<", new Date(2000));
				expect(old.orderBy("updatedAt", "desc").get()).toEqual([changed, b]);
				expect(table.orderBy("createdAt", "desc").get()).toEqual([c, b, changed]);
				expect(
					table
						.where("createdAt", "in", [new Date(1000)])
						.where("id", ">", a.id)
						.get(),
				).toEqual([b]);
			} finally {
				vi.useRealTimers();
			}
		}));

	it("are steps that leave each other alone", () =>
		inObject((database) => {
			const table = database.table("items", ItemSchema);
			for (let int = 0; int < 5; int++) table.create({ int });
			const small = table.where("int", "<", 3);
			expect(small.where("int", ">", 0).count()).toBe(2);
			expect(small.limit(2).count()).toBe(2);
			expect(small.orderBy("int", "desc").first()?.int).toBe(2);
			expect(small.get().map(({ int }) => int)).toEqual([0, 1, 2]);
			expect([table.limit(0).get(), table.limit(0).first()]).toEqual([[], undefined]);
			expect(table.limit(1000).get()).toHaveLength(5);
		}));

	it("take 10,000 values, 500 bytes of text and 90 conditions", () =>
		inObject((database) => {
			const table = database.table("items", ItemSchema);
			const long = "ä".repeat(250);
			table.create({ int: 7, text: `x${long}y` });
			table.create({ int: 20_000 });
			const many = Array.from({ length: 10_000 }, (_, i) => i);
			expect(table.where("int", "in", many).count()).toBe(1);
			expect(table.where("int", "not-in", many).count()).toBe(1);
			expect(table.where("text", "in", many.map(String)).count()).toBe(0);
			expect(table.where("text", "contains", long).count()).toBe(1);
			expect(table.where("text", "starts-with", `x${long}`).count()).toBe(1);
			let query = table.where("int", "==", 7);
			for (let i = 1; i < 90; i++) query = query.where("int", "!=", i + 100);
			expect(query.count()).toBe(1);
			expect(refusal(() => query.where("int", "==", 7))).toBe("invalid_input where");
		}));

	it("use an index for a prefix", () =>
		inObject((database, { rows }) => {
			const table = database.table("items", ItemSchema, { indexes: ["text"] });
			table.create({ int: 1, text: "abc" });
			expect(table.where("text", "starts-with", "ab").count()).toBe(1);
			const [[, , , plan] = []] = rows(
				`EXPLAIN QUERY PLAN SELECT count(*) FROM items WHERE ("items"."text" >= ? and "items"."text" < ?)`,
				"ab",
				"ac",
			);
			expect(plan).toContain("USING COVERING INDEX index:items:text (text>? AND text<?)");
		}));
});

describe("an index on a place inside of a field", () => {
	it("serves what is looked for and sorted by there, and comes and goes with the definition", () =>
		inObject((database, { open, rows, storage }) => {
			const schema = z.object({
				author: z.object({ name: z.string(), age: z.int().optional(), rank: z.number() }),
				state: z.string(),
			});
			const indexes = ["author.name", ["state", "author.age"], "author.rank"] as const;
			const table = database.table("posts", schema, { indexes });
			const names = () =>
				rows("SELECT name FROM sqlite_master WHERE name GLOB 'index:*' ORDER BY name").flat();
			const data = (i: number) => ({
				author: { name: `n${i % 50}`, age: i, rank: i / 3 },
				state: `${i % 3}`,
			});
			table.createMany(Array.from({ length: 300 }, (_, i) => data(i)));
			expect(names()).toEqual([
				"index:posts:author->name",
				"index:posts:author->rank",
				"index:posts:state.author->age",
			]);
			const plan = (query: { get(): unknown[] }) => {
				const exec = vi.spyOn(storage.sql, "exec");
				query.get();
				const [[text, ...values] = [""]] = exec.mock.calls;
				exec.mockRestore();
				return rows(`EXPLAIN QUERY PLAN ${text}`, ...(values as string[]))
					.map((step) => step[3])
					.join("; ");
			};
			const byName = "SEARCH posts USING INDEX index:posts:author->name (<expr>=?)";
			expect(plan(table.where("author.name", "==", "n7"))).toBe(byName);
			expect(plan(table.orderBy("author.name").limit(5))).toBe(
				"SCAN posts USING INDEX index:posts:author->name",
			);
			expect(plan(table.where("state", "==", "1").orderBy("author.age", "desc"))).toBe(
				"SEARCH posts USING INDEX index:posts:state.author->age (state=?)",
			);
			expect(plan(table.where("author.rank", "==", 7 / 3))).toBe(
				"SEARCH posts USING INDEX index:posts:author->rank (<expr>=?)",
			);
			expect(table.where("author.rank", "==", 7 / 3).count()).toBe(1);
			expect(table.where("author.name", "==", "n7").count()).toBe(6);
			const after = open().table("posts", schema, { indexes: ["author.age"] });
			expect(after.where("author.age", "<", 10).count()).toBe(10);
			expect(names()).toEqual(["index:posts:author->age"]);
		}));

	it("is refused where there is no such place, where it is JSON, and as unique", () =>
		inObject((database) => {
			const schema = z.object({
				author: z.object({ name: z.string(), tags: z.array(z.string()) }),
			});
			const define = (options: object) => refusal(() => database.table("posts", schema, options));
			expect(define({ indexes: ["author.nope"] })).toBe("misconfigured posts.author.nope");
			expect(define({ indexes: ["author"] })).toBe("misconfigured posts.author");
			expect(define({ indexes: [["author.tags"]] })).toBe("misconfigured posts.author.tags");
			expect(define({ unique: ["author.name"] })).toBe("misconfigured posts.author.name");
		}));
});

describe("what is refused", () => {
	it("is named", () =>
		inObject((database) => {
			const table = database.table("items", ItemSchema) as AnyTable;
			const where = (...args: [unknown, unknown, unknown?]) =>
				refusal(() => (table.where as (...all: unknown[]) => unknown)(...args));
			expect(where("nope", "==", 1)).toBe("invalid_input nope");
			expect(where("_created_at", ">", new Date())).toBe("invalid_input _created_at");
			expect(where("toString", "==", 1)).toBe("invalid_input toString");
			expect(where(undefined, "==", 1)).toBe("invalid_input field");
			expect(where({ toString: () => "int" }, "==", 1)).toBe("invalid_input field");
			expect(where("int", "=", 1)).toBe("invalid_input operator");
			expect(where("int", "contains", "1")).toBe("invalid_input operator");
			expect(where("flag", "<", true)).toBe("invalid_input operator");
			expect(where("tags", "==", "x")).toBe("invalid_input operator");
			expect(where("int", undefined)).toBe("invalid_input operator");
			for (const value of ["1", true, Number.NaN, undefined, [1], 1n, {}]) {
				expect(where("int", "==", value)).toBe("invalid_input int");
				expect(where("int", "<", value)).toBe("invalid_input int");
			}
			expect(where("int", "<", null)).toBe("invalid_input int");
			expect(where("int", "in", 5)).toBe("invalid_input int");
			expect(where("int", "in", [1, null])).toBe("invalid_input int");
			expect(where("text", "==", "\ud800")).toBe("invalid_input text");
			expect(where("text", "contains", 5)).toBe("invalid_input text");
			expect(where("text", "in", ["x".repeat(2_000_001)])).toBe("invalid_input text");
			expect(where("date", "==", "2026-01-01")).toBe("invalid_input date");
			expect(where("date", ">", new Date(Number.NaN))).toBe("invalid_input date");
			expect(where("text", "==", "x".repeat(2_000_001))).toBe("invalid_input text");
			expect(where("text", "contains", "ä".repeat(1_000_001))).toBe("invalid_input text");
			expect(refusal(() => table.findById("x".repeat(2_000_001)))).toBe("invalid_input id");
			expect(where("int", "is-null", "yes")).toBe("invalid_input int");
			const orderBy = (...args: [unknown, unknown?]) =>
				refusal(() => (table.orderBy as (...all: unknown[]) => unknown)(...args));
			expect(orderBy("nope")).toBe("invalid_input nope");
			expect(orderBy("tags")).toBe("invalid_input tags");
			expect(orderBy("int", "ASC")).toBe("invalid_input direction");
			expect(orderBy("int", null)).toBe("invalid_input direction");
			for (const limit of [-1, 1.5, 1001, Number.NaN, "5", null, undefined, 1n]) {
				expect(refusal(() => table.limit(limit as number))).toBe("invalid_input limit");
			}
			for (const offset of [-1, 1.5, 2 ** 53, Number.NaN, "5", null, undefined, 1n]) {
				expect(refusal(() => table.offset(offset as number))).toBe("invalid_input offset");
			}
		}));

	it("is a condition that is none, by its place", () =>
		inObject((database) => {
			const table = database.table("items", ItemSchema) as AnyTable;
			const where = (condition: unknown) => refusal(() => table.where(condition));
			expect(where(null)).toBe("invalid_input where");
			expect(where([])).toBe("invalid_input field");
			expect(where(["int", "==", 1, 2])).toBe("invalid_input where");
			expect(where(["nope", "==", 1])).toBe("invalid_input nope");
			expect(where({})).toBe("invalid_input where");
			expect(where({ xor: [["int", "==", 1]] })).toBe("invalid_input xor");
			expect(where({ or: [["int", "==", 1]], and: [] })).toBe("invalid_input or");
			expect(where({ or: [] })).toBe("invalid_input or");
			expect(where({ and: ["int", "==", 1] })).toBe("invalid_input where");
			expect(where({ not: [["int", "==", 1]] })).toBe("invalid_input field");
			expect(where(new Map())).toBe("invalid_input where");
			expect(refusal(() => table.or("x" as never))).toBe("invalid_input or");
			expect(refusal(() => table.or([undefined]))).toBe("invalid_input where");
			expect(refusal(() => table.not(undefined))).toBe("invalid_input where");
			let nested: unknown = ["int", "==", 1];
			for (let i = 0; i < 10; i++) nested = { not: nested };
			expect(table.where(nested).count()).toBe(0);
			expect(where({ not: nested })).toBe("invalid_input where");
			const many = Array.from({ length: 91 }, (_, int) => ["int", "==", int]);
			expect(where({ or: many })).toBe("invalid_input where");
			table.create({ int: 5, text: "a", real: 1.5, date: new Date(0), big: 1n, flag: true });
			expect(table.or(many.slice(1)).count()).toBe(1);
			let wide: unknown = ["int", "==", 5];
			for (let i = 0; i < 10; i++)
				wide = { [i % 2 ? "and" : "or"]: Array(i < 3 ? 4 : 1).fill(wide) };
			expect(
				table
					.where(wide)
					.not({ not: ["int", ">", 0] })
					.count(),
			).toBe(1);
			const full = table.or(many.slice(1)).orderBy("int").orderBy("real").orderBy("text");
			const { endCursor } = full.page().pageInfo;
			expect(full.page({ after: endCursor }).items).toEqual([]);
			const over = full.orderBy("date").orderBy("big").orderBy("flag").orderBy("real", "desc");
			const after = over.page().pageInfo.endCursor;
			expect(refusal(() => over.page({ after }))).toBe("invalid_input where");
		}));

	it("is a place inside of a field that the schema does not have", () =>
		inObject((database) => {
			interface Tree {
				name: string;
				left?: Tree | undefined;
			}
			const tree: z.ZodType<Tree> = z.lazy(() =>
				z.object({ name: z.string(), left: tree.optional() }),
			);
			const schema = z.object({
				tree,
				any: z.any(),
				map: z.record(z.string(), z.int()),
				pair: z.tuple([z.int(), z.int()]),
				event: z.discriminatedUnion("kind", [
					z.object({ kind: z.literal("move"), by: z.int(), at: z.string() }),
					z.object({ kind: z.literal("name"), to: z.string(), at: z.int() }),
				]),
				odd: z.object({ "a.b": z.int(), 'q"': z.int(), "it's": z.int(), "": z.int() }),
			});
			const table = database.table("items", schema) as AnyTable;
			const odd = { "a.b": 1, 'q"': 1, "it's": 1, "": 1 };
			const data = {
				tree: { name: "a", left: { name: "b" } },
				any: {},
				map: {},
				pair: [1, 2],
				odd,
			};
			table.create({ ...data, event: { kind: "move", by: 2, at: "x" } });
			table.create({ ...data, event: { kind: "name", to: "n", at: 5 } });
			expect(table.where("odd.it's", "==", 1).count()).toBe(2);
			expect(table.where("event.kind", "==", "move").count()).toBe(1);
			expect(table.where("event.by", "==", null).count()).toBe(1);
			expect(table.where("event.to", ">=", "a").orderBy("event.by").count()).toBe(1);
			expect(table.where("tree.left.name", "==", "b").count()).toBe(2);
			expect(table.where("tree.left.left.left.name", "is-null").count()).toBe(2);
			expect(table.where("event.at", "is-null", false).count()).toBe(2);
			expect(refusal(() => table.where("event.at", "==", "x"))).toBe("invalid_input operator");
			expect(refusal(() => table.where("tree.left", "==", "x"))).toBe("invalid_input operator");
			for (const path of [
				"tree.",
				".tree",
				"tree..name",
				"tree.nope",
				"tree.__proto__",
				"tree.constructor",
				"tree.name.length",
				`tree.${"left.".repeat(5)}name`,
				"any.x",
				"map.x",
				"pair.0",
				"event.kind.x",
				"odd.a.b",
				'odd.q"',
				"odd.",
				"id.x",
				"createdAt.x",
				"nope.x",
			]) {
				expect(refusal(() => table.where(path, "is-null"))).toBe(`invalid_input ${path}`);
				expect(refusal(() => table.orderBy(path))).toBe(`invalid_input ${path}`);
			}
		}));

	it("is a field that can't be selected, summed or grouped", () =>
		inObject((database) => {
			const schema = ItemSchema.extend({ inner: z.object({ int: z.int() }).optional() });
			const table = database.table("items", schema) as AnyTable;
			for (const names of [undefined, "int", [], {}, null, 5]) {
				expect(refusal(() => table.select(names as string[]))).toBe("invalid_input select");
			}
			expect(refusal(() => table.select(["int", "nope"]))).toBe("invalid_input nope");
			expect(refusal(() => table.select(["inner.int"]))).toBe("invalid_input inner.int");
			expect(refusal(() => table.select([5 as never]))).toBe("invalid_input field");
			for (const field of ["text", "flag", "date", "big", "tags", "nope", "inner", "id"]) {
				expect(refusal(() => table.sum(field))).toBe(`invalid_input ${field}`);
				expect(refusal(() => table.avg(field))).toBe(`invalid_input ${field}`);
			}
			for (const field of ["tags", "inner", "nope"]) {
				expect(refusal(() => table.min(field))).toBe(`invalid_input ${field}`);
				expect(refusal(() => table.max(field))).toBe(`invalid_input ${field}`);
				expect(refusal(() => table.groupBy(field))).toBe(`invalid_input ${field}`);
			}
			expect(refusal(() => table.groupBy([]))).toBe("invalid_input groupBy");
			expect(refusal(() => table.groupBy(undefined as never))).toBe("invalid_input groupBy");
			expect(table.groupBy(Array(200).fill("int"))).toEqual([]);
			const wide = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`f${i}`, z.int()]));
			const other = database.table("wide", z.object(wide)) as AnyTable;
			expect(refusal(() => other.groupBy(Object.keys(wide)))).toBe("invalid_input groupBy");
			for (const query of [table.limit(5), table.offset(5)]) {
				expect(refusal(() => query.sum("int"))).toMatch(/^invalid_input (limit|offset)$/);
				expect(refusal(() => query.min("int"))).toMatch(/^invalid_input (limit|offset)$/);
				expect(refusal(() => query.where("int", "==", 1).deleteWhere())).toMatch(
					/^invalid_input (limit|offset)$/,
				);
			}
			expect(refusal(() => table.offset(1).groupBy("int"))).toBe("invalid_input offset");
			expect([table.sum("int"), table.avg("int"), table.min("date")]).toEqual([
				0,
				undefined,
				undefined,
			]);
			table.createMany([{ int: null }, { int: null, inner: { int: 3 } }]);
			expect([table.sum("int"), table.avg("int"), table.max("int")]).toEqual([
				0,
				undefined,
				undefined,
			]);
			expect([table.sum("inner.int"), table.avg("inner.int")]).toEqual([3, 3]);
			expect(table.groupBy(["int", "inner.int"])).toEqual([
				{ key: { int: null, "inner.int": null }, count: 1 },
				{ key: { int: null, "inner.int": 3 }, count: 1 },
			]);
			expect(table.groupBy("int")).toEqual([{ key: { int: null }, count: 2 }]);
		}));

	it("is every hostile name and value, and what is not finds nothing foreign", () =>
		inObject((database, { rows }) => {
			const secrets = database.table("secrets", z.object({ text: z.string() }));
			secrets.create({ text: "secret" });
			const schema = ItemSchema.extend({ inner: z.object({ key: z.string() }) });
			const table = database.table("items", schema, { search: ["text"] }) as AnyTable;
			table.create({ int: 1, text: "a", inner: { key: "b" }, tags: ["c"] });
			const other = database.table("others", schema) as AnyTable;
			const id = String(other.create({ int: 1, inner: { key: "b" } }).id);
			const before = rows("SELECT name, sql FROM sqlite_master");
			const hostile = fc.oneof(
				fc.constantFrom(
					"x') = ?) UNION SELECT name, sql FROM sqlite_master --",
					'text" = "text',
					"text; DROP TABLE items",
					"asc, (select 1)",
					"items.text",
					"__proto__",
					"constructor",
					"1 OR 1=1",
					"' OR '1'='1",
					"rowid",
					"text\0",
					"TEXT",
				),
				fc.string({ unit: "binary" }),
				fc.anything(),
			);
			const attack = fc.record({
				field: hostile,
				operator: hostile,
				value: hostile,
				direction: hostile,
			});
			const answer = (run: () => unknown) => {
				try {
					expect(print(run())).not.toContain("secret");
				} catch (error) {
					expect(error).toMatchObject({ name: "UserDOError", code: "invalid_input" });
				}
			};
			const attempt = (run: () => AnyQuery) =>
				answer(() => {
					const found = run().get();
					for (const row of found) expect(row.text).toBe("a");
					return found;
				});
			fc.assert(
				fc.property(attack, ({ field, operator, value, direction }) => {
					attempt(() => table.where(field as string, operator as string, value));
					attempt(() => table.where("text", "==", value));
					attempt(() => table.where("text", "!=", value));
					attempt(() => table.where("text", "in", [value]));
					attempt(() => table.where("text", "starts-with", value));
					attempt(() => table.where("text", operator as string, value));
					attempt(() => table.orderBy(field as string, direction as string));
					attempt(() => table.orderBy("text", direction as string));
					attempt(() => table.limit(value as number));
					attempt(() => table.offset(value as number));
					attempt(() => table.where(value));
					attempt(() => table.where([field, operator, value]));
					attempt(() => table.or([["text", "==", value], value]));
					attempt(() => table.or([["text", "contains", value]]));
					attempt(() => table.not(["text", "==", value]));
					attempt(() => table.where("inner.key", "==", value));
					attempt(() => table.where(`inner.${typeof field === "string" ? field : ""}`, "is-null"));
					attempt(() => table.where("tags", "contains", value));
					attempt(() => table.orderBy(`inner.${typeof field === "string" ? field : ""}`));
					attempt(() => table.select([field as string, "text"]));
					answer(() => table.page({ after: value as string }));
					answer(() => table.groupBy([field as string]));
					answer(() => table.min(field as string));
					answer(() => table.sum(field as string));
					attempt(() => table.search(value as string));
					attempt(() => table.with(field as string));
					answer(() => other.update(id, value));
					answer(() => other.update(id, { [String(typeof field)]: value, text: value }));
					answer(() => other.create({ int: 1, text: value, inner: value }));
					answer(() => other.upsert({ int: 1 }, { on: value as string }));
					answer(() => other.createMany(value as unknown[]));
					answer(() => other.findById(value as string));
					answer(() => other.delete(value as string));
				}),
				{ numRuns: 1500 },
			);
			expect(rows("SELECT name, sql FROM sqlite_master")).toEqual(before);
			expect([table.count(), secrets.count()]).toEqual([1, 1]);
		}));

	it("is no hostile text as a value of a row", () =>
		inObject((database) => {
			const table = database.table("items", ItemSchema);
			fc.assert(
				fc.property(fc.string({ unit: "binary", maxLength: 30 }), (text) => {
					if (!text.isWellFormed()) {
						expect(refusal(() => table.create({ int: 0, text }))).toBe("invalid_input text");
						return;
					}
					const row = table.create({ int: 0, text, tags: [text] });
					expect(table.where("text", "==", text).where("id", "==", row.id).get()).toEqual([row]);
					expect(table.where("text", "in", [text]).where("id", "==", row.id).get()).toEqual([row]);
				}),
				{ numRuns: 1000 },
			);
		}));
});
