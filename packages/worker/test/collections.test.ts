import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { getUserDO } from "../src/index.js";
import { collections, type NotebookDO } from "./collections.js";
import { Browser, codeOf, createApp, json, listen, origin, signUp, upgrade } from "./helpers.js";

const app = createApp({ collections }, "NOTEBOOK_DO");

interface Row extends Record<string, unknown> {
	id: string;
	title: string;
	updatedAt: string;
}
interface List {
	items: Row[];
	pageInfo: { hasNextPage: boolean; endCursor: string | null };
	snapshot: { epoch: string; seq: number };
	kinds?: Record<string, string>;
}

const query = (parameters: Record<string, unknown>) =>
	new URLSearchParams(
		Object.entries(parameters).map(([name, value]) => [
			name,
			typeof value === "string" ? value : JSON.stringify(value),
		]),
	);

/** A browser of somebody new, with rows in it. */
async function withPosts(...posts: Record<string, unknown>[]) {
	const { browser, email, id } = await signUp(app);
	const rows: Row[] = [];
	for (const post of posts) rows.push(await (await browser.post("/api/posts", post)).json());
	const list = (parameters: Record<string, unknown> = {}) =>
		browser.json<List>(`/api/posts?${query(parameters)}`);
	const titles = async (parameters: Record<string, unknown>) =>
		(await list(parameters)).items.map(({ title }) => title);
	return { browser, email, id, rows, list, titles };
}

const change = (method: string, body?: unknown): RequestInit =>
	body === undefined ? { method } : { ...json(body), method };

