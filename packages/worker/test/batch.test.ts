import { env } from "cloudflare:workers";
import type { Operation } from "@userdo/contracts";
import { describe, expect, test } from "vitest";
import { getUserDO } from "../src/index.js";
import { collections, type NotebookDO } from "./collections.js";
import { codeOf, createApp, json, listen, origin, send, signUp, upgrade } from "./helpers.js";

const app = createApp({ collections }, "NOTEBOOK_DO");
const mutation = () => crypto.randomUUID();

interface BatchAnswer {
	results: { row?: Record<string, unknown>; deleted?: boolean; version?: number }[];
	snapshot: { epoch: string; seq: number };
}

async function start() {
	const signedIn = await signUp(app);
	const { browser } = signedIn;
	const batch = (...operations: Operation[]) => browser.post("/api/batch", { operations });
	const titles = async () => {
		const { items } = await browser.json<{ items: { title: string }[] }>(
			"/api/posts?orderBy=title",
		);
		return items.map(({ title }) => title);
	};
	return { ...signedIn, batch, titles };
}

const create = (title: string, id = mutation()): Operation => ({
	op: "create",
	mutation: id,
	collection: "posts",
	data: { title },
});

describe("a batch", () => {
	test("writes rows and keys in order, and says what came of each", async () => {
		const { browser, batch } = await start();
		const made = (await (await browser.post("/api/posts", { title: "a" })).json()) as {
			id: string;
			updatedAt: string;
		};
		const response = await batch(
			{
				op: "update",
				mutation: mutation(),
				collection: "posts",
				id: made.id,
				patch: { title: "b", publishedAt: "2026-01-01T00:00:00.000Z" },
				ifUpdatedAt: made.updatedAt,
			},
			{
				op: "upsert",
				mutation: mutation(),
				collection: "posts",
				data: { title: "c", slug: "s", lang: "en", views: "9007199254740993" },
				on: ["slug", "lang"],
			},
			{ op: "set-key", mutation: mutation(), key: "k", value: { a: [1] }, ifVersion: 0, ttl: 60 },
			{ op: "set-key", mutation: mutation(), key: "k", value: 2 },
			{ op: "delete-key", mutation: mutation(), key: "k" },
			{ op: "delete", mutation: mutation(), collection: "posts", id: made.id },
			{ op: "delete", mutation: mutation(), collection: "posts", id: made.id },
		);
		expect(response.status).toBe(200);
		expect(response.headers.get("cache-control")).toBe("no-store");
		const { results, snapshot } = (await response.json()) as BatchAnswer;
		expect(results).toMatchObject([
			{ row: { id: made.id, title: "b", publishedAt: "2026-01-01T00:00:00.000Z" } },
			{ row: { title: "c", views: "9007199254740993" } },
			{ version: expect.any(Number) },
			{ version: expect.any(Number) },
			{ deleted: true },
			{ deleted: true },
			{ deleted: false },
		]);
		const list = await browser.json<{ items: unknown[]; snapshot: unknown }>("/api/posts");
		expect(list.items).toEqual([results[1]?.row]);
		expect(list.snapshot).toEqual(snapshot);
	});

	test("is done whole or not at all, and the error names its place", async () => {
		const { browser, batch, titles } = await start();
		const response = await batch(
			create("a"),
			{ op: "set-key", mutation: mutation(), key: "k", value: 1 },
			{ op: "create", mutation: mutation(), collection: "posts", data: { title: 1 } },
		);
		const { code, issues } = (await response.json()) as { code: string; issues: object[] };
		expect([response.status, code]).toEqual([400, "invalid_input"]);
		expect(issues).toMatchObject([{ path: "operations.2.data.title" }]);
		expect(await titles()).toEqual([]);
		expect(await browser.json("/data")).toEqual({ data: {}, versions: {} });
	});

	test("that is sent again is done once; its id with another write is a conflict", async () => {
		const { batch, titles } = await start();
		const operations = [create("a"), create("b")];
		const [first, second] = [await batch(...operations), await batch(...operations)];
		const answer = (await first.json()) as BatchAnswer;
		expect(((await second.json()) as BatchAnswer).results).toEqual(answer.results);
		expect(await titles()).toEqual(["a", "b"]);
		const other = await batch(create("c"), create("d", operations[0]?.mutation));
		expect([other.status, await codeOf(other)]).toEqual([409, "conflict"]);
		expect(await titles()).toEqual(["a", "b"]);
	});

	test("tells sockets of each change, with the id of its write", async () => {
		const { browser, batch } = await start();
		const socket = listen(await upgrade(app, "/api/ws", { cookie: browser.cookie, origin }));
		await socket.next(({ type }) => type === "hello");
		const [row, key] = [mutation(), mutation()];
		const response = await batch(create("a", row), {
			op: "set-key",
			mutation: key,
			key: "k",
			value: 1,
		});
		const { snapshot } = (await response.json()) as BatchAnswer;
		const frame = await socket.next(({ type }) => type === "changes");
		expect(frame.changes).toMatchObject([
			{ event: "table:posts", mutation: row },
			{ event: "kv:k", mutation: key },
		]);
		expect(frame.to).toBe(snapshot.seq);
	});
});

