import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { codeOf, createApp, json, newEmail, origin, password, send, signUp } from "./helpers.js";

const app = createApp();
const kib = 1024;
const result = async (response: Response) => [response.status, await codeOf(response)];
const typed = { "content-type": "application/json" };

/** A body whose length nobody knows beforehand. */
function chunked(bytes: number): ReadableStream<Uint8Array> {
	let left = bytes;
	return new ReadableStream({
		pull(controller) {
			const size = Math.min(left, 16 * kib);
			if (size > 0) controller.enqueue(new Uint8Array(size).fill(0x20));
			else controller.close();
			left -= size;
		},
	});
}

describe("H1: too large a body", () => {
	const limits = [
		["/api/login", 64 * kib],
		["/data", (1024 + 16) * kib],
	] as const;
	for (const [path, limit] of limits) {
		test(`${path} takes ${limit} bytes and no more`, async () => {
			const { browser } = await signUp(app);
			const fill = (bytes: number) => `"${"x".repeat(bytes - 2)}"`;
			const post = (body: BodyInit, headers: Record<string, string> = {}) =>
				browser.fetch(path, { method: "POST", headers: { ...typed, ...headers }, body });
			expect(await result(await post(fill(limit)))).toEqual([400, "invalid_input"]);
			for (const headers of [
				{},
				{ "content-length": String(limit + 1) },
				{ "content-length": "5" },
			]) {
				expect(await result(await post(fill(limit + 1), headers))).toEqual([
					413,
					"payload_too_large",
				]);
			}
			const response = await post(chunked(limit + 1));
			expect(await result(response)).toEqual([413, "payload_too_large"]);
		});
	}

	test("the limits are options", async () => {
		const small = createApp({ bodyLimit: { auth: 100 } });
		const response = await send(small, "/api/login", json({ email: "x".repeat(100), password }));
		expect(await result(response)).toEqual([413, "payload_too_large"]);
	});
});

describe("H2: JSON that is none", () => {
	const bodies: Record<string, BodyInit> = {
		empty: "",
		"half an object": '{"email":',
		"a comment": "{} // x",
		"a single quote": "{'a':1}",
		"invalid UTF-8": new Uint8Array([0x22, 0xff, 0x22]),
		"10,000 deep": `{"email":${"[".repeat(10_000)}${"]".repeat(10_000)}}`,
	};
	for (const [name, body] of Object.entries(bodies)) {
		test(name, async () => {
			const response = await send(app, "/api/login", { method: "POST", headers: typed, body });
			expect(await response.json()).toEqual({
				error: "The body is not valid JSON.",
				code: "invalid_json",
			});
			expect(response.status).toBe(400);
		});
	}

	test("50,000 deep, where a large body is allowed", async () => {
		const { browser } = await signUp(app);
		for (const [open, close] of [
			["[", "]"],
			['{"a":', "}"],
		] as const) {
			const nested = `${open.repeat(50_000)}1${close.repeat(50_000)}`;
			const body = `{"key":"k","value":${nested}}`;
			const response = await browser.fetch("/data", { method: "POST", headers: typed, body });
			expect(await result(response)).toEqual([400, "invalid_json"]);
		}
	});

	test("in a handler of the developer's own it is the sender's fault too", async () => {
		const custom = createApp();
		custom.post("/echo", async (c) => c.json(await c.req.json()));
		const bad = await send(custom, "/echo", { method: "POST", headers: typed, body: "{" });
		expect(await result(bad)).toEqual([400, "invalid_json"]);
		expect(await (await send(custom, "/echo", json({ a: 1 }))).json()).toEqual({ a: 1 });
	});
});

describe("H3: content types", () => {
	const body = () => JSON.stringify({ email: newEmail(), password });
	const refused: Record<string, Record<string, string>> = {
		none: { "content-type": "" },
		text: { "content-type": "text/plain" },
		form: { "content-type": "application/x-www-form-urlencoded" },
		"like JSON": { "content-type": "application/jsonx" },
		"JSON in passing": { "content-type": "text/plain; application/json" },
		"JSON and more": { "content-type": "application/json, text/plain" },
		"UTF-16": { "content-type": "application/json; charset=utf-16" },
		gzip: { ...typed, "content-encoding": "gzip" },
	};
	for (const [name, headers] of Object.entries(refused)) {
		test(`${name}: 415`, async () => {
			const init = { method: "POST", headers, body: new TextEncoder().encode(body()) };
			const response = await send(app, "/api/signup", init);
			expect(await result(response)).toEqual([415, "unsupported_media_type"]);
		});
	}

	test("no type and no body: 415 where a body is needed, fine where it is not", async () => {
		const { browser } = await signUp(app);
		expect((await send(app, "/api/signup", { method: "POST" })).status).toBe(415);
		expect((await browser.post("/api/refresh")).status).toBe(200);
		expect((await browser.fetch("/api/logout", { method: "POST", headers: typed })).status).toBe(
			200,
		);
	});

	for (const type of [
		"application/json",
		"application/json; charset=utf-8",
		'Application/JSON;charset="UTF-8"',
	]) {
		test(`${type}: taken`, async () => {
			const init = { method: "POST", headers: { "content-type": type }, body: body() };
			expect((await send(app, "/api/signup", init)).status).toBe(200);
		});
	}
});

