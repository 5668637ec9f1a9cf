import { evictDurableObject } from "cloudflare:test";
import { type Json, KeySchema } from "@userdo/contracts";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { inObject, newEmail, refusal, signUp, stubOf } from "./helpers.js";

describe("key-value pairs", () => {
	it("are what was set, also after the object's eviction", async () => {
		const { stub } = await signUp();
		await stub.set("preferences", { theme: "dark", sizes: [1, 2.5], off: null });
		await stub.set("empty", "");
		expect(await stub.get("nothing")).toBeUndefined();
		await evictDurableObject(stub);
		expect(await stub.get("preferences")).toEqual({ theme: "dark", sizes: [1, 2.5], off: null });
		expect(await stub.list()).toEqual({
			empty: "",
			preferences: { theme: "dark", sizes: [1, 2.5], off: null },
		});
		expect(await stub.delete("empty")).toBe(true);
		expect(await stub.delete("empty")).toBe(false);
		expect(Object.keys(await stub.list())).toEqual(["preferences"]);
	});

	it("hold any JSON under any allowed key", async () => {
		const { stub } = await signUp();
		const key = fc
			.string({ unit: "grapheme", minLength: 1, maxLength: 40 })
			.filter((text) => KeySchema.safeParse(text).success);
		await fc.assert(
			fc.asyncProperty(key, fc.jsonValue(), async (name, value) => {
				await stub.set(name, value);
				expect(await stub.get(name)).toEqual(JSON.parse(JSON.stringify(value)));
			}),
			{ numRuns: 200 },
		);
	});

	it.each([
		"",
		"__proto__",
		"__user",
		"__rl",
		"_userdo_account",
		"constructor",
		"prototype",
		"with\0NUL",
		"line\nbreak",
		"x".repeat(513),
		"\ud800",
		7,
		null,
		["a"],
	])("K1 refuse the key %j", async (key) => {
		const { stub } = await signUp();
		for (const call of [
			() => stub.set(key as string, 1),
			() => stub.get(key as string),
			() => stub.delete(key as string),
			() => stub.getEntries({ key: key as string }),
			() => stub.runOperation({ op: "set-key", key: key as string, value: 1 }),
			() => stub.runOperation({ op: "delete-key", key: key as string }),
			() =>
				stub.runBatch([{ op: "set-key", mutation: "mutation-1", key: key as string, value: 1 }]),
		]) {
			expect(await refusal(call())).toMatchObject({ code: "invalid_input", status: 400 });
		}
		expect(await stub.list()).toEqual({});
	});

	it("refuse what is no JSON and what is too large, and keep the old value", async () => {
		const { stub } = await signUp();
		await stub.set("key", "old");
		const bad = await inObject(stub, async (object) => {
			const cycle: { self?: unknown } = {};
			cycle.self = cycle;
			const values = [undefined, () => 1, Symbol("s"), 5n, cycle];
			return Promise.all(values.map((value) => object.set("key", value).catch((e) => e.code)));
		});
		expect(bad).toEqual(Array(5).fill("invalid_input"));
		expect(await refusal(stub.set("key", "x".repeat(1024 * 1024)))).toMatchObject({
			code: "payload_too_large",
			status: 413,
			issues: [{ path: "value", message: "A value has at most 1 MiB of JSON." }],
		});
		expect(await stub.get("key")).toBe("old");
		await stub.set("key", "x".repeat(1024 * 1024 - 2));
		expect(await stub.get("key")).toHaveLength(1024 * 1024 - 2);
	});

	it("may be nested very deeply", async () => {
		const { stub } = await signUp();
		const depth = 3000;
		const deep = JSON.parse(`${"[".repeat(depth)}${"]".repeat(depth)}`) as Json;
		await inObject(stub, (object) => object.set("deep", deep));
		const text = await inObject(stub, async (object) => JSON.stringify(await object.get("deep")));
		expect(text).toHaveLength(2 * depth);
	});

	it("ask nothing of an object that nobody uses", async () => {
		const stub = stubOf(newEmail());
		expect(await stub.get("key")).toBeUndefined();
		expect(await stub.list()).toEqual({});
		expect(await stub.delete("key")).toBe(false);
		const tables = await inObject(stub, (_object, { storage }) =>
			storage.sql.exec("SELECT name FROM sqlite_master").toArray(),
		);
		expect(tables).toEqual([]);
	});
});