describe("a batch is refused", () => {
	const report = { op: "create", collection: "reports", data: { text: "a" } } as const;

	test("where a collection is not exposed: 404, before anything is done", async () => {
		const { batch, titles } = await start();
		for (const collection of ["secrets", "nothing", "__proto__", "constructor", "Posts"]) {
			for (const operation of [
				{ op: "create", data: { text: "a" } },
				{ op: "upsert", data: { text: "a" }, on: ["text"] },
				{ op: "update", id: "1", patch: { text: "a" } },
				{ op: "delete", id: "1" },
			] as const) {
				const write = { ...operation, mutation: mutation(), collection } as Operation;
				const response = await batch(create("a"), write);
				const { code, issues } = (await response.json()) as { code: string; issues: object[] };
				expect([response.status, code], collection).toEqual([404, "not_found"]);
				expect(issues).toMatchObject([{ path: "operations.1.collection" }]);
			}
		}
		expect(await titles()).toEqual([]);
	});

	test("where a collection can only be read: 403, before anything is done", async () => {
		const { browser, batch, email, titles } = await start();
		const made = await getUserDO<NotebookDO>(env.NOTEBOOK_DO, email).createReport("first");
		for (const operation of [
			report,
			{ op: "update", collection: "reports", id: made.id, patch: { text: "b" } },
			{ op: "delete", collection: "reports", id: made.id },
		] as const) {
			const response = await batch(create("a"), {
				...operation,
				mutation: mutation(),
			} as Operation);
			const { code, issues } = (await response.json()) as { code: string; issues: object[] };
			expect([response.status, code]).toEqual([403, "forbidden"]);
			expect(issues).toMatchObject([{ path: "operations.1.collection" }]);
		}
		expect(await titles()).toEqual([]);
		expect(await browser.json("/api/reports")).toMatchObject({ items: [{ text: "first" }] });
	});

	test("without a session", async () => {
		const response = await send(app, "/api/batch", json({ operations: "x" }));
		expect([response.status, await codeOf(response)]).toEqual([401, "unauthorized"]);
	});

	const bodies: [name: string, operations: unknown, path: string][] = [
		["no operations", [], "operations"],
		["51 operations", Array.from({ length: 51 }, () => create("a")), "operations"],
		["no list", { 0: create("a") }, "operations"],
		["no mutation id", [{ ...create("a"), mutation: undefined }], "operations.0.mutation"],
		[
			"an unknown operation",
			[create("a"), { op: "drop", mutation: "12345678" }],
			"operations.1.op",
		],
		["no data", [{ ...create("a"), data: undefined }], "operations.0.data"],
		[
			"a lifetime of nothing",
			[{ op: "set-key", mutation: "12345678", key: "k", value: 1, ttl: 0 }],
			"operations.0.ttl",
		],
	];
	test.each(bodies)("%s", async (_name, operations, path) => {
		const { browser } = await start();
		const response = await browser.post("/api/batch", { operations });
		const body = (await response.json()) as { code: string; issues: { path: string }[] };
		expect([response.status, body.code]).toEqual([400, "invalid_input"]);
		expect(body.issues.map((issue) => issue.path)).toContain(path);
	});

	test("by another method: 405", async () => {
		const { browser } = await start();
		for (const method of ["GET", "PUT", "PATCH", "DELETE"]) {
			const response = await browser.fetch("/api/batch", { method });
			expect([response.status, response.headers.get("allow")]).toEqual([405, "POST"]);
		}
	});

	test("a key whose version is another: 409, with its place", async () => {
		const { batch } = await start();
		const response = await batch(create("a"), {
			op: "set-key",
			mutation: mutation(),
			key: "k",
			value: 1,
			ifVersion: 7,
		});
		const { code, issues } = (await response.json()) as {
			code: string;
			issues: { path: string }[];
		};
		expect([response.status, code]).toEqual([409, "conflict"]);
		expect(issues[0]?.path).toMatch(/^operations\.1\./);
	});
});
