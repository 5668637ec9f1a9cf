import { evictDurableObject } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { parseValue } from "../src/key-schemas.js";
import { refusal } from "./helpers.js";
import { inShop, openShop } from "./shop.js";

describe("versions of keys", () => {
	it("let only those write who have seen the newest", async () => {
		const { shop } = await openShop();
		const { version: first } = await shop.set("key", "a", { ifVersion: 0 });
		const { version: second } = await shop.set("key", "b", { ifVersion: first });
		expect(second).toBeGreaterThan(first);
		await evictDurableObject(shop);
		for (const ifVersion of [0, first, second + 1]) {
			const refused = { code: "conflict", status: 409, issues: [{ path: "ifVersion" }] };
			expect(await refusal(shop.set("key", "c", { ifVersion }))).toMatchObject(refused);
			expect(await refusal(shop.delete("key", { ifVersion }))).toMatchObject(refused);
			expect(await refusal(shop.set("key", "b", { ifVersion }))).toMatchObject(refused);
		}
		expect(await shop.getEntries({ key: "key" })).toEqual({
			data: { key: "b" },
			versions: { key: second },
		});
		expect(await shop.delete("key", { ifVersion: second })).toBe(true);
		expect(await shop.delete("key", { ifVersion: 0 })).toBe(false);
	});

	it("are never those of a key of the same name that was deleted", async () => {
		const { shop } = await openShop();
		const { version } = await shop.set("key", "a");
		await shop.set("other", 1);
		await shop.delete("other");
		await shop.delete("key");
		const again = await shop.set("key", "a");
		expect(again.version).toBeGreaterThan(version);
		expect(await refusal(shop.set("key", "b", { ifVersion: version }))).toMatchObject({
			code: "conflict",
		});
	});

	it("stay where the value does, and are read from pages too", async () => {
		const { shop } = await openShop();
		const versions: Record<string, number> = {};
		for (const key of ["b/2", "a", "b/1", "c"]) versions[key] = (await shop.set(key, key)).version;
		expect((await shop.set("a", "a")).version).toBe(versions.a);
		expect(await shop.getEntries({ prefix: "b/", limit: 1 })).toEqual({
			data: { "b/1": "b/1" },
			versions: { "b/1": versions["b/1"] },
			next: "b/1",
		});
		expect(await shop.getEntries({ prefix: "b/", after: "b/1", limit: 1 })).toEqual({
			data: { "b/2": "b/2" },
			versions: { "b/2": versions["b/2"] },
		});
		expect(Object.keys(await shop.list({ after: "a", limit: 2 }))).toEqual(["b/1", "b/2"]);
	});

	it.each([
		[{ ttl: 0 }, "ttl"],
		[{ ttl: -5 }, "ttl"],
		[{ ttl: 1.5 }, "ttl"],
		[{ ttl: "60" }, "ttl"],
		[{ ttl: null }, "ttl"],
		[{ ttl: Number.POSITIVE_INFINITY }, "ttl"],
		[{ ttl: 315_360_001 }, "ttl"],
		[{ ifVersion: -1 }, "ifVersion"],
		[{ ifVersion: 0.5 }, "ifVersion"],
		[{ ifVersion: "1" }, "ifVersion"],
		[{ ifVersoin: 1 }, ""],
		[null, ""],
	])("H6 refuse the options %j", async (options, path) => {
		const { shop } = await openShop();
		const issues = [expect.objectContaining({ path })];
		const refused = { code: "invalid_input", issues };
		expect(await refusal(shop.set("key", 1, options as never))).toMatchObject(refused);
		expect(await shop.list()).toEqual({});
	});

	it.each([
		[{ limit: 0 }],
		[{ limit: 10_001 }],
		[{ limit: "1; DROP TABLE _userdo_kv" }],
		[{ prefix: 1 }],
		[{ prefix: "x".repeat(513) }],
		[{ after: ["a"] }],
		[{ offset: 1 }],
	])("H6 refuse to list %j", async (options) => {
		const { shop } = await openShop();
		for (const call of [shop.list(options as never), shop.getEntries(options as never)]) {
			expect(await refusal(call)).toMatchObject({ code: "invalid_input" });
		}
	});
});

describe("schemas of keys", () => {
	it("refuse other values, and what they give is stored", async () => {
		const { shop } = await openShop();
		expect(await refusal(shop.set("preferences", { theme: "blue" }))).toMatchObject({
			code: "invalid_input",
			issues: [{ path: "value.theme" }],
		});
		expect(await refusal(shop.set("preferences", "dark"))).toMatchObject({
			issues: [{ path: "value" }],
		});
		await shop.set("preferences", { theme: "dark", unknown: true });
		expect(await shop.get("preferences")).toEqual({ theme: "dark", size: 12 });
		const batch = shop.runBatch([
			{ op: "set-key", mutation: "mutation-1", key: "preferences", value: { theme: 1 } },
		]);
		expect(await refusal(batch)).toMatchObject({ issues: [{ path: "operations.0.value.theme" }] });
		const single = shop.runOperation({ op: "set-key", key: "preferences", value: {} });
		expect(await refusal(single)).toMatchObject({ issues: [{ path: "value.theme" }] });
	});

	it("say nothing of other keys, whatever every object has", async () => {
		const { shop } = await openShop();
		for (const key of ["toString", "hasOwnProperty", "Preferences", "preferences/1"]) {
			await shop.set(key, { theme: "blue" });
			expect(await shop.get(key)).toEqual({ theme: "blue" });
		}
	});

	it("can't wait, nor follow a value without an end", async () => {
		const later = z.string().refine(async () => true);
		expect(() => parseValue({ later }, "later", "x")).toThrow(
			expect.objectContaining({ code: "misconfigured" }),
		);
		const tree: z.ZodType = z.lazy(() => z.array(tree));
		const depth = 20_000;
		const deep: unknown = JSON.parse(`${"[".repeat(depth)}${"]".repeat(depth)}`);
		expect(() => parseValue({ tree }, "tree", deep)).toThrow(
			expect.objectContaining({
				code: "invalid_input",
				issues: [expect.objectContaining({ path: "value" })],
			}),
		);
	});

	it("are those of the class: what was stored before them is read as it is", async () => {
		const { shop } = await openShop();
		await shop.set("preferences", { theme: "dark" });
		await inShop(shop, (_object, { storage }) =>
			storage.sql.exec(`UPDATE _userdo_kv SET value = '"old"'`),
		);
		expect(await shop.get("preferences")).toBe("old");
	});
});

it("a list of keys that leaves the object ends early where values are large, and goes on after", async () => {
	const { shop } = await openShop();
	const names = Array.from({ length: 12 }, (_, n) => `k${String(n).padStart(2, "0")}`);
	for (const name of names) await shop.set(name, "x".repeat(1_000_000));
	const found: string[] = [];
	let after: string | undefined;
	do {
		const { data, next } = await shop.getEntries({ ...(after && { after }) });
		expect(Object.keys(data).length).toBeLessThanOrEqual(8);
		found.push(...Object.keys(data));
		after = next;
	} while (after !== undefined);
	expect(found).toEqual([...names].sort());
});
