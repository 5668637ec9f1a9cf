import { describe, expect, test } from "vitest";
import { collections } from "./collections.js";
import {
	type Browser,
	codeOf,
	cookies,
	createApp,
	evil,
	json,
	origin,
	send,
	signUp,
} from "./helpers.js";

const app = createApp({ collections }, "NOTEBOOK_DO");
const kib = 1024;
const typed = { "content-type": "application/json" };
const result = async (response: Response) => [response.status, await codeOf(response)];
const mutation = () => crypto.randomUUID();
const change = (method: string, body: unknown): RequestInit => ({ ...json(body), method });
const rowsOf = async (browser: Browser) =>
	(await browser.json<{ items: Record<string, unknown>[] }>("/api/posts")).items;

async function withRow() {
	const signedIn = await signUp(app);
	const { browser } = signedIn;
	await browser.post("/data", { key: "theme", value: "dark" });
	const row = (await (await browser.post("/api/posts", { title: "Hello" })).json()) as {
		id: string;
	};
	return { ...signedIn, row };
}

/** Every way to write, as its path, method and right body. */
const writes = (id: string): [name: string, path: string, method: string, body: unknown][] => [
	["create", "/api/posts", "POST", { title: "evil" }],
	["upsert", "/api/posts?on=slug,lang", "PUT", { title: "evil", slug: "a", lang: "b" }],
	["update", `/api/posts/${id}`, "PATCH", { title: "evil" }],
	["delete", `/api/posts/${id}`, "DELETE", undefined],
	[
		"batch",
		"/api/batch",
		"POST",
		{ operations: [{ op: "delete", mutation: mutation(), collection: "posts", id }] },
	],
	["delete key", "/data?key=theme", "DELETE", undefined],
];

describe("writes by another site's page are refused", () => {
	const form = { "content-type": "application/x-www-form-urlencoded" };
	const rows: [name: string, make: (body: unknown) => RequestInit][] = [
		["X1 urlencoded form", () => ({ headers: { ...form, origin: evil }, body: "title=evil" })],
		["X1 multipart form", () => ({ headers: { origin: evil }, body: new FormData() })],
		[
			"X2 text/plain that holds JSON",
			(body) => ({
				headers: { "content-type": "text/plain", origin: evil },
				body: JSON.stringify(body ?? {}),
			}),
		],
		[
			"X4 without an origin, told by Sec-Fetch-Site",
			() => ({ headers: { "sec-fetch-site": "cross-site" } }),
		],
		[
			"X5 application/json",
			(body) => ({ headers: { ...typed, origin: evil }, body: JSON.stringify(body ?? {}) }),
		],
		["X5 of a sandbox", () => ({ headers: { origin: "null", "sec-fetch-site": "cross-site" } })],
	];
	test.each(rows)("%s", async (_name, make) => {
		const { browser, row } = await withRow();
		for (const [name, path, method, body] of writes(row.id)) {
			const { headers, ...init } = make(body);
			const sent = new Headers(headers);
			sent.set("cookie", browser.cookie);
			const response = await send(app, path, { ...init, method, headers: sent });
			expect(await result(response), name).toEqual([403, "cross_site"]);
		}
		expect(await rowsOf(browser)).toEqual([row]);
		expect(await browser.json("/data")).toMatchObject({ data: { theme: "dark" } });
	});

	test("X3 nothing is changed by GET or HEAD", async () => {
		const { browser, row } = await withRow();
		for (const [name, path, method] of writes(row.id)) {
			const told = { "x-http-method-override": method, "x-method-override": method };
			for (const read of ["GET", "HEAD"]) {
				const address = `${path}${path.includes("?") ? "&" : "?"}_method=${method}`;
				const response = await browser.fetch(address, { method: read, headers: told });
				expect([400, 405, 200], name).toContain(response.status);
			}
		}
		expect(await rowsOf(browser)).toEqual([row]);
		expect(await browser.json("/data")).toMatchObject({ data: { theme: "dark" } });
	});

	test("X2 the same origin with another content type gets 415", async () => {
		const { browser, row } = await withRow();
		for (const [name, path, method, body] of writes(row.id)) {
			if (body === undefined) continue;
			for (const type of ["text/plain", form["content-type"], "application/json; charset=utf-16"]) {
				const headers = { "content-type": type };
				const init = { method, headers, body: JSON.stringify(body) };
				const response = await browser.fetch(path, init);
				expect(await result(response), `${name} ${type}`).toEqual([415, "unsupported_media_type"]);
			}
		}
		expect(await rowsOf(browser)).toEqual([row]);
	});

	test("a bearer token needs no origin", async () => {
		const { token, row } = await withRow();
		for (const [name, path, method, body] of writes(row.id)) {
			const headers = { ...typed, authorization: `Bearer ${token}`, origin: evil };
			const init = { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) };
			expect((await send(app, path, init)).status, name).toBe(200);
		}
	});
});

