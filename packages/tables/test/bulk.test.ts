import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import * as z from "zod";
import type { AnyTable, Row } from "../src/index.js";
import { inObject, refusal, thrown } from "./helpers.js";

const PageSchema = z.object({
	slug: z.string().min(1),
	stars: z.int().default(0),
	note: z.string().optional(),
});
const options = { unique: ["slug"] } as const;

describe("createMany", () => {
	it("adds rows in one transaction, and tells of it once", () =>
		inObject((_, { open }) => {
			const onWrite = vi.fn();
			const pages = open({ onWrite }).table("pages", PageSchema, options);
			const rows = pages.createMany([{ slug: "a" }, { slug: "b", stars: 2 }]);
			expect(pages.get()).toEqual(rows);
			expect(onWrite).toHaveBeenCalledTimes(1);
			expect(pages.createMany([])).toEqual([]);
		}));

	it("names what is wrong by place and field, and writes nothing", () =>
		inObject((database, { rows }) => {
			const pages = database.table("pages", PageSchema, options);
			const add = (list: unknown) => refusal(() => (pages as AnyTable).createMany(list as []));
			expect(add([{ slug: "a" }, { slug: "" }])).toBe("invalid_input 1.slug");
			expect(add([{ slug: "a" }, null])).toBe("invalid_input 1");
			// biome-ignore lint/suspicious/noSparseArray: a hole is what this is about
			expect(add([{ slug: "a" }, , { slug: "b" }])).toBe("invalid_input 1");
			expect(add([{ slug: "\ud800" }])).toBe("invalid_input 0.slug");
			expect(add([{ slug: "a" }, { slug: "x".repeat(2_000_001) }])).toBe("payload_too_large 1");
			for (const list of [undefined, null, "ab", { length: 1 }]) {
				expect(add(list)).toBe("invalid_input rows");
			}
			expect(rows("SELECT * FROM sqlite_master")).toEqual([]);
			pages.create({ slug: "c" });
			expect(add([{ slug: "a" }, { slug: "b" }, { slug: "c" }])).toBe("conflict 2.slug");
			expect(pages.count()).toBe(1);
			expect(database.changes.seq).toBe(1);
		}));
});

describe("upsert", () => {
	it("agrees with a model in memory", () =>
		inObject((database) => {
			const pages = database.table("pages", PageSchema, options);
			const model = new Map<string, Row<z.infer<typeof PageSchema>>>();
			const data = fc.record(
				{ slug: fc.constantFrom("a", "b", "c"), stars: fc.nat(2), note: fc.constantFrom("", "x") },
				{ requiredKeys: ["slug"] },
			);
			fc.assert(
				fc.property(data, (given) => {
					const before = model.get(given.slug);
					const row = pages.upsert(given, { on: "slug" });
					const { id, createdAt, updatedAt } = row;
					expect(row).toEqual({ stars: 0, ...given, id, createdAt, updatedAt });
					if (before) expect(row).toMatchObject({ id: before.id, createdAt: before.createdAt });
					model.set(given.slug, row);
					expect(pages.get()).toEqual([...model.values()]);
				}),
				{ numRuns: 300, endOnFailure: true },
			);
		}));

	it("writes nothing when nothing is different", () =>
		inObject((database) => {
			const pages = database.table("pages", PageSchema, options);
			const row = pages.upsert({ slug: "a" }, { on: ["slug"] });
			expect(pages.upsert({ slug: "a" }, { on: ["slug"] })).toEqual(row);
			expect(database.changes.seq).toBe(1);
		}));

	it("finds by the schema's own id, or by several fields, of which none is null", () =>
		inObject((database) => {
			const schema = z.object({ id: z.string(), a: z.int().optional(), b: z.int() });
			const table = database.table("own", schema, { unique: [["a", "b"]] });
			table.upsert({ id: "x", a: 1, b: 1 }, { on: "id" });
			expect(table.upsert({ id: "x", a: 2, b: 2 }, { on: "id" })).toMatchObject({ a: 2, b: 2 });
			expect(refusal(() => table.upsert({ id: "y", a: 2, b: 2 }, { on: ["b", "a"] }))).toBe(
				"invalid_input id",
			);
			expect(refusal(() => table.upsert({ id: "y", a: 2, b: 2 }, { on: "id" }))).toBe(
				"conflict a b",
			);
			table.upsert({ id: "y", b: 2 }, { on: ["a", "b"] });
			expect(refusal(() => table.upsert({ id: "x", b: 2 }, { on: ["a", "b"] }))).toBe(
				"conflict id",
			);
			expect(table.count()).toBe(2);
		}));

	it("keeps the id of a row, also where the schema would make another", () =>
		inObject((database) => {
			const id = z.string().default(() => crypto.randomUUID());
			const schema = z.object({ id, slug: z.string(), stars: z.int() });
			const table = database.table("pages", schema, { unique: ["slug"] });
			const first = table.upsert({ slug: "a", stars: 1 }, { on: "slug" });
			const second = table.upsert({ slug: "a", stars: 2 }, { on: "slug" });
			expect(second).toMatchObject({ id: first.id, stars: 2 });
			expect(refusal(() => table.upsert({ id: "x", slug: "a", stars: 3 }, { on: "slug" }))).toBe(
				"invalid_input id",
			);
		}));

	it("refuses what is no key", () =>
		inObject((database, { rows }) => {
			const pages = database.table("pages", PageSchema, options) as AnyTable;
			const on = (key: unknown) =>
				refusal(() => pages.upsert({ slug: "a" }, { on: key } as { on: string }));
			for (const key of ["id", "stars", ["slug", "stars"], [], "nope", "__proto__", null, {}, 5]) {
				expect(on(key)).toBe("invalid_input on");
			}
			expect(refusal(() => pages.upsert({ slug: "a" }, undefined as never))).toBe(
				"invalid_input on",
			);
			expect(refusal(() => pages.upsert({ slug: "" }, { on: "slug" }))).toBe("invalid_input slug");
			expect(rows("SELECT * FROM sqlite_master")).toEqual([]);
		}));
});

