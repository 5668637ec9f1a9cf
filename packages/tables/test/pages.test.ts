import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import * as z from "zod";
import type { AnyTable } from "../src/index.js";
import { inObject, refusal } from "./helpers.js";
import { compare, type Row, valueAt } from "./model.js";

const NoteSchema = z.object({
	text: z.string(),
	stars: z.int().optional(),
	author: z.object({ rank: z.number().optional() }),
});

const note = fc.record({
	text: fc.constantFrom("", "a", "ä", "b'"),
	stars: fc.option(fc.nat(2), { nil: undefined }),
	author: fc.record({ rank: fc.option(fc.constantFrom(0.1, 0.2, -1), { nil: undefined }) }),
});
const order = fc.tuple(
	fc.constantFrom("text", "stars", "createdAt", "author.rank", "id"),
	fc.constantFrom("asc", "desc"),
);

/** Encoded as cursors are. */
const toCursor = (value: unknown) => {
	const bytes = new TextEncoder().encode(JSON.stringify(value));
	return btoa(String.fromCharCode(...bytes));
};

describe("pages", () => {
	it("neither repeat nor leave out a row, while others are added and deleted", () =>
		inObject((database, { rows: run }) => {
			let tables = 0;
			const scenario = fc.record({
				first: fc.array(note, { minLength: 1, maxLength: 25 }),
				added: fc.array(note, { maxLength: 10 }),
				deleted: fc.array(fc.nat(24), { maxLength: 5 }),
				orders: fc.array(order, { maxLength: 3 }),
				limit: fc.integer({ min: 1, max: 6 }),
			});
			fc.assert(
				fc.property(scenario, ({ first, added, deleted, orders, limit }) => {
					const name = `notes${tables++}`;
					const table = database.table(name, NoteSchema, { indexes: ["stars"] });
					const known = table.createMany(first);
					const gone = new Set(deleted.map((i) => known[i]?.id));
					let query = table as AnyTable as ReturnType<AnyTable["where"]>;
					for (const [path, direction] of orders) query = query.orderBy(path, direction);
					const seen: Row[] = [];
					let after: string | null = null;
					for (let pages = 0; ; pages++) {
						const page = query.page({ after, limit });
						seen.push(...page.items);
						if (pages === 0) {
							table.createMany(added);
							for (const id of gone) if (id) table.delete(id);
						}
						if (!page.pageInfo.hasNextPage) break;
						after = page.pageInfo.endCursor;
					}
					const ids = seen.map(({ id }) => id);
					expect(new Set(ids).size).toBe(ids.length);
					for (const { id } of known) if (!gone.has(id)) expect(ids).toContain(id);
					const all = [...orders, ["id", orders.at(-1)?.[1] ?? "asc"] as const];
					for (const [i, row] of seen.slice(1).entries()) {
						const signs = all.map(([path, direction]) => {
							const sign = compare(valueAt(seen[i] as Row, path), valueAt(row, path));
							return direction === "asc" ? sign : -sign;
						});
						expect(signs.find((sign) => sign !== 0)).toBe(-1);
					}
					run(`DROP TABLE ${name}`);
				}),
				{ numRuns: 300 },
			);
		}));

	it("hold all rows where unions and infinities are what rows are sorted by", () =>
		inObject((database) => {
			const place = z.union([z.string(), z.object({ length: z.int() }), z.object({ x: z.int() })]);
			const schema = z.object({ place, size: z.union([z.number(), z.literal(Infinity)]) });
			const table = database.table("odd", schema);
			const places = ["abc", { length: 5 }, "", { x: 1 }, { length: -1 }];
			for (const [i, each] of places.entries()) {
				table.create({ place: each, size: i % 2 ? Infinity : i });
			}
			for (const field of ["place.length", "size"] as const) {
				const query = (table as AnyTable).orderBy(field);
				const seen: unknown[] = [];
				let after: string | null = null;
				do {
					const page: ReturnType<typeof query.page> = query.page({ after, limit: 1 });
					seen.push(...page.items);
					after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
				} while (after !== null);
				expect(seen).toEqual(query.get());
				expect(seen).toHaveLength(5);
			}
		}));

	it("have 50 rows, at most 1,000, and are empty where nothing is stored", () =>
		inObject((database) => {
			const table = database.table("notes", NoteSchema);
			const empty = { items: [], pageInfo: { endCursor: null, hasNextPage: false } };
			expect(table.page()).toEqual(empty);
			table.createMany(Array.from({ length: 1200 }, () => ({ text: "", author: {} })));
			expect(table.page().items).toHaveLength(50);
			const { items, pageInfo } = table.page({ limit: 1000 });
			expect([items.length, pageInfo.hasNextPage]).toEqual([1000, true]);
			const rest = table.page({ limit: 1000, after: pageInfo.endCursor });
			expect([rest.items.length, rest.pageInfo.hasNextPage]).toEqual([200, false]);
			const end = table.page({ after: rest.pageInfo.endCursor });
			expect(end).toEqual(empty);
			for (const limit of [0, -1, 1001, 1.5, Number.NaN, "5", [5]]) {
				expect(refusal(() => table.page({ limit } as object))).toBe("invalid_input limit");
			}
			expect(refusal(() => table.page({ before: "x" } as object))).toBe("invalid_input before");
			expect(refusal(() => table.limit(5).page())).toBe("invalid_input limit");
			expect(refusal(() => table.offset(5).page())).toBe("invalid_input offset");
		}));

	it("hold the fields of select alone, whatever they are sorted by", () =>
		inObject((database) => {
			const table = database.table("notes", NoteSchema);
			table.createMany([1, 2, 3].map((stars) => ({ text: `${stars}`, stars, author: {} })));
			const query = table.select(["text"]).orderBy("stars", "desc");
			const { items, pageInfo } = query.page({ limit: 2 });
			expect(items).toEqual([{ text: "3" }, { text: "2" }]);
			expect(query.page({ after: pageInfo.endCursor }).items).toEqual([{ text: "1" }]);
		}));

	it("refuse what is no cursor of theirs", () =>
		inObject((database) => {
			const table = database.table("notes", NoteSchema);
			table.createMany(["a", "b"].map((text) => ({ text, stars: 1, author: { rank: 1.5 } })));
			const after = (cursor: unknown, query: ReturnType<AnyTable["orderBy"]>) =>
				refusal(() => query.page({ after: cursor as string }));
			const any = table as AnyTable;
			const [byText, byStars] = [any.orderBy("text"), any.orderBy("stars", "desc")];
			const byRank = any.orderBy("author.rank");
			const { endCursor } = byText.page({ limit: 1 }).pageInfo;
			expect(byText.page({ after: endCursor }).items).toHaveLength(1);
			expect(after(endCursor, byStars)).toBe("invalid_input after");
			expect(after(endCursor, byText.orderBy("stars"))).toBe("invalid_input after");
			const wrong = [
				["text asc,id asc"],
				["text asc,id asc", "a"],
				["text asc,id asc", "a", null],
				["text asc,id asc", null, "x"],
				["text asc,id asc", 5, "x"],
				["text asc,id asc", "a", "x", "y"],
				["text asc,id asc", "\ud800", "x"],
				["text asc,id asc", { toString: "a" }, "x"],
				{ 0: "text asc,id asc", 1: "a", 2: "x", length: 3 },
			];
			for (const each of wrong) expect(after(toCursor(each), byText)).toBe("invalid_input after");
			for (const value of ["1", "x", true, [1]]) {
				const cursor = toCursor(["stars desc,id desc", value, "x"]);
				expect(after(cursor, byStars)).toBe("invalid_input after");
			}
			for (const value of [
				1,
				"",
				"x",
				"1 or 1",
				'"a"',
				"1\n",
				"01",
				"-01",
				"00.5e1",
				"1.0",
				"+1",
			]) {
				const cursor = toCursor(["author.rank asc,id asc", value, "x"]);
				expect(after(cursor, byRank)).toBe("invalid_input after");
			}
			for (const each of ["", "%", "a b", btoa("\xff"), btoa("[]"), 5, {}, true, ["x"]]) {
				expect(after(each, byText)).toBe("invalid_input after");
			}
			fc.assert(
				fc.property(fc.anything(), fc.string({ unit: "binary" }), (value, text) => {
					for (const each of [value, text, toCursor(value), toCursor(["id asc", value])]) {
						if (each === null || each === undefined) continue;
						try {
							for (const row of any.page({ after: each as string }).items) {
								expect(["a", "b"]).toContain(row.text);
							}
						} catch (error) {
							expect(error).toMatchObject({ name: "UserDOError", code: "invalid_input" });
						}
					}
				}),
				{ numRuns: 1000 },
			);
		}));

	it("are found by an index", () =>
		inObject((database, { storage, rows }) => {
			const table = database.table("notes", NoteSchema, {
				indexes: ["createdAt", ["text", "stars"]],
			});
			table.createMany(Array.from({ length: 300 }, (_, i) => ({ text: `${i}`, author: {} })));
			const cost = (query: ReturnType<typeof table.orderBy>) => {
				const first = query.page({ limit: 10 });
				const exec = vi.spyOn(storage.sql, "exec");
				query.page({ limit: 10, after: first.pageInfo.endCursor });
				const [[text] = [""]] = exec.mock.calls;
				exec.mockRestore();
				const marks = text.match(/\?/g) ?? [];
				return rows(`EXPLAIN QUERY PLAN ${text}`, ...marks.map(() => 1))
					.map((step) => step[3])
					.join("; ");
			};
			const search = "SEARCH notes USING INDEX index:notes:";
			expect(cost(table.orderBy("createdAt", "desc"))).toBe(`${search}_created_at (_created_at<?)`);
			expect(cost(table.orderBy("createdAt"))).toBe(`${search}_created_at (_created_at>?)`);
			expect(cost(table.where("text", "==", "5").orderBy("stars"))).toContain(search);
			expect(cost(table.orderBy("id"))).toBe("SEARCH notes USING PRIMARY KEY (id>?)");
		}));
});
