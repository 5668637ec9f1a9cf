import { describe, expect, it } from "vitest";
import { invoke, newEmail, refusal, server } from "./helpers.js";
import { inShop, newMutation, openShop, shopOf } from "./shop.js";

const day = "2026-05-01T00:00:00.000Z";
const pen = { op: "create", collection: "products", data: { title: "Pen" } } as const;

describe("operations on collections", () => {
	it("list rows as JSON, with the place in the log at which they were read", async () => {
		const { shop } = await openShop();
		const { row } = (await shop.runOperation({
			op: "create",
			collection: "products",
			data: { title: "Pen", price: "12345678901234567890", soldAt: day },
		})) as { row: Record<string, unknown> };
		expect(row).toMatchObject({ price: "12345678901234567890", soldAt: day, stars: 0 });
		const listed = await shop.listRows("products", {
			where: [["price", ">=", "12345678901234567890"]],
			orderBy: [["soldAt", "desc"]],
		});
		expect(listed).toEqual({
			items: [row],
			pageInfo: { hasNextPage: false, endCursor: expect.any(String) },
			snapshot: { epoch: expect.any(String), seq: 1 },
			kinds: { price: "bigint", soldAt: "date" },
		});
		expect(await shop.getRow("products", String(row.id))).toEqual(row);
		expect(await shop.getRow("products", "nobody's")).toBeUndefined();
		expect(await shop.countRows("products", [["title", "==", "Pen"]])).toEqual({
			count: 1,
			snapshot: listed.snapshot,
		});
	});

	it("write one by one, and name what they refuse as the table does", async () => {
		const { shop } = await openShop();
		const { row } = (await shop.runOperation(pen)) as { row: { id: string; updatedAt: string } };
		const update = { op: "update", collection: "products", id: row.id } as const;
		const updated = await shop.runOperation({ ...update, patch: { soldAt: day } });
		expect(updated).toMatchObject({ row: { id: row.id, soldAt: day } });
		const shelf = {
			op: "upsert",
			collection: "shelves",
			data: { name: "A" },
			on: ["name"],
		} as const;
		const first = await shop.runOperation(shelf);
		expect(await shop.runOperation(shelf)).toEqual(first);
		expect(await shop.runOperation({ op: "set-key", key: "a", value: 1 })).toEqual({ version: 4 });
		expect(await shop.runOperation({ op: "delete-key", key: "a" })).toEqual({ deleted: true });
		const remove = { op: "delete", collection: "products", id: row.id } as const;
		for (const [operation, code, path] of [
			[{ ...pen, data: { title: "" } }, "invalid_input", "title"],
			[{ ...pen, data: { title: "a", soldAt: "soon" } }, "invalid_input", "soldAt"],
			[{ ...update, patch: { nope: 1 } }, "invalid_input", "nope"],
			[{ ...update, patch: {}, ifUpdatedAt: row.updatedAt }, "conflict", "updatedAt"],
			[{ ...shelf, on: ["id"] }, "invalid_input", "on"],
			[{ ...pen, collection: "nothing" }, "not_found", "collection"],
			[{ op: "set-key", key: "a", value: 1, ifVersion: 9 }, "conflict", "ifVersion"],
			[{ op: "set-key", key: "", value: 1 }, "invalid_input", "key"],
			[{ ...pen, data: [] }, "invalid_input", "data"],
			[{ op: "nothing" }, "invalid_input", "op"],
			[null, "invalid_input", "op"],
		] as const) {
			expect(await refusal(shop.runOperation(operation as never))).toMatchObject({
				code,
				issues: [{ path }],
			});
		}
		const missing = shop.runOperation({ ...update, id: "none", patch: {} });
		expect(await refusal(missing)).toMatchObject({ code: "not_found" });
		expect(await shop.runOperation(remove)).toEqual({ deleted: true });
		expect(await shop.runOperation(remove)).toEqual({ deleted: false });
	});

	it("answer not_found for what is no table, and write nothing for nobody", async () => {
		const { shop } = await openShop();
		for (const name of ["nothing", "_userdo_kv", "Products", "", "sqlite_master", 5, null]) {
			for (const call of [
				shop.listRows(name as string),
				shop.countRows(name as string),
				shop.getRow(name as string, "a"),
			]) {
				expect(await refusal(call)).toMatchObject({ code: "not_found", status: 404 });
			}
		}
		const nobody = shopOf(newEmail());
		expect(await nobody.listRows("products")).toMatchObject({
			items: [],
			snapshot: { epoch: "", seq: 0 },
		});
		expect(await nobody.getEntries()).toEqual({ data: {}, versions: {} });
		for (const call of [
			nobody.runOperation(pen),
			nobody.runOperation({ op: "set-key", key: "a", value: 1, ttl: 5 }),
			nobody.runBatch([{ ...pen, mutation: newMutation() }]),
		]) {
			expect(await refusal(call)).toMatchObject({ code: "not_found" });
		}
		expect(await inShop(nobody, (object) => object.getTables())).toEqual([]);
	});

	it.each([
		["listRows", ["products", null]],
		["listRows", ["products", "where"]],
		["listRows", ["products", { where: "1 = 1" }]],
		["listRows", ["products", { orderBy: [["title", "asc; --"]] }]],
		["listRows", ["products", { limit: 1001 }]],
		["countRows", ["products", { title: "a" }]],
		["getRow", ["products", 5]],
		["getRow", ["products"]],
		["getEntries", [null]],
		["getEntries", [{ key: ["a"] }]],
		["getEntries", ["key"]],
		["list", [5]],
		["runOperation", []],
		["runBatch", [null]],
	])("H6 refuse a call of %s with %j", async (name, args) => {
		const { shop, session } = await openShop();
		expect(await invoke(shop, session, { name, args })).toMatchObject({
			error: { code: "invalid_input" },
		});
	});

	it("A1 are for the object's own session, and the server", async () => {
		const { shop, session } = await openShop();
		const stranger = await openShop();
		const calls = [
			{ name: "listRows", args: ["products"] },
			{ name: "countRows", args: ["products"] },
			{ name: "getRow", args: ["products", "none"] },
			{ name: "getEntries", args: [] },
			{ name: "runOperation", args: [pen] },
			{ name: "runBatch", args: [[{ ...pen, mutation: newMutation() }]] },
		];
		for (const call of calls) {
			expect(await invoke(shop, stranger.session, call)).toMatchObject({
				error: { code: "unauthorized" },
			});
			expect(await invoke(shop, session, call)).toMatchObject({ ok: true });
			expect(await invoke(shop, server, call)).toMatchObject({ ok: true });
		}
		expect(await shop.countRows("products")).toMatchObject({ count: 3 });
		expect(await stranger.shop.countRows("products")).toMatchObject({ count: 0 });
	});
});