describe("deleteWhere, updateWhere and exists", () => {
	it("do to the rows of the query what is asked, and count them", () =>
		inObject((database) => {
			const pages = database.table("pages", PageSchema, { indexes: ["stars"], ...options });
			expect(pages.where("stars", "==", 0).deleteWhere()).toBe(0);
			pages.createMany("abcdef".split("").map((slug, stars) => ({ slug, stars })));
			expect(pages.exists()).toBe(true);
			expect(pages.limit(0).exists()).toBe(false);
			expect(pages.where("stars", ">", 1).where("stars", "<", 4).deleteWhere()).toBe(2);
			expect(pages.get().map(({ slug }) => slug)).toEqual(["a", "b", "e", "f"]);
			expect(pages.where("stars", "==", 2).exists()).toBe(false);
			expect(pages.where("stars", ">", 0).updateWhere({ stars: 0, note: "x" })).toBe(3);
			expect(pages.where("note", "==", "x").where("stars", "==", 0).count()).toBe(3);
			expect(database.changes.read(8, 99).map(({ data }) => data)).toMatchObject(
				["b", "e", "f"].map((slug) => ({ type: "update", data: { slug }, old: { slug } })),
			);
		}));

	it("count the rows that a cascade of the same table takes along", () =>
		inObject((database) => {
			const schema = z.object({ name: z.string(), parentId: z.string().optional() });
			const nodes = database.table("nodes", schema, {
				references: { parentId: { table: "nodes", onDelete: "cascade" } },
			});
			const root = nodes.create({ name: "a" });
			const child = nodes.create({ name: "b", parentId: root.id });
			nodes.create({ name: "b", parentId: child.id });
			expect(nodes.where("name", "in", ["a", "b"]).deleteWhere()).toBe(3);
			expect(nodes.count()).toBe(0);
		}));

	it("are all or nothing", () =>
		inObject((database) => {
			const schema = PageSchema.refine(({ stars, note }) => stars < 2 || note !== "bad", {
				path: ["note"],
			});
			const pages = database.table("pages", schema, options);
			const rows = pages.createMany(["a", "b", "c"].map((slug, stars) => ({ slug, stars })));
			const some = pages.where("stars", ">=", 0);
			expect(refusal(() => some.updateWhere({ note: "bad" }))).toBe("invalid_input note");
			expect(refusal(() => some.updateWhere({ slug: "same" }))).toBe("conflict slug");
			expect(refusal(() => some.updateWhere({ id: "x" } as never))).toBe("invalid_input id");
			expect(refusal(() => some.updateWhere(null as never))).toBe("invalid_input ");
			expect(pages.get()).toEqual(rows);
		}));

	it("refuse all rows, an order and a limit", () =>
		inObject((database) => {
			const pages = database.table("pages", PageSchema);
			pages.create({ slug: "a" });
			const some = pages.where("stars", "==", 0);
			for (const run of [
				(query: typeof some) => query.deleteWhere(),
				(query: typeof some) => query.updateWhere({ stars: 1 }),
			]) {
				expect(refusal(() => run(pages))).toBe("invalid_input where");
				expect(refusal(() => run(some.limit(5)))).toBe("invalid_input limit");
				expect(refusal(() => run(some.orderBy("stars")))).toBe("invalid_input orderBy");
			}
			expect(some.count()).toBe(1);
		}));
});

describe("ifUpdatedAt", () => {
	it("lets only the first of two writers through, within a millisecond too", () =>
		inObject((database) => {
			vi.useFakeTimers({ now: 1000 });
			try {
				const pages = database.table("pages", PageSchema);
				const { id, updatedAt } = pages.create({ slug: "a" });
				const first = pages.update(id, { stars: 1 }, { ifUpdatedAt: updatedAt });
				expect(first.updatedAt.getTime()).toBe(1001);
				const late = () => pages.update(id, { stars: 2 }, { ifUpdatedAt: updatedAt });
				expect(thrown(late)).toMatchObject({ code: "conflict", status: 409 });
				expect(refusal(late)).toBe("conflict updatedAt");
				expect(pages.findById(id)).toEqual(first);
				pages.update(id, { stars: 3 }, { ifUpdatedAt: first.updatedAt });
			} finally {
				vi.useRealTimers();
			}
		}));

	it("is refused where the schema has an updatedAt of its own, which nothing makes later", () =>
		inObject((database) => {
			const table = database.table("own", z.object({ updatedAt: z.int(), a: z.int() }));
			const { id } = table.create({ updatedAt: 5, a: 1 });
			expect(refusal(() => table.update(id, { a: 3 }, { ifUpdatedAt: 5 as never }))).toBe(
				"invalid_input ifUpdatedAt",
			);
			expect(table.findById(id)?.a).toBe(1);
		}));

	it("refuses what is none", () =>
		inObject((database) => {
			const table = database.table("own", z.object({ a: z.int() }));
			const { id } = table.create({ a: 1 });
			const update = (given: unknown) => refusal(() => table.update(id, { a: 9 }, given as object));
			expect(update({ ifUpdatedAt: null })).toBe("invalid_input ifUpdatedAt");
			expect(update({ ifUpdatedAt: "5" })).toBe("invalid_input ifUpdatedAt");
			expect(update({ ifupdatedAt: 5 })).toBe("invalid_input ifupdatedAt");
			expect(update(5)).toBe("invalid_input options");
			expect(table.findById(id)?.a).toBe(1);
		}));
});