describe("what a query may say", () => {
	const union = "x') = ?) UNION SELECT name, json_object('leak',sql),1,1,1,1 FROM sqlite_master --";
	const where = (...conditions: unknown[]) =>
		`where=${encodeURIComponent(JSON.stringify(conditions))}`;
	const deep = (levels: number) =>
		Array.from({ length: levels }).reduce<unknown>(
			(inner) => ({ not: inner }),
			["title", "==", "a"],
		);
	const longText = "x".repeat(20_000);
	const many = (count: number) => Array.from({ length: count }, () => ["title", "==", "x"]);
	/** With the path of the issue, where one is promised. */
	const rows: [name: string, query: string, path?: string][] = [
		["S1 a field that is SQL", where([union, "==", 1])],
		["S1 a field that is SQL, inside of others", where({ or: [{ not: [union, "==", 1] }] })],
		["S1 a field of another table", where(["_userdo_account.password_hash", "is-null"])],
		["S1 a column of the table's own", where(["_created_at", ">", 0])],
		["S1 a place inside of a field that is SQL", where(["author.name') --", "==", 1])],
		["S1 a field that objects have", where(["__proto__", "==", 1])],
		["S1 a field that is none", where([["title"], "==", "a"])],
		["S1 a condition that claims to be Drizzle's", where({ getSQL: 1 }), "where"],
		["S1 one inside of others", where({ and: [{ getSQL: { queryChunks: ["1=1"] } }] }), "where"],
		["S1 a value that claims to be SQL", where(["title", "==", { queryChunks: ["1=1"] }])],
		["S2 an order that is SQL", "orderBy=title:asc%2C%20(select%201)"],
		["S2 a direction that is SQL", "orderBy=title:asc%20nulls%20last", "orderBy"],
		["S2 a field of an order that is SQL", "orderBy=(select%201):asc"],
		["S2 an order by what has none", "orderBy=tags"],
		["S2 an order by too many fields", `orderBy=${Array(17).fill("title").join()}`, "orderBy"],
		["S4 an operator that is none", where(["title", "= 1 or", 1])],
		["S4 an operator that objects have", where(["title", "constructor", 1])],
		["S4 an operator that is no text", where(["title", ["=="], 1])],
		["S4 a value of another type", where(["title", "==", { $gt: "" }])],
		["S4 a list where there is one value", where(["title", "==", ["a"]])],
		["S4 one value where there is a list", where(["title", "in", "a"])],
		["S4 a text as a number", where(["stars", ">", "1 or 1=1"])],
		["S4 a date that is none", where(["publishedAt", ">", "1 or 1=1"])],
		["S4 a bigint that is none", where(["views", "==", "1 or 1=1"])],
		["S4 half a character", where(["title", "==", "\ud800"])],
		["S4 a condition of four", where(["title", "==", "a", "b"]), "where"],
		["S4 a condition that is none", where("title"), "where"],
		["S4 a condition of nothing", where({}), "where"],
		["S4 two conditions in one", where({ and: many(1), or: many(1) })],
		["S4 an or of nothing", where({ or: [] })],
		["S6 more conditions than SQLite takes", where({ or: many(101) }), "where"],
		["S6 more of them, each by itself", where(...many(101)), "where"],
		["S6 conditions nested too deep", where(deep(12)), "where"],
		["S6 a where that is too long", where(["title", "==", longText]), "where"],
		["S6 an order that is too long", `orderBy=${longText}`, "orderBy"],
		["S6 a cursor that is too long", `after=${longText}`, "after"],
		["S6 a cursor that is another's", "after=WyJ4OmFzYyIsMV0"],
		["H2 a where that is no JSON", "where=%5B%27title%27%5D", "where"],
		["H2 a where that is half JSON", "where=%5B", "where"],
		["H2 an empty where", "where=", "where"],
		["H2 a where that is 5,000 deep", `where=${"[".repeat(5000)}${"]".repeat(5000)}`, "where"],
		[
			"H4 a where that reaches for a prototype",
			`where=${encodeURIComponent('[{"__proto__":{"and":[]}}]')}`,
			"where",
		],
		["H4 an unknown name", "__proto__=1", "__proto__"],
		["H6 two values of one name", `${where(["title", "==", "a"])}&where=[]`, "where"],
		["H6 a list of values", "where[]=title", "where[]"],
	];
	test.each(rows)("%s is refused", async (_name, query, path) => {
		const { browser, row } = await withRow();
		for (const address of [`/api/posts?${query}`, `/api/posts?count=true&${query}`]) {
			const response = await browser.fetch(address);
			expect(response.status).toBe(400);
			const text = await response.text();
			const { code, issues } = JSON.parse(text) as { code: string; issues: { path: string }[] };
			expect(code).toBe("invalid_input");
			if (path !== undefined) expect(issues.map((issue) => issue.path)).toContain(path);
			expect(text).not.toMatch(/SQLITE_|syntax error|near "|position \d|unexpected token/i);
			expect(text).not.toContain(longText);
		}
		expect(Reflect.get({}, "polluted")).toBeUndefined();
		expect(await rowsOf(browser)).toEqual([row]);
	});

	test("S4 the wildcards of SQL stand for themselves, in texts of any length", async () => {
		const { browser } = await signUp(app);
		const long = "%_".repeat(95);
		for (const title of ["a", "50 %", `x${long}`]) await browser.post("/api/posts", { title });
		const find = async (operator: string, text: string) => {
			const { items } = await browser.json<{ items: { title: string }[] }>(
				`/api/posts?orderBy=title&${where(["title", operator, text])}`,
			);
			return items.map(({ title }) => title);
		};
		expect(await find("includes", "%")).toEqual(["50 %", `x${long}`]);
		expect(await find("contains", long)).toEqual([`x${long}`]);
		expect(await find("starts-with", "%")).toEqual([]);
	});

	test("L1 a name that is an email address is in no refusal", async () => {
		const { browser } = await signUp(app);
		const name = "ann@example.com";
		const address = encodeURIComponent(name);
		for (const query of [
			`orderBy=${address}`,
			`where=${encodeURIComponent(JSON.stringify([[name, "==", 1]]))}`,
			`${address}=1`,
			`${address}=1&${address}=2`,
		]) {
			// What every answer is looked through for: see `send`.
			expect((await browser.fetch(`/api/posts?${query}`)).status).toBe(400);
		}
	});

	test("S1 an upsert is found by fields of a unique only", async () => {
		const { browser, row } = await withRow();
		for (const on of [
			union,
			"title",
			"id",
			"slug",
			"slug,lang,title",
			"_created_at",
			"__proto__",
			",",
		]) {
			const path = `/api/posts?on=${encodeURIComponent(on)}`;
			const body = { title: "b", slug: "a", lang: "b", id: row.id };
			const response = await browser.fetch(path, change("PUT", body));
			expect(await result(response), on).toEqual([400, "invalid_input"]);
			const operation = { op: "upsert", mutation: mutation(), collection: "posts", data: body };
			const batch = { operations: [{ ...operation, on: on.split(",") }] };
			expect((await browser.post("/api/batch", batch)).status, on).toBe(400);
		}
		expect(await rowsOf(browser)).toEqual([row]);
	});
});

describe("bodies", () => {
	/** A body whose length nobody knows beforehand. */
	function chunked(bytes: number): ReadableStream<Uint8Array> {
		let left = bytes;
		return new ReadableStream({
			pull(controller) {
				const size = Math.min(left, 64 * kib);
				if (size > 0) controller.enqueue(new Uint8Array(size).fill(0x20));
				else controller.close();
				left -= size;
			},
		});
	}

	const limits: [path: string, method: string, limit: number][] = [
		["/api/posts", "POST", (1024 + 16) * kib],
		["/api/posts?on=slug,lang", "PUT", (1024 + 16) * kib],
		["/api/posts/1", "PATCH", (1024 + 16) * kib],
		["/api/batch", "POST", 4 * 1024 * kib],
	];
	test.each(limits)("H1 %s %s takes %i bytes and no more", async (path, method, limit) => {
		const { browser } = await signUp(app);
		const fill = (bytes: number) => `"${"x".repeat(bytes - 2)}"`;
		const write = (body: BodyInit, headers: Record<string, string> = {}) =>
			browser.fetch(path, { method, headers: { ...typed, ...headers }, body });
		expect(await result(await write(fill(limit)))).toEqual([400, "invalid_input"]);
		for (const headers of [
			{},
			{ "content-length": String(limit + 1) },
			{ "content-length": "5" },
		]) {
			const response = await write(fill(limit + 1), headers);
			expect(await result(response)).toEqual([413, "payload_too_large"]);
		}
		expect(await result(await write(chunked(limit + 1)))).toEqual([413, "payload_too_large"]);
		// Nobody waits for the end of a body that is too large already.
		const endless = await write(chunked(Number.POSITIVE_INFINITY));
		expect(await result(endless)).toEqual([413, "payload_too_large"]);
	});

	test("H1 the limits are options", async () => {
		const small = createApp({ collections, bodyLimit: { data: 50, batch: 60 } }, "NOTEBOOK_DO");
		const { browser } = await signUp(small);
		const body = { title: "x".repeat(50) };
		for (const path of ["/api/posts", "/api/batch"]) {
			expect(await result(await browser.post(path, body))).toEqual([413, "payload_too_large"]);
		}
	});

	const bad: [name: string, make: (body: string) => BodyInit, code: string][] = [
		["H2 no JSON", () => "{'title':1}", "invalid_json"],
		["H2 invalid UTF-8", () => new Uint8Array([0x22, 0xff, 0x22]), "invalid_json"],
		[
			"H2 50,000 deep",
			() => `{"title":${"[".repeat(50_000)}${"]".repeat(50_000)}}`,
			"invalid_json",
		],
		["H4 __proto__", (body) => body.replace("{", '{"__proto__":{"polluted":1},'), "invalid_json"],
		[
			"H4 __proto__ in the field of a row",
			() => '{"title":{"\\u005f_proto__":{"polluted":1}},"operations":[]}',
			"invalid_json",
		],
		[
			"H4 constructor.prototype",
			(body) => body.replace("{", '{"constructor":{"prototype":{"polluted":1}},'),
			"invalid_json",
		],
		["H6 a list", () => "[]", "invalid_input"],
		["H6 null", () => "null", "invalid_input"],
		["H6 a text", () => '"title"', "invalid_input"],
	];
	test.each(bad)("%s is refused", async (_name, make, code) => {
		const { browser, row } = await withRow();
		for (const [name, path, method, body] of writes(row.id)) {
			if (body === undefined) continue;
			const init = { method, headers: typed, body: make(JSON.stringify(body)) };
			expect(await result(await browser.fetch(path, init)), name).toEqual([400, code]);
		}
		expect(Reflect.get({}, "polluted")).toBeUndefined();
		expect(await rowsOf(browser)).toEqual([row]);
	});

	test("H3 no body: 415 where a body is needed, fine where it is not", async () => {
		const { browser, row } = await withRow();
		expect((await browser.fetch("/api/batch", { method: "POST" })).status).toBe(415);
		const path = `/api/posts/${row.id}`;
		expect((await browser.fetch(path, { method: "DELETE" })).status).toBe(200);
		const gzip = { ...typed, "content-encoding": "gzip" };
		const packed = { method: "POST", headers: gzip, body: new Uint8Array([1]) };
		expect((await browser.fetch("/api/posts", packed)).status).toBe(415);
	});

	test("H4 of two values of one name the last counts", async () => {
		const { browser } = await signUp(app);
		const init = { method: "POST", headers: typed, body: '{"title":"a","title":"b"}' };
		expect(await (await browser.fetch("/api/posts", init)).json()).toMatchObject({ title: "b" });
	});

	test("S6 a row over 2 MB is refused wherever it comes, and nothing is written", async () => {
		const { browser } = await signUp(app);
		const tags = Array(3).fill("x".repeat(1_000_000));
		const operations = [
			{ op: "create", mutation: mutation(), collection: "posts", data: { title: "a" } },
			{ op: "create", mutation: mutation(), collection: "posts", data: { title: "b", tags } },
		];
		const response = await browser.post("/api/batch", { operations });
		expect(await result(response)).toEqual([413, "payload_too_large"]);
		expect(await rowsOf(browser)).toEqual([]);
	});
});

describe("M1 fields that are the table's own or nobody's", () => {
	const extra = {
		userId: "x",
		ownerId: "x",
		organizationId: "x",
		updatedAt: "2020-01-01T00:00:00.000Z",
	};
	const known = ["createdAt", "id", "stars", "tags", "title", "updatedAt", "views"];
	const id = "00000000-0000-7000-8000-000000000000";

	test("of a new row are ignored", async () => {
		const { browser } = await signUp(app);
		const data = { title: "a", id, createdAt: "2020-01-01T00:00:00.000Z", ...extra };
		const operations = [{ op: "create", mutation: mutation(), collection: "posts", data }];
		const made = await (await browser.post("/api/posts", data)).json();
		const batch = (await (await browser.post("/api/batch", { operations })).json()) as {
			results: { row: unknown }[];
		};
		const upserted = await browser.fetch(
			"/api/posts?on=slug,lang",
			change("PUT", { ...data, slug: "s", lang: "en" }),
		);
		for (const row of [made, batch.results[0]?.row, await upserted.json()]) {
			const found = row as Record<string, unknown>;
			expect(
				Object.keys(found)
					.filter((name) => !["slug", "lang"].includes(name))
					.sort(),
			).toEqual(known);
			expect(found.id).not.toBe(id);
			expect(String(found.createdAt) > "2020-01-02").toBe(true);
			expect(String(found.updatedAt) > "2020-01-02").toBe(true);
		}
	});

	test("of a patch are refused", async () => {
		const { browser, row } = await withRow();
		const patches = [
			{ userId: "y" },
			{ ownerId: "y" },
			{ organizationId: "y" },
			{ id },
			{ createdAt: "2020-01-01T00:00:00.000Z" },
			{ _created_at: 1 },
		];
		for (const patch of patches) {
			const name = JSON.stringify(patch);
			const response = await browser.fetch(`/api/posts/${row.id}`, change("PATCH", patch));
			expect(await result(response), name).toEqual([400, "invalid_input"]);
			const operation = { op: "update", mutation: mutation(), collection: "posts", id: row.id };
			const batch = await browser.post("/api/batch", { operations: [{ ...operation, patch }] });
			expect(await result(batch), name).toEqual([400, "invalid_input"]);
		}
		// As over the table itself, a row that was read before somebody changed it.
		const late = change("PATCH", { title: "b", updatedAt: "2020-01-01T00:00:00.000Z" });
		const response = await browser.fetch(`/api/posts/${row.id}`, late);
		expect(await result(response)).toEqual([409, "conflict"]);
		expect(await rowsOf(browser)).toEqual([row]);
	});
});

describe("A1 what is another's", () => {
	test("rows, keys and batches of Ann are nothing to Bob", async () => {
		const [ann, bob] = [await withRow(), await signUp(app)];
		const path = `/api/posts/${ann.row.id}`;
		expect((await bob.browser.fetch(path)).status).toBe(404);
		expect((await bob.browser.fetch(path, change("PATCH", { title: "b" }))).status).toBe(404);
		const deleted = await bob.browser.fetch(path, { method: "DELETE" });
		expect(await deleted.json()).toEqual({ ok: true, deleted: false });
		expect(await rowsOf(bob.browser)).toEqual([]);
		const key = await bob.browser.fetch("/data?key=theme", { method: "DELETE" });
		expect(await key.json()).toEqual({ ok: true, deleted: false });
		const update = { op: "update", mutation: mutation(), collection: "posts", id: ann.row.id };
		const operations = [{ ...update, patch: { title: "b" } }];
		expect((await bob.browser.post("/api/batch", { operations })).status).toBe(404);
		expect(await rowsOf(ann.browser)).toEqual([ann.row]);
		expect(await ann.browser.json("/data")).toMatchObject({ data: { theme: "dark" } });
	});

	test("a cursor and a mutation id of Ann's give Bob nothing of hers", async () => {
		const [ann, bob] = [await withRow(), await signUp(app)];
		const { pageInfo } = await ann.browser.json<{ pageInfo: { endCursor: string } }>("/api/posts");
		await bob.browser.post("/api/posts", { title: "Bob's" });
		const { items } = await bob.browser.json<{ items: { title: string }[] }>(
			`/api/posts?after=${pageInfo.endCursor}`,
		);
		expect(items.every(({ title }) => title === "Bob's")).toBe(true);
		const operations = [
			{ op: "create", mutation: mutation(), collection: "posts", data: { title: "once" } },
		];
		const answers = [ann, bob].map(async ({ browser }) => {
			const response = await browser.post("/api/batch", { operations });
			return (await response.json()) as { results: { row: { id: string } }[] };
		});
		const [first, second] = await Promise.all(answers);
		expect(first?.results[0]?.row.id).not.toBe(second?.results[0]?.row.id);
	});

	test("whose session has ended gets 401 by every way", async () => {
		const { browser, row } = await withRow();
		const cookie = `${cookies.access}=${browser.jar.get(cookies.access)}`;
		await browser.post("/api/logout");
		const headers = { cookie, origin };
		for (const [name, path, method, body] of writes(row.id)) {
			const init = { ...(body === undefined ? {} : json(body)), method };
			const response = await send(app, path, {
				...init,
				headers: { ...typed, ...headers },
			});
			expect(await result(response), name).toEqual([401, "unauthorized"]);
		}
		expect((await send(app, "/api/posts", { headers })).status).toBe(401);
	});
});

describe("K1 keys that reach for what is internal", () => {
	const keys = [
		"__proto__",
		"__user",
		"__rl",
		"constructor",
		"prototype",
		"_userdo_kv",
		"",
		"\u0000",
		"x".repeat(3 * kib),
	];
	test.each(keys.map((key) => [JSON.stringify(key).slice(0, 20), key]))(
		"%s",
		async (_name, key) => {
			const { browser } = await signUp(app);
			const address = `/data?key=${encodeURIComponent(key)}`;
			expect(await result(await browser.fetch(address))).toEqual([400, "invalid_input"]);
			const deleted = await browser.fetch(address, { method: "DELETE" });
			expect(await result(deleted)).toEqual([400, "invalid_input"]);
			for (const operation of [
				{ op: "set-key", mutation: mutation(), key, value: 1 },
				{ op: "delete-key", mutation: mutation(), key },
			]) {
				const response = await browser.post("/api/batch", { operations: [operation] });
				const body = (await response.json()) as { code: string; issues: { path: string }[] };
				expect([response.status, body.code]).toEqual([400, "invalid_input"]);
				expect(body.issues.map(({ path }) => path)).toContain("operations.0.key");
			}
			expect(await browser.json("/data")).toEqual({ data: {}, versions: {} });
		},
	);
});