describe("a collection", () => {
	test("creates, reads, lists, changes, replaces and deletes rows", async () => {
		const { browser, list } = await withPosts();
		const empty = await list();
		expect(empty).toEqual({
			items: [],
			pageInfo: { hasNextPage: false, endCursor: null },
			snapshot: { epoch: expect.any(String), seq: expect.any(Number) },
		});

		const response = await browser.post("/api/posts", {
			title: "Hello",
			views: "12345678901234567890",
			publishedAt: "2026-01-02T03:04:05.678Z",
		});
		expect(response.status).toBe(200);
		expect(response.headers.get("cache-control")).toBe("no-store");
		expect(response.headers.get("x-content-type-options")).toBe("nosniff");
		const made: Row = await response.json();
		expect(made).toEqual({
			id: expect.any(String),
			title: "Hello",
			stars: 0,
			views: "12345678901234567890",
			publishedAt: "2026-01-02T03:04:05.678Z",
			tags: [],
			createdAt: expect.stringMatching(/^\d{4}-.*Z$/),
			updatedAt: expect.stringMatching(/^\d{4}-.*Z$/),
		});
		expect(await browser.json(`/api/posts/${made.id}`)).toEqual(made);
		const after = await list();
		expect(after.items).toEqual([made]);
		expect(after.snapshot.seq).toBeGreaterThan(empty.snapshot.seq);

		const changed = await browser.fetch(
			`/api/posts/${made.id}`,
			change("PATCH", { stars: 2, publishedAt: null }),
		);
		const { publishedAt: _, ...others } = made;
		expect([changed.status, await changed.json()]).toEqual([
			200,
			{ ...others, stars: 2, updatedAt: expect.any(String) },
		]);

		const upsert = (title: string) =>
			browser.fetch("/api/posts?on=slug,lang", change("PUT", { title, slug: "s", lang: "en" }));
		const first: Row = await (await upsert("one")).json();
		const second: Row = await (await upsert("two")).json();
		expect(second).toMatchObject({ id: first.id, title: "two", slug: "s", lang: "en" });

		for (const deleted of [true, false]) {
			const gone = await browser.fetch(`/api/posts/${made.id}`, change("DELETE"));
			expect([gone.status, await gone.json()]).toEqual([200, { ok: true, deleted }]);
		}
		expect((await list()).items.map(({ id }) => id)).toEqual([first.id]);
	});

	test("is filtered by all conditions, sorted by several fields, and read in pages", async () => {
		const { titles, list } = await withPosts(
			{ title: "a", stars: 1, lang: "en", slug: "1" },
			{ title: "b", stars: 2, lang: "de", slug: "2" },
			{ title: "c", stars: 2, lang: "en", slug: "3" },
			{ title: "d", stars: 3, lang: "en", slug: "4", tags: ["x"], author: { name: "Ada" } },
		);
		const where = [
			["stars", ">=", 2],
			["lang", "==", "en"],
		];
		expect(await titles({ where, orderBy: "title" })).toEqual(["c", "d"]);
		expect(await titles({ where: [], orderBy: "stars:desc,title:asc" })).toEqual([
			"d",
			"b",
			"c",
			"a",
		]);
		expect(
			await titles({ where: [{ or: [["title", "==", "a"], { not: ["stars", "<", 3] }] }] }),
		).toEqual(["a", "d"]);
		expect(await titles({ where: [["tags", "contains", "x"]] })).toEqual(["d"]);
		expect(await titles({ where: [["author.name", "==", "Ada"]] })).toEqual(["d"]);
		expect(await titles({ where: [["title", "in", ["a", "c"]]], orderBy: "title:desc" })).toEqual([
			"c",
			"a",
		]);

		const found: string[] = [];
		let after: string | null = null;
		do {
			const page: List = await list({
				orderBy: "stars:desc,title",
				limit: 3,
				...(after !== null && { after }),
			});
			found.push(...page.items.map(({ title }) => title));
			after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
		} while (after !== null);
		expect(found).toEqual(["d", "b", "c", "a"]);
	});

	test("takes dates and bigints as text, and says which fields are compared as such", async () => {
		const { list } = await withPosts(
			{ title: "old", views: "9", publishedAt: "2026-01-01T00:00:00.000Z" },
			{ title: "new", views: "10", publishedAt: "2026-01-01T00:00:00.001Z" },
		);
		const late = await list({ where: [["publishedAt", ">", "2026-01-01T00:00:00.000Z"]] });
		expect(late.items.map(({ title }) => title)).toEqual(["new"]);
		expect(late.kinds).toEqual({ publishedAt: "date" });
		const many = await list({
			where: [{ not: ["views", "in", ["9"]] }],
			orderBy: "views,createdAt",
		});
		expect(many.items.map(({ title }) => title)).toEqual(["new"]);
		expect(many.kinds).toEqual({ views: "bigint", createdAt: "date" });
		expect((await list({ orderBy: "title" })).kinds).toBeUndefined();
	});

	test("answers fifty rows unless asked for others, at most a thousand", async () => {
		const { email, list } = await withPosts();
		const posts = Array.from({ length: 51 }, (_, n) => ({ title: `${n}` }));
		await getUserDO<NotebookDO>(env.NOTEBOOK_DO, email).collections.posts.createMany(posts);
		const page = await list();
		expect([page.items.length, page.pageInfo.hasNextPage]).toEqual([50, true]);
		expect((await list({ limit: 1000 })).items).toHaveLength(51);
	});

	test("counts", async () => {
		const { browser } = await withPosts({ title: "a" }, { title: "b" });
		const { snapshot } = await browser.json<List>("/api/posts");
		expect(await browser.json("/api/posts?count=true")).toEqual({ count: 2, snapshot });
		const where = [["title", "==", "b"]];
		expect(await browser.json(`/api/posts?${query({ where, count: "true" })}`)).toEqual({
			count: 1,
			snapshot,
		});
	});

	test("is changed only as it was read, where the client says when that was", async () => {
		const { browser, rows } = await withPosts({ title: "a" });
		const [{ id = "", updatedAt = "" } = {}] = rows;
		const patch = (title: string) =>
			browser.fetch(`/api/posts/${id}?ifUpdatedAt=${updatedAt}`, change("PATCH", { title }));
		expect((await patch("b")).status).toBe(200);
		const late = await patch("c");
		expect([late.status, await codeOf(late)]).toEqual([409, "conflict"]);
		expect(await browser.json(`/api/posts/${id}`)).toMatchObject({ title: "b" });
	});

	test("tells sockets of each change, and its lists where they stand in the log", async () => {
		const { browser, list } = await withPosts();
		const { snapshot } = await list();
		const socket = listen(await upgrade(app, "/api/ws", { cookie: browser.cookie, origin }));
		const hello = await socket.next(({ type }) => type === "hello");
		expect(hello).toMatchObject({ epoch: snapshot.epoch, seq: snapshot.seq });
		const made = await (await browser.post("/api/posts", { title: "a" })).json();
		const { changes, to } = await socket.next(({ type }) => type === "changes");
		expect(changes).toMatchObject([{ event: "table:posts", data: { type: "create", data: made } }]);
		expect((await list()).snapshot).toEqual({ epoch: snapshot.epoch, seq: to });
	});

	test("answers HEAD as GET, without a body", async () => {
		const { browser, rows } = await withPosts({ title: "a" });
		for (const path of ["/api/posts", `/api/posts/${rows[0]?.id}`, "/api/posts?count=true"]) {
			const response = await browser.fetch(path, { method: "HEAD" });
			expect([response.status, await response.text()]).toEqual([200, ""]);
		}
		const none = await browser.fetch("/api/posts/none", { method: "HEAD" });
		expect(none.status).toBe(404);
	});

	test("has ids of any spelling", async () => {
		const { browser } = await signUp(app);
		for (const id of ["a/b", "ü?&=#", "%41", "A", "__proto__", " ", "count"]) {
			const path = `/api/places/${encodeURIComponent(id)}`;
			expect((await browser.post("/api/places", { id, name: id })).status).toBe(200);
			expect(await browser.json(path)).toMatchObject({ id, name: id });
			expect(await (await browser.fetch(path, change("DELETE"))).json()).toEqual({
				ok: true,
				deleted: true,
			});
		}
	});
});

