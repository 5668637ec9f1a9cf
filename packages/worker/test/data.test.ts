import { describe, expect, test, vi } from "vitest";
import { codeOf, createApp, json, send, signUp } from "./helpers.js";

const app = createApp();
const remove = { method: "DELETE" };

async function withData(data: Record<string, unknown> = {}) {
	const { browser } = await signUp(app);
	for (const [key, value] of Object.entries(data)) await browser.post("/data", { key, value });
	return browser;
}

describe("key-value data", () => {
	test("sets, lists and gets; a key that is not set is absent", async () => {
		const browser = await withData();
		expect(await browser.json("/data")).toEqual({ data: {}, versions: {} });
		const data = { a: null, b: { theme: "dark" }, "ü/?&": [1] };
		const versions: Record<string, number> = {};
		for (const [key, value] of Object.entries(data)) {
			const response = await browser.post("/data", { key, value });
			const { ok, version } = (await response.json()) as { ok: boolean; version: number };
			expect([ok, version]).toEqual([true, expect.any(Number)]);
			versions[key] = version;
		}
		expect(await browser.json("/data")).toEqual({ data, versions });
		for (const key of ["a", "ü/?&"] as const) {
			expect(await browser.json(`/data?key=${encodeURIComponent(key)}`)).toEqual({
				data: { [key]: data[key] },
				versions: { [key]: versions[key] },
			});
		}
		expect(await browser.json("/data?key=none")).toEqual({ data: {}, versions: {} });
	});

	test("deletes, and says whether there was something", async () => {
		const browser = await withData({ a: 1, b: 2 });
		for (const deleted of [true, false]) {
			const response = await browser.fetch("/data?key=a", remove);
			expect([response.status, await response.json()]).toEqual([200, { ok: true, deleted }]);
		}
		expect(await browser.json("/data")).toMatchObject({ data: { b: 2 } });
		expect(await browser.json("/data?key=a")).toEqual({ data: {}, versions: {} });
	});

	test("lists by prefix, and in pages", async () => {
		const data = { "draft/1": 1, "draft/2": 2, "draft/3": 3, other: 4, draft: 0 };
		const browser = await withData(data);
		type Page = { data: object; versions: object; next?: string };
		const list = async (query: string) => {
			const page = await browser.json<Page>(`/data?${query}`);
			expect(Object.keys(page.versions)).toEqual(Object.keys(page.data));
			return [Object.entries(page.data), page.next];
		};
		const [first, second, third] = [
			["draft/1", 1],
			["draft/2", 2],
			["draft/3", 3],
		];
		expect(await list("prefix=draft/&limit=2")).toEqual([[first, second], "draft/2"]);
		expect(await list("prefix=draft/&limit=2&after=draft/2")).toEqual([[third], undefined]);
		expect(await list("prefix=draft/")).toEqual([[first, second, third], undefined]);
		expect(await list("after=draft/3")).toEqual([[["other", 4]], undefined]);
	});

	test("is written only at the version that the client has read", async () => {
		const browser = await withData();
		const set = async (value: number, ifVersion: number) => {
			const response = await browser.post("/data", { key: "k", value, ifVersion });
			expect(response.status).toBe(200);
			return ((await response.json()) as { version: number }).version;
		};
		const first = await set(1, 0);
		const second = await set(2, first);
		for (const ifVersion of [0, first, second + 1]) {
			for (const late of [
				await browser.post("/data", { key: "k", value: 3, ifVersion }),
				await browser.fetch(`/data?key=k&ifVersion=${ifVersion}`, remove),
			]) {
				expect([late.status, await codeOf(late)]).toEqual([409, "conflict"]);
			}
		}
		expect(await browser.json("/data?key=k")).toEqual({ data: { k: 2 }, versions: { k: second } });
		const gone = await browser.fetch(`/data?key=k&ifVersion=${second}`, remove);
		expect(await gone.json()).toEqual({ ok: true, deleted: true });
	});

	test("is gone once its time is over", async () => {
		vi.useFakeTimers({ toFake: ["Date"] });
		try {
			const browser = await withData({ stays: 1 });
			await browser.post("/data", { key: "goes", value: 1, ttl: 60 });
			expect(await browser.json("/data")).toMatchObject({ data: { goes: 1, stays: 1 } });
			vi.setSystemTime(Date.now() + 60_000);
			expect(await browser.json("/data?key=goes")).toEqual({ data: {}, versions: {} });
			expect(await browser.json("/data")).toEqual({
				data: { stays: 1 },
				versions: { stays: expect.any(Number) },
			});
		} finally {
			vi.useRealTimers();
		}
	});

	test("needs a session before it says anything about the input", async () => {
		for (const init of [json({ key: "", value: 1 }), { method: "POST" }, {}, remove]) {
			expect((await send(app, "/data", init)).status).toBe(401);
		}
	});

	test("answers HEAD as GET", async () => {
		const browser = await withData({ a: 1 });
		const response = await browser.fetch("/data?key=a", { method: "HEAD" });
		expect([response.status, await response.text()]).toEqual([200, ""]);
	});
});

describe("key-value data refuses", () => {
	const requests: [name: string, path: string, init: RequestInit, issue: string][] = [
		["no value", "/data", json({ key: "k" }), "value"],
		["a version that is none", "/data", json({ key: "k", value: 1, ifVersion: -1 }), "ifVersion"],
		["a version that is text", "/data", json({ key: "k", value: 1, ifVersion: "1" }), "ifVersion"],
		["a lifetime of nothing", "/data", json({ key: "k", value: 1, ttl: 0 }), "ttl"],
		["a lifetime of ages", "/data", json({ key: "k", value: 1, ttl: 1e10 }), "ttl"],
		["a deletion of nothing", "/data", remove, "key"],
		["a deletion at no version", "/data?key=k&ifVersion=x", remove, "ifVersion"],
		["a deletion of two keys", "/data?key=k&key=l", remove, "key"],
		["a limit that is none", "/data?limit=0", {}, "limit"],
		["a limit that is SQL", "/data?limit=1;drop", {}, "limit"],
		["a prefix that is too long", `/data?prefix=${"x".repeat(513)}`, {}, "prefix"],
	];
	test.each(requests)("%s", async (_name, path, init, issue) => {
		const browser = await withData({ k: 1 });
		const response = await browser.fetch(path, init);
		const body = (await response.json()) as { code: string; issues: { path: string }[] };
		expect([response.status, body.code]).toEqual([400, "invalid_input"]);
		expect(body.issues.map(({ path }) => path)).toContain(issue);
		expect(await browser.json("/data")).toMatchObject({ data: { k: 1 } });
	});

	test("a value above 1 MiB, with the limit in its message", async () => {
		const browser = await withData();
		const value = "x".repeat(1024 * 1024);
		const response = await browser.post("/data", { key: "k", value });
		const body = (await response.json()) as { code: string };
		expect([response.status, body.code]).toEqual([413, "payload_too_large"]);
		expect(JSON.stringify(body)).toContain("1 MiB");
		const most = await browser.post("/data", { key: "k", value: value.slice(2) });
		expect(most.status).toBe(200);
	});
});
