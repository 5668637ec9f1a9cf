import { evictDurableObject } from "cloudflare:test";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import type { BatchOperation } from "../src/index.js";
import { changesIn, invoke, openSocket, refusal, server } from "./helpers.js";
import { inShop, newMutation, openShop, type Shop } from "./shop.js";

type Create = Extract<BatchOperation, { op: "create" }>;

const product = (data: Create["data"], mutation = newMutation()): Create => ({
	op: "create",
	mutation,
	collection: "products",
	data,
});

const stored = (shop: Shop, table: string) =>
	inShop(shop, (_object, { storage }) => storage.sql.exec(`SELECT * FROM ${table}`).toArray());
const titles = async (shop: Shop) =>
	(await shop.listRows("products", { orderBy: [["title", "asc"]] })).items.map(
		({ title }) => title,
	);

describe("a batch", () => {
	it("is refused whole where its rows are more than an answer holds, and nothing is done", async () => {
		const { shop } = await openShop();
		const title = "x".repeat(1_000_000);
		const made: string[] = [];
		for (let n = 0; n < 10; n++) {
			const { row } = (await shop.runOperation({
				op: "create",
				collection: "products",
				data: { title },
			})) as { row: { id: string } };
			made.push(row.id);
		}
		const update = (id: string): BatchOperation => ({
			op: "update",
			mutation: newMutation(),
			collection: "products",
			id,
			patch: { stars: 7 },
		});
		const operations = made.map(update);
		expect(await refusal(shop.runBatch(operations))).toMatchObject({
			code: "payload_too_large",
			issues: [{ path: "operations.8" }],
		});
		expect((await shop.countRows("products", [["stars", "==", 7]])).count).toBe(0);
		// In two halves all is well, and so it is when both are sent again as one.
		await shop.runBatch(operations.slice(0, 5));
		await shop.runBatch(operations.slice(5));
		const { results } = await shop.runBatch(operations);
		expect(results).toHaveLength(10);
		expect(results.map((result) => ("row" in result ? result.row.id : undefined))).toEqual(made);
		expect((await shop.countRows("products", [["stars", "==", 7]])).count).toBe(10);
	});

	it("writes to collections and keys together, and answers in the order of its operations", async () => {
		const { shop } = await openShop();
		const made = await shop.runBatch([
			product({ title: "Pen", price: "5" }),
			{ op: "set-key", mutation: newMutation(), key: "last", value: "Pen" },
			{
				op: "upsert",
				mutation: newMutation(),
				collection: "shelves",
				data: { name: "A" },
				on: ["name"],
			},
			{ op: "delete", mutation: newMutation(), collection: "shelves", id: "none" },
			{ op: "delete-key", mutation: newMutation(), key: "none" },
		]);
		expect(made).toMatchObject({
			results: [
				{ row: { title: "Pen", price: "5", id: expect.any(String) } },
				{ version: 2 },
				{ row: { name: "A" } },
				{ deleted: false },
				{ deleted: false },
			],
			snapshot: { epoch: expect.any(String), seq: 3 },
		});
		const { row } = made.results[0] as { row: { id: string; updatedAt: string } };
		const [updated] = (
			await shop.runBatch([
				{
					op: "update",
					mutation: newMutation(),
					collection: "products",
					id: row.id,
					patch: { soldAt: "2026-05-01T00:00:00.000Z" },
					ifUpdatedAt: row.updatedAt,
				},
			])
		).results;
		expect(updated).toEqual({ row: await shop.getRow("products", row.id) });
	});

	it("is done once, however often it is sent, also after an eviction", async () => {
		const { shop } = await openShop();
		const batch: BatchOperation[] = [
			product({ title: "Pen" }),
			{ op: "set-key", mutation: newMutation(), key: "count", value: 1 },
			{ op: "delete-key", mutation: newMutation(), key: "count" },
		];
		const first = await shop.runBatch(batch);
		await shop.runBatch([{ op: "set-key", mutation: newMutation(), key: "count", value: 2 }]);
		const before = await stored(shop, "_userdo_mutations");
		await evictDurableObject(shop);
		const again = await shop.runBatch(batch);
		expect(again.results).toEqual(first.results);
		expect(again.snapshot.seq).toBe(4);
		expect(await titles(shop)).toEqual(["Pen"]);
		expect(await shop.get("count")).toBe(2);
		expect(await stored(shop, "_userdo_mutations")).toEqual(before);
		// The same operation with its keys in another order, and a new one.
		const [{ data, collection, mutation, op }] = batch as [Create];
		const mixed = await shop.runBatch([
			{ data, collection, mutation, op },
			product({ title: "Ink" }),
		]);
		expect(mixed.results[0]).toEqual(first.results[0]);
		expect(await titles(shop)).toEqual(["Ink", "Pen"]);
	});

	it("tells sockets whose writes they hear of, cascades included", async () => {
		const { shop, session } = await openShop();
		const shelf = await shop.runOperation({
			op: "create",
			collection: "shelves",
			data: { name: "A" },
		});
		const shelfId = String((shelf as { row: { id: string } }).row.id);
		const socket = await openSocket(shop, session);
		const [create, remove, set] = [newMutation(), newMutation(), newMutation()];
		await shop.runBatch([
			product({ title: "Pen", shelfId }, create),
			{ op: "delete", mutation: remove, collection: "shelves", id: shelfId },
			{ op: "set-key", mutation: set, key: "a", value: 1 },
		]);
		await shop.set("b", 2);
		const changes = changesIn(await socket.wait(3));
		const told = changes.map(({ event, mutation }) => [event, mutation]);
		expect(told.slice(0, 1)).toEqual([["table:products", create]]);
		expect(told.slice(1, 3).sort()).toEqual([
			["table:products", remove],
			["table:shelves", remove],
		]);
		expect(told.slice(3)).toEqual([
			["kv:a", set],
			["kv:b", undefined],
		]);
	});

	it("has nothing of it done where one of its operations is refused, and says which", async () => {
		const { shop, session } = await openShop();
		const { row } = (await shop.runOperation({
			op: "create",
			collection: "products",
			data: { title: "Pen" },
		})) as { row: { id: string; updatedAt: string } };
		await shop.set("key", 1);
		const state = async () => [
			await shop.listRows("products"),
			await shop.getEntries(),
			await inShop(shop, (object) => object.getTables()),
		];
		const before = await state();
		const socket = await openSocket(shop, session);
		const update = { op: "update", collection: "products", id: row.id } as const;
		const refused: [Record<string, unknown>, string, string][] = [
			[product({ title: "" }), "invalid_input", "data.title"],
			[product({ title: "a", soldAt: "soon" }), "invalid_input", "data.soldAt"],
			[product({ title: "a", details: { color: 1 } }), "invalid_input", "data.details.color"],
			[product({ title: "a", shelfId: "none" }), "invalid_input", "data.shelfId"],
			[{ ...product({}), collection: "nothing" }, "not_found", "collection"],
			[{ ...product({}), collection: "_userdo_kv" }, "not_found", "collection"],
			[{ ...update, patch: { title: "" } }, "invalid_input", "patch.title"],
			[{ ...update, patch: { userId: "me" } }, "invalid_input", "patch.userId"],
			[{ ...update, patch: { id: "other" } }, "invalid_input", "patch.id"],
			[{ ...update, patch: {}, id: "none" }, "not_found", "patch"],
			[
				{ ...update, patch: {}, ifUpdatedAt: "2020-01-01T00:00:00Z" },
				"conflict",
				"patch.updatedAt",
			],
			[{ ...update, patch: {}, ifUpdatedAt: "yesterday" }, "invalid_input", "ifUpdatedAt"],
			[{ ...product({ title: "a" }), op: "upsert", on: ["title"] }, "invalid_input", "on"],
			[{ ...product({ title: "a" }), op: "upsert", on: [] }, "invalid_input", "on"],
			[{ op: "set-key", key: "key", value: 2, ifVersion: 0 }, "conflict", "ifVersion"],
			[{ op: "delete-key", key: "key", ifVersion: 99 }, "conflict", "ifVersion"],
			[{ op: "set-key", key: "__proto__", value: 2 }, "invalid_input", "key"],
			[{ op: "set-key", key: "key", value: "x".repeat(1024 * 1024) }, "payload_too_large", "value"],
			[{ op: "drop", collection: "products" }, "invalid_input", "op"],
			[{ ...product({ title: "a" }), mutation: "short" }, "invalid_input", "mutation"],
			[{ ...product({ title: "a" }), mutation: "in 'quotes'" }, "invalid_input", "mutation"],
		];
		for (const [operation, code, path] of refused) {
			const batch = [
				product({ title: "first" }),
				{ op: "set-key", mutation: newMutation(), key: "new", value: 1 },
				{ mutation: newMutation(), ...operation },
				product({ title: "last" }),
			] as BatchOperation[];
			const { issues, ...error } = await refusal(shop.runBatch(batch));
			expect(error).toMatchObject({ code });
			expect(issues).toMatchObject([{ path: `operations.2.${path}` }]);
		}
		expect(await state()).toEqual(before);
		await shop.set("end", true);
		expect(changesIn(await socket.wait(2)).map(({ event }) => event)).toEqual(["kv:end"]);
	});

	it("takes no id for another operation, nor twice", async () => {
		const { shop } = await openShop();
		const pen = product({ title: "Pen" });
		await shop.runBatch([pen]);
		const others: BatchOperation[] = [
			product({ title: "Ink" }, pen.mutation),
			product({ title: "Pen", stars: 0 }, pen.mutation),
			{ ...pen, collection: "drafts" },
			{ op: "delete-key", mutation: pen.mutation, key: "a" },
		];
		for (const other of others) {
			const error = await refusal(shop.runBatch([product({ title: "Cap" }), other]));
			expect(error).toMatchObject({
				code: "conflict",
				issues: [{ path: "operations.1.mutation" }],
			});
		}
		const cap = product({ title: "Cap" });
		expect(await refusal(shop.runBatch([cap, cap]))).toMatchObject({
			code: "invalid_input",
			issues: [{ path: "operations.1.mutation" }],
		});
		expect(await refusal(shop.runBatch([pen, pen]))).toMatchObject({ code: "invalid_input" });
		expect(await titles(shop)).toEqual(["Pen"]);
	});

	it("has 1 to 50 operations", async () => {
		const { shop } = await openShop();
		const of = (length: number) => Array.from({ length }, (_, n) => product({ title: `${n}` }));
		for (const batch of [[], of(51), "all", null, { length: 1 }]) {
			expect(await refusal(shop.runBatch(batch as never))).toMatchObject({ code: "invalid_input" });
		}
		expect((await shop.runBatch(of(50))).results).toHaveLength(50);
	});

	it("H2 refuses what is no JSON, and what is nested too deeply", async () => {
		const { shop } = await openShop();
		await inShop(shop, async (object) => {
			const depth = 50_000;
			const cycle: unknown[] = [];
			cycle.push(cycle);
			const deep: unknown = JSON.parse(`${"[".repeat(depth)}${"]".repeat(depth)}`);
			for (const value of [deep, cycle, 5n]) {
				const mutation = newMutation();
				const refused = { code: "invalid_input", issues: [{ path: "operations.0" }] };
				const set = object.runBatch([{ op: "set-key", mutation, key: "deep", value }]);
				expect(await refusal(set)).toMatchObject(refused);
				const create = object.runBatch([product({ title: "Pen", details: value })]);
				expect(await refusal(create)).toMatchObject(refused);
			}
		});
		expect(await shop.list()).toEqual({});
	});

	it("works on tables of which nobody hears", async () => {
		const { shop } = await openShop();
		const draft = {
			op: "create",
			mutation: newMutation(),
			collection: "drafts",
			data: { text: "a" },
		} as const;
		const first = await shop.runBatch([draft]);
		expect(first.snapshot.seq).toBe(0);
		expect((await shop.runBatch([draft])).results).toEqual(first.results);
		expect(await shop.countRows("drafts")).toMatchObject({ count: 1 });
	});

	it("keeps large rows by their ids, and reads them anew when it is sent again", async () => {
		const { shop } = await openShop();
		const large = product({ title: "x".repeat(70_000) });
		const { results } = await shop.runBatch([large]);
		const { row } = results[0] as { row: { id: string } };
		const [mutation] = await stored(shop, "_userdo_mutations");
		expect(JSON.stringify(mutation).length).toBeLessThan(500);
		expect((await shop.runBatch([large])).results).toEqual(results);
		const update = {
			op: "update",
			collection: "products",
			id: row.id,
			patch: { stars: 5 },
		} as const;
		await shop.runOperation(update);
		expect((await shop.runBatch([large])).results).toMatchObject([{ row: { stars: 5 } }]);
		await shop.runOperation({ op: "delete", collection: "products", id: row.id });
		expect((await shop.runBatch([large])).results).toEqual([{ row: { id: row.id } }]);
	});

	it("is remembered for a day, and old ones are cleared away bit by bit", async () => {
		vi.useFakeTimers({ toFake: ["Date"], now: 2_000_000_000_000 });
		onTestFinished(() => void vi.useRealTimers());
		const { shop } = await openShop();
		const pen = product({ title: "Pen" });
		await shop.runBatch([pen]);
		for (let n = 0; n < 3; n++) {
			await shop.runBatch(Array.from({ length: 50 }, () => product({ title: "Ink" })));
		}
		const count = async () => (await stored(shop, "_userdo_mutations")).length;
		const pens = async () => (await shop.countRows("products", [["title", "==", "Pen"]])).count;
		vi.setSystemTime(Date.now() + 24 * 60 * 60 * 1000);
		await shop.runBatch([product({ title: "Cap" })]);
		expect(await count()).toBe(152);
		await shop.runBatch([pen]);
		expect(await pens()).toBe(1);
		vi.setSystemTime(Date.now() + 1000);
		await shop.runBatch([product({ title: "Cap" })]);
		expect(await count()).toBe(53);
		await shop.runBatch([product({ title: "Cap" })]);
		expect(await count()).toBe(3);
		await shop.runBatch([pen]);
		expect(await pens()).toBe(2);
	});

	it("clears away expired keys in nobody's name", async () => {
		vi.useFakeTimers({ toFake: ["Date"], now: 2_000_000_000_000 });
		onTestFinished(() => void vi.useRealTimers());
		const { shop, session } = await openShop();
		await shop.set("old", 1, { ttl: 1 });
		const socket = await openSocket(shop, session);
		vi.setSystemTime(Date.now() + 1000);
		const mutation = newMutation();
		await shop.runBatch([{ op: "set-key", mutation, key: "new", value: 1 }]);
		const told = changesIn(await socket.wait(2)).map(({ event, mutation }) => [event, mutation]);
		expect(told).toEqual([
			["kv:old", undefined],
			["kv:new", mutation],
		]);
	});

	it("M1 takes of a row nothing that is no field of its collection", async () => {
		const { shop } = await openShop();
		const day = "2020-01-01T00:00:00.000Z";
		const forged = { id: "mine", userId: "you", createdAt: day, updatedAt: day, ownerId: "you" };
		const { results } = await shop.runBatch([product({ title: "Pen", ...forged })]);
		const { row } = results[0] as { row: Record<string, unknown> };
		expect(Object.keys(row).sort()).toEqual([
			"createdAt",
			"id",
			"price",
			"stars",
			"title",
			"updatedAt",
		]);
		expect(row).not.toMatchObject({ id: "mine" });
		expect(row).not.toMatchObject({ createdAt: day });
	});

	it("is what a session may ask of its own object", async () => {
		const { shop, session } = await openShop();
		const other = await openShop();
		const call = { name: "runBatch", args: [[product({ title: "Pen" })]] };
		expect(await invoke(shop, other.session, call)).toMatchObject({
			error: { code: "unauthorized" },
		});
		expect(await titles(shop)).toEqual([]);
		for (const authority of [session, server]) {
			expect(await invoke(shop, authority, call)).toMatchObject({
				ok: true,
				value: { results: [{ row: { title: "Pen" } }] },
			});
		}
		expect(await titles(shop)).toEqual(["Pen"]);
		expect(await titles(other.shop)).toEqual([]);
	});
});