describe("what is exposed", () => {
	test("to be read is listed and read, and not written: 405 with Allow", async () => {
		const { browser, email } = await signUp(app);
		const report = await getUserDO<NotebookDO>(env.NOTEBOOK_DO, email).createReport("all is well");
		const { items } = await browser.json<List>("/api/reports");
		expect(items).toMatchObject([{ id: report.id, text: "all is well" }]);
		expect(await browser.json(`/api/reports/${report.id}`)).toEqual(items[0]);
		expect((await browser.fetch("/api/reports", { method: "HEAD" })).status).toBe(200);
		for (const [method, path] of [
			["POST", "/api/reports"],
			["PUT", "/api/reports?on=text"],
			["PATCH", `/api/reports/${report.id}`],
			["DELETE", `/api/reports/${report.id}`],
		] as const) {
			const response = await browser.fetch(path, change(method, { text: "changed" }));
			expect([response.status, await codeOf(response)]).toEqual([405, "method_not_allowed"]);
			expect(response.headers.get("allow")).toBe("GET, HEAD");
		}
		expect(await browser.json<List>("/api/reports")).toMatchObject({ items });
	});

	test("not at all is not found, as what there is not", async () => {
		const { browser } = await signUp(app);
		const answers: string[] = [];
		for (const name of ["secrets", "nothing", "Posts", "constructor", "__proto__", "toString"]) {
			for (const path of [`/api/${name}`, `/api/${name}/1`]) {
				for (const method of ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]) {
					const body = ["GET", "HEAD"].includes(method) ? undefined : { text: "x" };
					const response = await browser.fetch(path, change(method, body));
					expect([response.status, response.headers.get("allow")], path).toEqual([404, null]);
					answers.push(method === "HEAD" ? "" : await response.text());
				}
			}
		}
		expect([...new Set(answers)]).toEqual(['{"error":"Not found.","code":"not_found"}', ""]);
	});

	const methods = {
		"/api/posts": "GET, HEAD, POST, PUT",
		"/api/posts/1": "GET, HEAD, PATCH, DELETE",
	};
	for (const [path, allow] of Object.entries(methods)) {
		test(`${path} takes ${allow}`, async () => {
			const { browser } = await signUp(app);
			for (const method of ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PURGE"]) {
				if (allow.includes(method)) continue;
				const response = await browser.fetch(path, { method });
				expect([response.status, await codeOf(response)]).toEqual([405, "method_not_allowed"]);
				expect(response.headers.get("allow")).toBe(allow);
			}
		});
	}

	test("needs a session, before anything is said about the input", async () => {
		const anybody = new Browser(app);
		for (const [method, path] of [
			["GET", "/api/posts?where=x"],
			["HEAD", "/api/posts?where=x"],
			["GET", "/api/posts/1"],
			["POST", "/api/posts"],
			["PUT", "/api/posts"],
			["PATCH", "/api/posts/1"],
			["DELETE", "/api/posts/1"],
			["GET", "/api/reports"],
		] as const) {
			expect((await anybody.fetch(path, { method })).status, `${method} ${path}`).toBe(401);
		}
	});

	test("is of one user alone", async () => {
		const ann = await withPosts({ title: "Ann's" });
		const bob = await withPosts({ title: "Bob's" });
		expect(await ann.titles({})).toEqual(["Ann's"]);
		expect(await bob.titles({})).toEqual(["Bob's"]);
	});
});