describe("H4: names that reach for prototypes", () => {
	const bodies = [
		'{"key":"k","value":1,"__proto__":{"polluted":1}}',
		'{"key":"k","value":{"__proto__":{"polluted":1}}}',
		'{"key":"k","value":{"\\u005f_proto__":{"polluted":1}}}',
		'{"key":"k","value":[{"a":{"__proto__":null}}]}',
		'{"key":"k","value":{"constructor":{"prototype":{"polluted":1}}}}',
	];
	for (const body of bodies) {
		test(body, async () => {
			const { browser } = await signUp(app);
			const response = await browser.fetch("/data", { method: "POST", headers: typed, body });
			expect(await result(response)).toEqual([400, "invalid_json"]);
			expect(Reflect.get({}, "polluted")).toBeUndefined();
			expect(await browser.json("/data")).toEqual({ data: {}, versions: {} });
		});
	}

	test("a constructor that is mere data is data", async () => {
		const { browser } = await signUp(app);
		const value = { constructor: "Ferrari", toString: 1, hasOwnProperty: [] };
		expect((await browser.post("/data", { key: "team", value })).status).toBe(200);
		expect(await browser.json("/data?key=team")).toMatchObject({ data: { team: value } });
	});

	test("of two values of one name the last counts, everywhere", async () => {
		const { browser } = await signUp(app);
		const body = '{"key":"a","key":"b","value":1,"value":2}';
		expect((await browser.fetch("/data", { method: "POST", headers: typed, body })).status).toBe(
			200,
		);
		expect(await browser.json("/data")).toMatchObject({ data: { b: 2 } });
	});

	for (const key of [
		"__proto__",
		"constructor",
		"prototype",
		"_userdo_kv",
		"__user",
		"",
		"\u0000",
	]) {
		test(`K1: the key ${JSON.stringify(key)} is refused`, async () => {
			const { browser } = await signUp(app);
			const posted = await browser.post("/data", { key, value: 1 });
			expect(await result(posted)).toEqual([400, "invalid_input"]);
			const read = await browser.fetch(`/data?key=${encodeURIComponent(key)}`);
			expect(await result(read)).toEqual([400, "invalid_input"]);
		});
	}
});

describe("H6: values of another type", () => {
	for (const email of [["a@example.com"], { $gt: "" }, 1, null, true, "", "no address"]) {
		test(`the email ${JSON.stringify(email)}`, async () => {
			for (const path of ["/api/signup", "/api/login", "/api/password-reset/request"]) {
				const response = await send(app, path, json({ email, password }));
				expect(response.status).toBe(400);
				const body = (await response.json()) as { code: string; issues: { path: string }[] };
				expect(body.code).toBe("invalid_input");
				expect(body.issues.map(({ path }) => path)).toContain("email");
			}
		});
	}

	for (const body of [[], null, "x", 1, true]) {
		test(`the whole body ${JSON.stringify(body)}`, async () => {
			const response = await send(app, "/api/login", json(body));
			expect(await result(response)).toEqual([400, "invalid_input"]);
		});
	}

	test("bad input never comes back in the answer", async () => {
		const canary = "canary-3f9c";
		const response = await send(app, "/api/signup", json({ email: canary, password: canary }));
		expect(await response.text()).not.toContain(canary);
		const short = await send(app, "/api/signup", json({ email: newEmail(), password: "c4n4ry" }));
		expect(await short.text()).not.toContain("c4n4ry");
	});

	test("a parameter that stands twice", async () => {
		const { browser } = await signUp(app);
		for (const path of ["/data?key=a&key=b", "/data?key=a&%6bey=b", "/api/me?x=1&x=1"]) {
			expect(await result(await browser.fetch(path))).toEqual([400, "invalid_input"]);
		}
		expect((await browser.fetch("/data?key=a&KEY=b")).status).toBe(200);
	});
});

describe("paths and methods", () => {
	test("an unknown path is 404, in any spelling", async () => {
		for (const path of [
			"/",
			"/api",
			"/api/",
			"/api/me/",
			"/API/ME",
			"/api//me",
			"/data/x",
			"/%64ata/",
		]) {
			expect(await result(await send(app, path)), path).toEqual([404, "not_found"]);
		}
	});

	const methods: Record<string, string> = {
		"/api/signup": "POST",
		"/api/login": "POST",
		"/api/logout": "POST",
		"/api/refresh": "POST",
		"/api/password-reset/request": "POST",
		"/api/password-reset/confirm": "POST",
		"/api/password/change": "POST",
		"/api/me": "GET, HEAD, DELETE",
		"/api/sessions": "GET, HEAD, DELETE",
		"/api/sessions/1": "DELETE",
		"/api/export": "GET, HEAD",
		"/api/ws": "GET, HEAD",
		"/api/batch": "POST",
		"/data": "GET, HEAD, POST, DELETE",
	};
	for (const [path, allow] of Object.entries(methods)) {
		test(`${path} takes ${allow}`, async () => {
			for (const method of ["GET", "POST", "PUT", "PATCH", "DELETE"]) {
				if (allow.includes(method)) continue;
				const response = await send(app, path, { method, headers: { origin } });
				expect(await result(response)).toEqual([405, "method_not_allowed"]);
				expect(response.headers.get("allow")).toBe(allow);
			}
		});
	}

	test("HEAD answers like GET, without a body", async () => {
		const { browser } = await signUp(app);
		const response = await browser.fetch("/api/me", { method: "HEAD", bindings: env });
		expect([response.status, await response.text()]).toEqual([200, ""]);
	});

	test("a route of the developer's own may take another method of a built-in path", async () => {
		const custom = createApp();
		custom.patch("/data", (c) => c.json({ mine: true }));
		const response = await send(custom, "/data", { method: "PATCH" });
		expect(await response.json()).toEqual({ mine: true });
	});
});
