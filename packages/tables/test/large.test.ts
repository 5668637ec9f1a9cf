import { describe, expect, it } from "vitest";
import * as z from "zod";
import type { AnyTable } from "../src/index.js";
import { inObject, newStub } from "./helpers.js";

describe("100,000 rows", () => {
	it("are found, counted and paged through", () =>
		inObject((database) => {
			const schema = z.object({
				group: z.int(),
				text: z.string(),
				size: z.number(),
				tag: z.object({ name: z.string() }),
			});
			const table = database.table("items", schema, { indexes: ["group"], realtime: false });
			const chunk = (start: number) =>
				Array.from({ length: 10_000 }, (_, i) => {
					const n = start + i;
					return { group: n % 5000, text: `item ${n}`, size: n / 4, tag: { name: `${n % 7}` } };
				});
			for (let start = 0; start < 100_000; start += 10_000) table.createMany(chunk(start));
			expect(table.count()).toBe(100_000);
			expect(table.where("group", "==", 4999).count()).toBe(20);
			expect(table.where("text", "contains", "m 9999").count()).toBe(11);
			expect(table.where("tag.name", "==", "6").count()).toBe(Math.floor(100_000 / 7));
			const many = Array.from({ length: 10_000 }, (_, i) => `item ${i * 10}`);
			expect(table.where("text", "in", many).count()).toBe(10_000);
			expect(table.where("text", "not-in", many).count()).toBe(90_000);
			expect(table.sum("size")).toBe((99_999 * 100_000) / 2 / 4);
			expect([table.min("size"), table.max("size")]).toEqual([0, 99_999 / 4]);
			expect(table.limit(2).groupBy("tag.name")).toEqual([
				{ key: { "tag.name": "0" }, count: 14_286 },
				{ key: { "tag.name": "1" }, count: 14_286 },
			]);
			const query = table.orderBy("group", "desc").select(["text"]);
			const seen = new Set<string>();
			let after: string | null = null;
			do {
				const page: ReturnType<typeof query.page> = query.page({ after, limit: 1000 });
				for (const { text } of page.items) seen.add(text);
				after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
			} while (after !== null);
			expect(seen.size).toBe(100_000);
			expect(table.where("group", "<", 2500).updateWhere({ size: -1 })).toBe(50_000);
			expect(table.where("size", "==", -1).count()).toBe(50_000);
			expect(table.not(["size", "==", -1]).deleteWhere()).toBe(50_000);
			expect(table.count()).toBe(50_000);
		}));
});

describe("100 columns", () => {
	it("are written, read, changed, searched for and logged", () =>
		inObject((database) => {
			// Three are ours.
			const names = Array.from({ length: 97 }, (_, i) => `f${i}`);
			const schema = z.object(Object.fromEntries(names.map((name) => [name, z.string()])));
			const table = database.table("wide", schema, { indexes: [names.slice(0, 10)] }) as AnyTable;
			const data = Object.fromEntries(names.map((name) => [name, name]));
			const row = table.create(data);
			expect(table.findById(String(row.id))).toEqual({ ...row, ...data });
			const patch = Object.fromEntries(names.map((name) => [name, "x"]));
			expect(table.update(String(row.id), patch)).toMatchObject(patch);
			let query = table.where("f0", "==", "x");
			for (const name of names.slice(1, 90)) query = query.where(name, "==", "x");
			expect(query.orderBy("f96").get()).toHaveLength(1);
			expect(table.page().items[0]).toMatchObject(patch);
			expect(database.changes.read(1, 1)[0]?.data).toMatchObject({ old: data, data: patch });
		}, newStub()));
});