describe("a collection refuses", () => {
	const one = { title: "a" };
	const cases: [name: string, request: [string, RequestInit?], status: number, path: string][] = [
		["a field that is missing", ["/api/posts", json({})], 400, "title"],
		["a value of another type", ["/api/posts", json({ title: 1 })], 400, "title"],
		["a value inside of a field", ["/api/posts", json({ ...one, author: {} })], 400, "author.name"],
		[
			"a date that is none",
			["/api/posts", json({ ...one, publishedAt: "soon" })],
			400,
			"publishedAt",
		],
		["a bigint that is none", ["/api/posts", json({ ...one, views: "1.5" })], 400, "views"],
		["a patch of nothing there is", ["/api/posts/1", change("PATCH", { x: 1 })], 400, "x"],
		["an upsert by nothing", ["/api/posts", change("PUT", one)], 400, "on"],
		["an upsert by no unique", ["/api/posts?on=title", change("PUT", one)], 400, "on"],
		[
			"a time that is none",
			["/api/posts/1?ifUpdatedAt=now", change("PATCH", one)],
			400,
			"ifUpdatedAt",
		],
		["an id that is too long", [`/api/posts/${"x".repeat(513)}`], 400, "id"],
		["a where that is no JSON", ["/api/posts?where=title"], 400, "where"],
		["a where that is no list", ["/api/posts?where={}"], 400, "where"],
		["a count by a where that is none", ["/api/posts?count=true&where=x"], 400, "where"],
		["a count that is none", ["/api/posts?count=1"], 400, "count"],
		["an order that is none", ["/api/posts?orderBy=title:up"], 400, "orderBy"],
		["an empty order", ["/api/posts?orderBy="], 400, "orderBy"],
		["a limit of nothing", ["/api/posts?limit=0"], 400, "limit"],
		["a limit above 1000", ["/api/posts?limit=1001"], 400, "limit"],
		["a limit that is none", ["/api/posts?limit=1e2"], 400, "limit"],
		["a cursor that is none", ["/api/posts?after=x"], 400, "after"],
		["a parameter that there is not", ["/api/posts?filter=x"], 400, "filter"],
		["a parameter in another spelling", ["/api/posts?orderby=title"], 400, "orderby"],
		["a parameter that stands twice", ["/api/posts?limit=1&limit=2"], 400, "limit"],
		["a parameter of a list with a row", ["/api/posts/1?limit=1"], 400, "limit"],
		["a parameter with a new row", ["/api/posts?x=1", json(one)], 400, "x"],
		["a parameter with a row's end", ["/api/posts/1?x=1", change("DELETE")], 400, "x"],
		["a page of a count", ["/api/posts?count=true&limit=1"], 400, "limit"],
	];
	test.each(cases)("%s", async (_name, [path, init], status, issue) => {
		const { browser } = await withPosts();
		const response = await browser.fetch(path, init);
		const body = (await response.json()) as { code: string; issues: { path: string }[] };
		expect([response.status, body.code]).toEqual([status, "invalid_input"]);
		expect(body.issues.map(({ path }) => path)).toContain(issue);
		expect(response.headers.get("cache-control")).toBe("no-store");
	});

	test("a row that there is not: 404; one like another: 409", async () => {
		const { browser } = await withPosts({ title: "a", slug: "s", lang: "en" });
		for (const request of [undefined, change("PATCH", { title: "b" })]) {
			const missing = await browser.fetch("/api/posts/none", request);
			expect([missing.status, await codeOf(missing)]).toEqual([404, "not_found"]);
		}
		const again = await browser.post("/api/posts", { title: "b", slug: "s", lang: "en" });
		expect([again.status, await codeOf(again)]).toEqual([409, "conflict"]);
	});
});
