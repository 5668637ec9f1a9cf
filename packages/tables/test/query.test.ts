import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import * as z from "zod";
import type { AnyQuery, AnyTable, Row } from "../src/index.js";
import { inObject, refusal } from "./helpers.js";

const ItemSchema = z.object({
	text: z.string().optional(),
	int: z.int().nullable(),
	real: z.number().optional(),
	flag: z.boolean().optional(),
	date: z.date().nullish(),
	big: z.bigint().optional(),
	tags: z.array(z.string()).optional(),
});
type Item = z.infer<typeof ItemSchema>;

// Few values, so that rows meet; with the traps of SQLite, UTF-16 and doubles among them.
const texts = [
	"",
	"a",
	"A",
	"ab",
	"abc",
	"b",
	"ä",
	"a\0",
	"a\0b",
	"%",
	"_",
	"\u{ffff}",
	"🙂",
	"\u{10ffff}",
	"\u{10ffff}z",
	"\u{d7ff}a",
];
const values = {
	text: fc.constantFrom(...texts),
	int: fc.constantFrom(0, -1, 1, 5, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER),
	real: fc.oneof(
		fc.constantFrom(0, -0, 0.1, 0.30000000000000004, 1e-320, -5e-324, 1.7e308, 2 ** 53),
		fc.double({ noNaN: true, noDefaultInfinity: true }),
	),
	flag: fc.boolean(),
	date: fc.constantFrom(...[-8.64e15, -1, 0, 1, 1.8e12].map((time) => new Date(time))),
	big: fc.constantFrom(0n, 1n, -1n, 9n, 10n, -10n, -9n, 99n, 10n ** 30n, -(10n ** 30n)),
};
type Name = keyof typeof values;
const names = Object.keys(values) as Name[];

const item = fc.record(
	{ ...values, int: fc.option(values.int), date: fc.option(values.date) },
	{ requiredKeys: ["int"] },
) as fc.Arbitrary<Item>;

type Where = [field: Name, operator: string, value: unknown];

const ranges = ["<", "<=", ">", ">="];
const equalities = ["==", "!="];
const lists = ["in", "not-in"];
const substrings = ["contains", "includes", "starts-with"];

const condition: fc.Arbitrary<Where> = fc.constantFrom(...names).chain((name) => {
	const value: fc.Arbitrary<unknown> = values[name];
	const of = (operators: string[], operand: fc.Arbitrary<unknown>) =>
		fc.tuple(fc.constant(name), fc.constantFrom(...operators), operand) as fc.Arbitrary<Where>;
	return fc.oneof(
		of(equalities, fc.oneof(value, fc.constant(null))),
		of(lists, fc.array(value, { maxLength: 4 })),
		of(["is-null"], fc.constantFrom(true, false, undefined)),
		...(name === "flag" ? [] : [of(ranges, value)]),
		...(name === "text" ? [of(substrings, value)] : []),
	);
});

const order = fc.tuple(fc.constantFrom(...names, "id" as const), fc.constantFrom("asc", "desc"));

const query = fc.record({
	wheres: fc.array(condition, { maxLength: 3 }),
	orders: fc.array(order, { maxLength: 3 }),
	limit: fc.option(fc.nat(20), { nil: undefined }),
});
type Case = typeof query extends fc.Arbitrary<infer C> ? C : never;

/** What can be compared with `<`: text by code point, as UTF-8 sorts. */
function comparable(value: unknown): string | number | bigint {
	if (typeof value !== "string") return value instanceof Date ? value.getTime() : Number(value);
	return [...value].map((c) => String(c.codePointAt(0)).padStart(7, "0")).join("");
}

function compare(a: unknown, b: unknown): number {
	if (typeof a === "bigint" && typeof b === "bigint") return a < b ? -1 : Number(a > b);
	const [x, y] = [comparable(a), comparable(b)];
	return x < y ? -1 : Number(x > y);
}

function holds(row: Row<Item>, [field, operator, operand]: Where): boolean {
	const value = row[field] ?? null;
	const equals = (other: unknown) =>
		value === null || other === null ? value === other : compare(value, other) === 0;
	if (operator === "==") return equals(operand);
	if (operator === "!=") return !equals(operand);
	if (operator === "is-null") return (value === null) === (operand ?? true);
	if (operator === "in") return (operand as unknown[]).some(equals);
	if (operator === "not-in") return !(operand as unknown[]).some(equals);
	if (value === null) return false;
	if (operator === "starts-with") return String(value).startsWith(String(operand));
	if (substrings.includes(operator)) return String(value).includes(String(operand));
	const sign = compare(value, operand);
	return { "<": sign < 0, "<=": sign <= 0, ">": sign > 0, ">=": sign >= 0 }[operator] ?? false;
}

function expected(rows: readonly Row<Item>[], { wheres, orders, limit }: Case): Row<Item>[] {
	const last = orders.at(-1)?.[1] ?? "asc";
	const all = [...orders, ["id", last] as const];
	return rows
		.filter((row) => wheres.every((where) => holds(row, where)))
		.sort((a, b) => {
			for (const [field, direction] of all) {
				const [x, y] = [a[field] ?? null, b[field] ?? null];
				const sign =
					x === null || y === null ? Number(y === null) - Number(x === null) : compare(x, y);
				if (sign !== 0) return direction === "desc" ? -sign : sign;
			}
			return 0;
		})
		.slice(0, limit);
}

function build(table: AnyTable, { wheres, orders, limit }: Case): AnyQuery {
	let built: AnyQuery = table;
	for (const [field, operator, value] of wheres) built = built.where(field, operator, value);
	for (const [field, direction] of orders) built = built.orderBy(field, direction);
	return limit === undefined ? built : built.limit(limit);
}

describe("queries", () => {
	it.each([{}, { indexes: ["text", "real", ["int", "date"], "big"] as const }])(
		"agree with a model in memory (%j)",
		(options) =>
			inObject((database) => {
				const table = database.table("items", ItemSchema, options);
				const rows: Row<Item>[] = [];
				const step = fc.record({
					items: fc.array(item, { maxLength: 3 }),
					queries: fc.array(query, { minLength: 5, maxLength: 5 }),
				});
				fc.assert(
					fc.property(step, ({ items, queries }) => {
						for (const data of items) rows.push(table.create(data));
						while (rows.length > 60) table.delete(String(rows.shift()?.id));
						for (const each of queries) {
							const built = build(table as AnyTable, each);
							const result = expected(rows, each);
							expect(built.get()).toEqual(result);
							expect(built.count()).toBe(result.length);
							expect(built.first()).toEqual(result[0]);
						}
					}),
					// No shrinking: a case stands on the rows of all cases before it.
					{ numRuns: 500, endOnFailure: true },
				);
			}),
	);

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
		}));

	it("is every hostile name and value, and what is not finds nothing foreign", () =>
		inObject((database, { rows }) => {
			const secrets = database.table("secrets", z.object({ text: z.string() }));
			secrets.create({ text: "secret" });
			const table = database.table("items", ItemSchema) as AnyTable;
			table.create({ int: 1, text: "a" });
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
			const attempt = (run: () => AnyQuery) => {
				try {
					for (const row of run().get()) expect(row.text).toBe("a");
				} catch (error) {
					expect(error).toMatchObject({ name: "UserDOError", code: "invalid_input" });
				}
			};
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
