import { expect, test } from "vitest";
import { FakeServer, json, refused } from "./support/fake-server.js";

test("a set gives the key's new version, and takes a version and a time to live", async () => {
	const server = new FakeServer();
	server.answer("POST /data", () => json({ ok: true, version: 4 }));
	const client = server.client();
	expect(await client.set("k", { size: 5n })).toBe(4);
	await client.set("k", 1, { ifVersion: 0, ttl: 60, timeout: 1_000 });
	expect(server.requests.map(({ body, search }) => [body, search])).toEqual([
		[{ key: "k", value: { size: "5" } }, ""],
		[{ key: "k", value: 1, ifVersion: 0, ttl: 60 }, ""],
	]);
});

test("a version that is not the key's any more is a conflict", async () => {
	const server = new FakeServer();
	server.answer("POST /data", () => refused(409, "conflict"));
	server.answer("DELETE /data", () => refused(409, "conflict"));
	const client = server.client();
	const codes = [client.set("k", 1, { ifVersion: 3 }), client.delete("k", { ifVersion: 3 })].map(
		(promise) => promise.catch(({ code }) => code),
	);
	expect(await Promise.all(codes)).toEqual(["conflict", "conflict"]);
});

test("a key is deleted, at a version if one is named", async () => {
	const server = new FakeServer();
	server.answer("DELETE /data", () => json({ ok: true, deleted: true }));
	const client = server.client();
	expect(await client.delete("a/b?")).toBe(true);
	server.answer("DELETE /data", () => json({ ok: true, deleted: false }));
	expect(await client.delete("k", { ifVersion: 0 })).toBe(false);
	const queries = server.requests.map(({ search }) => [...new URLSearchParams(search)]);
	expect(queries).toEqual([
		[["key", "a/b?"]],
		[
			["ifVersion", "0"],
			["key", "k"],
		],
	]);
	expect(server.requests.map(({ body }) => body)).toEqual([undefined, undefined]);
});

test("an entry is a value with its version; one that is not set has the version 0", async () => {
	const server = new FakeServer();
	server.answer("GET /data", () => json({ data: { k: null }, versions: { k: 7 } }));
	const client = server.client();
	expect(await client.entry("k")).toEqual({ value: null, version: 7 });
	expect(await client.entry("toString")).toEqual({ value: undefined, version: 0 });
});

test("keys are listed by how they start, and in parts", async () => {
	const server = new FakeServer();
	const part = { data: { "draft/1": 1 }, versions: { "draft/1": 3 }, next: "draft/1" };
	server.answer("GET /data", () => json(part));
	const client = server.client();
	expect(await client.list({ prefix: "draft/", limit: 1 })).toEqual(part);
	await client.list({ prefix: "draft/", limit: 1, after: part.next });
	await client.list();
	expect(
		server.requests.map(({ search }) => Object.fromEntries(new URLSearchParams(search))),
	).toEqual([
		{ prefix: "draft/", limit: "1" },
		{ prefix: "draft/", limit: "1", after: "draft/1" },
		{},
	]);
});
