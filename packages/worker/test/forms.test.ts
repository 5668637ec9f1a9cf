import fc from "fast-check";
import { type Context, Hono } from "hono";
import { describe, expect, test } from "vitest";
import {
	authRoutes,
	formRoutes,
	onError,
	originGuard,
	readFormError,
	session,
	type UserDOEnv,
} from "../src/index.js";
import { toLocalPath } from "../src/local-path.js";
import { hostile } from "./attacks-on-rows.js";
import {
	Browser,
	codeOf,
	cookies,
	createApp,
	evil,
	json,
	newEmail,
	origin,
	password,
	send,
	signUp,
} from "./helpers.js";
import { createMailing, reset, tokenIn, verify } from "./mail.js";

const app = createApp({ forms: formRoutes() });
const type = "application/x-www-form-urlencoded";

const form = (fields: Record<string, string> | string, headers: Record<string, string> = {}) => ({
	method: "POST",
	headers: { "content-type": type, ...headers },
	body: new URLSearchParams(fields).toString(),
});

/** Sends a form and tells where the answer leads. */
async function submit(browser: Browser, path: string, fields: Record<string, string> = {}) {
	const response = await browser.fetch(path, form(fields));
	expect([response.status, await response.text()]).toEqual([303, ""]);
	return response.headers.get("location") ?? "";
}

async function refused(response: Response, status: number, code: string) {
	expect([response.status, await codeOf(response)]).toEqual([status, code]);
	expect(response.headers.get("location")).toBeNull();
}

const isSignedIn = async (browser: Browser) => (await browser.fetch("/api/me")).status === 200;

/** D1: what looks like a path, and leads elsewhere or into the header. */
const elsewhere = [
	"//evil.example",
	"///evil.example",
	"/\\evil.example",
	"\\\\evil.example",
	"/.//evil.example",
	"/..//evil.example",
	"/a/..//evil.example",
	"/%2e//evil.example",
	"/%2e%2e//evil.example",
	"/a//evil.example",
	"https:evil.example",
	"https://evil.example",
	"https://app.example.com@evil.example",
	`${origin}/`,
	"javascript:alert(1)",
	"data:text/html,x",
	"evil.example",
	"?a=b",
	"#a",
	"",
	" /",
	"/ ",
	"\t//evil.example",
	"/\t/evil.example",
	"/%09/evil.example",
	"/%0d%0aset-cookie:a=b",
	"/\r\nset-cookie: a=b",
	"/%2f/evil.example",
	"/%5cevil.example",
	"/\u0000",
	"/\u2028/evil.example",
	"/\u202e",
	`/${"a".repeat(2048)}`,
];

describe("without the option", () => {
	test("bodies are JSON alone", async () => {
		const strict = createApp();
		const { browser, email } = await signUp(strict);
		for (const path of ["/api/login", "/api/signup", "/api/password-reset/request"]) {
			await refused(
				await browser.fetch(path, form({ email, password })),
				415,
				"unsupported_media_type",
			);
		}
		const asDelete = form({ _method: "DELETE", password });
		await refused(await browser.fetch("/api/me", asDelete), 405, "method_not_allowed");
		await refused(await browser.fetch("/api/sessions", asDelete), 405, "method_not_allowed");
		expect(await isSignedIn(browser)).toBe(true);
		await refused(await browser.fetch("/api/logout", form({})), 415, "unsupported_media_type");
	});
});

describe("the attacks", () => {
	test("X1, X4: a form on another site's page does nothing, with cookies and without", async () => {
		const { browser, email } = await signUp(app);
		const from: Record<string, string>[] = [
			{ origin: evil },
			{ origin: evil, "sec-fetch-site": "cross-site" },
			{ origin: "https://sub.app.example.com", "sec-fetch-site": "same-site" },
			{ origin, "sec-fetch-site": "cross-site" },
			{ origin: "null" },
			{ origin: "null", "sec-fetch-site": "cross-site" },
		];
		const forms: [string, Record<string, string>][] = [
			["/api/logout", {}],
			["/api/login", { email, password }],
			["/api/signup", { email: newEmail(), password }],
			["/api/me", { _method: "DELETE", password }],
			["/api/sessions", { _method: "DELETE" }],
			["/api/password/change", { oldPassword: password, newPassword: "another horse" }],
			["/api/password-reset/request", { email }],
			["/api/email-verification/request", {}],
		];
		for (const headers of from) {
			for (const [path, fields] of forms) {
				const response = await browser.fetch(path, form(fields, headers));
				expect(response.headers.getSetCookie()).toEqual([]);
				await refused(response, 403, "cross_site");
			}
		}
		const stranger = form({ email, password }, { "sec-fetch-site": "cross-site" });
		await refused(await send(app, "/api/login", stranger), 403, "cross_site");
		expect(await isSignedIn(browser)).toBe(true);
		expect(await submit(new Browser(app), "/api/login", { email, password })).toBe("/");
	});

	test("Origin: null is a form of the same origin only where the browser says so", async () => {
		const { email } = await signUp(app);
		const headers = { origin: "null", "sec-fetch-site": "same-origin" };
		const response = await send(app, "/api/login", form({ email, password }, headers));
		expect(response.status).toBe(303);
	});

	test("D1: no field leads to another origin, and nothing is done for a form that tries", async () => {
		const { browser, email } = await signUp(app);
		for (const path of elsewhere) {
			for (const field of ["_next", "_back"]) {
				const other = new Browser(app);
				const response = await other.fetch("/api/login", form({ email, password, [field]: path }));
				expect(response.headers.getSetCookie(), path).toEqual([]);
				const { issues } = await response.clone().json<{ issues: unknown }>();
				expect(issues).toMatchObject([{ path: field }]);
				await refused(response, 400, "invalid_input");
				await refused(
					await browser.fetch("/api/logout", form({ [field]: path })),
					400,
					"invalid_input",
				);
			}
		}
		expect(await isSignedIn(browser)).toBe(true);
	});

	test("D1: whatever passes for a path of the app stays there", () => {
		const part = fc.constantFrom(
			"/",
			"\\",
			".",
			"..",
			"%2e",
			"%2f",
			"@",
			":",
			"?",
			"#",
			"evil",
			"\t",
		);
		const text = fc.oneof(
			hostile,
			fc.array(part, { maxLength: 8 }).map((parts) => parts.join("")),
		);
		let passed = 0;
		fc.assert(
			fc.property(text, fc.boolean(), (text, isBare) => {
				const path = toLocalPath(isBare ? text : `/${text}`);
				if (path === undefined) return;
				passed++;
				expect(path).toMatch(/^\/(?!\/)[\x21-\x7e]*$/);
				expect(new URL(path, `${origin}/api/login`).origin).toBe(origin);
				expect(toLocalPath(path)).toBe(path);
			}),
			{ numRuns: 5000 },
		);
		expect(passed).toBeGreaterThan(0);
	});

	test("D1: nor does the option", () => {
		for (const path of elsewhere) {
			for (const page of [{ next: path }, { back: path }]) {
				const create = () => formRoutes({ pages: { "POST /api/login": page } });
				expect(create, path).toThrow(expect.objectContaining({ code: "misconfigured" }));
			}
		}
		const unknown = { "GET /api/me": { next: "/" } };
		expect(() => formRoutes({ pages: unknown as object })).toThrow(/formRoutes/);
		for (const forms of [true, {}, null, formRoutes]) {
			const create = () => createApp({ forms: forms as never });
			expect(create).toThrow(expect.objectContaining({ code: "misconfigured" }));
		}
	});

	test("a method is changed by nothing but its field, and to nothing but the endpoint's", async () => {
		const { browser } = await signUp(app);
		for (const method of ["GET", "PUT", "delete", "DELETE ", "", "PATCH"]) {
			const posted = form({ _method: method, password });
			await refused(await browser.fetch("/api/me", posted), 400, "invalid_input");
		}
		await refused(await browser.fetch("/api/me", form({ password })), 405, "method_not_allowed");
		const asDelete = form({ _method: "DELETE" });
		await refused(await browser.fetch("/api/logout", asDelete), 400, "invalid_input");
		const header = form({ password }, { "x-http-method-override": "DELETE" });
		await refused(await browser.fetch("/api/me", header), 405, "method_not_allowed");
		const body = json({ _method: "DELETE", password });
		await refused(await browser.fetch("/api/me", body), 405, "method_not_allowed");
		await refused(
			await browser.fetch("/api/me?_method=DELETE", json({})),
			405,
			"method_not_allowed",
		);
		expect((await browser.fetch("/api/me?_method=DELETE&password=x")).status).toBe(200);
		expect(await isSignedIn(browser)).toBe(true);
	});

	test.each([
		["parseBody", (c: Context) => c.req.parseBody()],
		["the request itself", async (c: Context) => Object.fromEntries(await c.req.raw.formData())],
	])(
		"a form without the field is left to a route of one's own, which reads it by %s",
		async (_, read) => {
			const own = createApp({ forms: formRoutes() }, "CHEAP_DO");
			own.post("/api/me", async (c) => c.json(await read(c)));
			const { browser } = await signUp(own);
			for (const fields of [{ nick: "Ada & co" }, { nick: "Ada & co", _method: "POST" }]) {
				const response = await browser.fetch("/api/me", form(fields));
				expect([response.status, await response.json()]).toEqual([200, fields]);
			}
			expect(await isSignedIn(browser)).toBe(true);
			expect(await submit(browser, "/api/me", { _method: "DELETE", password })).toBe("/");
			expect(await isSignedIn(browser)).toBe(false);
		},
	);

	test("H1, H3: other types, other encodings and large bodies are refused", async () => {
		const browser = new Browser(app);
		const fields = { email: newEmail(), password };
		const data = new FormData();
		for (const [name, value] of Object.entries(fields)) data.set(name, value);
		const multipart = { method: "POST", body: data };
		await refused(await browser.fetch("/api/signup", multipart), 415, "unsupported_media_type");
		for (const headers of [
			{ "content-type": `${type}; charset=utf-16` },
			{ "content-type": "text/plain" },
			{ "content-encoding": "gzip" },
		]) {
			const response = await browser.fetch("/api/signup", form(fields, headers));
			await refused(response, 415, "unsupported_media_type");
		}
		const large = form({ ...fields, x: "a".repeat(64 * 1024) });
		await refused(await browser.fetch("/api/signup", large), 413, "payload_too_large");
		const chunks = new Response(large.body).body;
		const streamed = { ...large, body: chunks, duplex: "half" };
		await refused(await browser.fetch("/api/signup", streamed), 413, "payload_too_large");
		expect(browser.jar.size).toBe(0);
	});

	test("H4, H6: no field twice, no bytes that are no text, no prototype, nothing that only we set", async () => {
		const browser = new Browser(app);
		const email = newEmail();
		const mail = encodeURIComponent(email);
		const post = (body: string) => browser.fetch("/api/signup", { ...form({}), body });
		for (const body of [
			`email=${mail}&password=correct+horse&email=${mail}`,
			`email=${mail}&password=correct+horse&_next=/&_next=/b`,
			`email=${mail}&password=correct+horse%ff`,
			`email=${mail}&password=correct+horse%ed%a0%80`,
			`email=${mail}&password=correct+horse%`,
			`email=${mail}&password=correct+horse&%zz=1`,
		]) {
			await refused(await post(body), 400, "invalid_input");
		}
		const raw = new Uint8Array([
			...new TextEncoder().encode(`email=${mail}&password=correct+horse`),
			255,
		]);
		await refused(
			await browser.fetch("/api/signup", { ...form({}), body: raw }),
			400,
			"invalid_input",
		);
		expect(await submit(browser, "/api/signup", { email, password, ["__proto__"]: "x" })).toBe(
			"/?error=invalid_json",
		);
		expect(browser.jar.size).toBe(0);
		await submit(browser, "/api/signup", { email, password, emailVerified: "true", role: "admin" });
		expect(await browser.json("/api/me")).toMatchObject({ user: { email, emailVerified: false } });
	});

	test("nothing that was typed stands in an address", async () => {
		const { email } = await signUp(app);
		for (const [path, fields] of [
			["/api/login", { email, password: "not the password" }],
			["/api/login", { email: "ada@nowhere", password: "not the password" }],
			["/api/signup", { email, password }],
			["/api/signup", { email: "ada", password: "secret" }],
			["/api/login", { "ada@example.com": "secret", email: "" }],
			["/api/password-reset/confirm", { token: "eyJsecret", newPassword: "correct horse" }],
		] as [string, Record<string, string>][]) {
			const location = await submit(new Browser(app), path, fields);
			expect(location).toMatch(/^\/\?error=[a-z_]+(&field=[a-zA-Z]+)*$/);
			expect(location).not.toMatch(/@|%40|ada|secret|horse/);
		}
	});

	test("B1: forms run into the limits as JSON does", async () => {
		const browser = new Browser(app);
		for (let count = 0; count < 5; count++) {
			// An account has limits of its own.
			const fields = { email: newEmail(), password };
			expect(await submit(browser, "/api/login", fields)).toBe("/?error=invalid_credentials");
			expect((await browser.post("/api/login", fields)).status).toBe(401);
		}
		const fields = { email: newEmail(), password };
		expect(await submit(browser, "/api/login", fields)).toMatch(
			/^\/\?error=rate_limited&retryAfter=[1-9]\d*$/,
		);
		const response = await browser.fetch("/api/login", form(fields));
		// It would tell when to follow the redirect.
		expect(response.headers.get("retry-after")).toBeNull();
	});

	test("E1: a form does not tell who has an account", async () => {
		const { app } = createMailing({}, "MY_APP_DO", { forms: formRoutes() });
		const { email } = await signUp(app);
		for (const path of ["/api/login", "/api/password-reset/request"]) {
			const fields = { password: "not the password" };
			const known = await submit(new Browser(app), path, { ...fields, email });
			expect(await submit(new Browser(app), path, { ...fields, email: newEmail() })).toBe(known);
		}
	});

	test("programs are not redirected, and no token of a body gets lost", async () => {
		const { email, token } = await signUp(app);
		const bearer = { authorization: `Bearer ${token}` };
		const change = form({ oldPassword: password, newPassword: "another horse" }, bearer);
		await refused(await send(app, "/api/password/change", change), 415, "unsupported_media_type");
		const login = form({ email, password }, { "x-userdo-tokens": "body" });
		await refused(await send(app, "/api/login", login), 415, "unsupported_media_type");
	});
});

describe("a person without script", () => {
	test("signs up, out and in, and is led on", async () => {
		const browser = new Browser(app);
		const email = newEmail();
		const fields = { email, password, _next: "/notes?new=1#top", _back: "/sign-up" };
		expect(await submit(browser, "/api/signup", { ...fields, password: "short" })).toBe(
			"/sign-up?error=invalid_input&field=password",
		);
		expect(await submit(browser, "/api/signup", fields)).toBe("/notes?new=1#top");
		expect(await isSignedIn(browser)).toBe(true);
		expect(await submit(browser, "/api/logout", { _next: "/bye" })).toBe("/bye");
		expect(browser.jar.size).toBe(0);
		expect(await submit(browser, "/api/logout")).toBe("/?error=unauthorized");
		expect(await submit(browser, "/api/login", fields)).toBe("/notes?new=1#top");
		expect(browser.jar.get(cookies.access)).toBeDefined();
	});

	test("may also be a script: JSON goes on as ever", async () => {
		const { browser, email } = await signUp(app);
		await refused(
			await browser.post("/api/login", { email, password: "wrong" }),
			401,
			"invalid_credentials",
		);
		expect((await browser.post("/api/login", { email, password })).status).toBe(200);
		expect(
			(await browser.fetch("/api/me", { ...json({ password }), method: "DELETE" })).status,
		).toBe(200);
	});

	test("ends sessions: another one, all others, and the own one", async () => {
		const { browser, email } = await signUp(app);
		const others = [new Browser(app), new Browser(app)];
		for (const other of others) await submit(other, "/api/login", { email, password });
		type Listed = { sessions: { id: string; current: boolean }[] };
		const list = async () => (await browser.json<Listed>("/api/sessions")).sessions;
		const [foreign] = (await list()).filter(({ current }) => !current);
		const fields = { _method: "DELETE", _next: "/account", _back: "/account#sessions" };
		expect(await submit(browser, `/api/sessions/${foreign?.id}`, fields)).toBe("/account");
		expect(await list()).toHaveLength(2);
		expect(await submit(browser, `/api/sessions/${foreign?.id}`, fields)).toBe(
			"/account?error=not_found#sessions",
		);
		expect(await submit(browser, "/api/sessions/x", fields)).toBe(
			"/account?error=invalid_input&field=id#sessions",
		);
		expect(await submit(browser, "/api/sessions", fields)).toBe("/account");
		expect(await Promise.all(others.map(isSignedIn))).toEqual([false, false]);
		const [own] = await list();
		await submit(browser, `/api/sessions/${own?.id}`, fields);
		expect(browser.jar.size).toBe(0);
		expect(await submit(browser, "/api/sessions", fields)).toBe(
			"/account?error=unauthorized#sessions",
		);
	});

	test("changes the password and goes on under new tokens", async () => {
		const { browser, email, token } = await signUp(app);
		const fields = {
			oldPassword: "wrong",
			newPassword: "another horse",
			_back: "/account?form=password",
		};
		expect(await submit(browser, "/api/password/change", fields)).toBe(
			"/account?form=password&error=wrong_password&field=oldPassword",
		);
		await submit(browser, "/api/password/change", { ...fields, oldPassword: password });
		expect(browser.jar.get(cookies.access)).not.toBe(token);
		expect(await isSignedIn(browser)).toBe(true);
		await submit(new Browser(app), "/api/login", { email, password: "another horse" });
	});

	test("deletes the account", async () => {
		const { browser, email } = await signUp(app);
		const fields = { _method: "DELETE", password: "wrong", _next: "/bye" };
		expect(await submit(browser, "/api/me", fields)).toBe("/?error=wrong_password&field=password");
		expect(await submit(browser, "/api/me", { ...fields, password })).toBe("/bye");
		expect(browser.jar.size).toBe(0);
		expect(await submit(browser, "/api/login", { email, password })).toBe(
			"/?error=invalid_credentials",
		);
	});
});

test("mailed links hold their token in the query where the option says so, and forms post it", async () => {
	const { app, mails, about } = createMailing({ tokenIn: "query" }, "MY_APP_DO", {
		forms: formRoutes(),
	});
	const { browser, email } = await signUp(app);
	expect(about(verify)[0]?.text).toContain(`${origin}/verify?token=ey`);
	const token = tokenIn(about(verify)[0]);
	const stranger = new Browser(app);
	expect(await submit(stranger, "/api/email-verification/confirm", { token })).toBe(
		"/?error=wrong_password&field=password",
	);
	expect(await submit(browser, "/api/email-verification/confirm", { token })).toBe("/");
	expect(await browser.json("/api/me")).toMatchObject({ user: { emailVerified: true } });
	expect(await submit(browser, "/api/email-verification/request")).toBe("/");

	await submit(stranger, "/api/password-reset/request", { email, _next: "/sent" });
	const fields = { token: tokenIn(about(reset)[0]), _back: "/reset", _next: "/done" };
	const confirm = (newPassword: string) =>
		submit(stranger, "/api/password-reset/confirm", { ...fields, newPassword });
	expect(await confirm("short")).toBe("/reset?error=invalid_input&field=newPassword");
	expect(await confirm("another horse battery")).toBe("/done");
	expect(await confirm("another horse battery")).toBe("/reset?error=invalid_token");
	expect(await isSignedIn(browser)).toBe(false);
	expect(mails.every(({ text }) => !text.includes("#token="))).toBe(true);
});

test("a sign-up that waits for its mail says so, whether the address is free or taken", async () => {
	const { app } = createMailing({}, "CLUB_DO", { forms: formRoutes() });
	const fields = { email: newEmail(), password, _next: "/welcome" };
	for (let times = 0; times < 2; times++) {
		const browser = new Browser(app);
		expect(await submit(browser, "/api/signup", fields)).toBe("/welcome?verification=sent");
		expect(browser.jar.size).toBe(0);
	}
});

test("each endpoint has pages of its own where the option says so", async () => {
	const pages = { "POST /api/login": { next: "/notes", back: "/sign-in?from=form" } };
	const told = createApp({ forms: formRoutes({ pages }) });
	const { email } = await signUp(told);
	const browser = new Browser(told);
	expect(await submit(browser, "/api/login", { email, password })).toBe("/notes");
	expect(await submit(browser, "/api/login", { email, password: "wrong" })).toBe(
		"/sign-in?from=form&error=invalid_credentials",
	);
	const own = { email, password, _next: "/b" };
	expect(await submit(browser, "/api/login", own)).toBe("/b");
	expect(await submit(browser, "/api/logout")).toBe("/");
});

test("the parts do the same, below another path, and leave routes of one's own alone", async () => {
	const parts = new Hono<UserDOEnv>().onError(onError);
	parts.use(originGuard(), session({ binding: "MY_APP_DO" }));
	parts.route("/v1", formRoutes({ pages: { "POST /api/signup": { next: "/in" } } }));
	parts.route("/v1", authRoutes());
	parts.post("/v1/api/sessions/:id", async (c) => c.json({ length: (await c.req.text()).length }));
	const browser = new Browser(parts);
	expect(await submit(browser, "/v1/api/signup", { email: newEmail(), password })).toBe("/in");
	// Larger than what a form may be.
	const response = await browser.post("/v1/api/sessions/x", { text: "a".repeat(100_000) });
	expect(await response.json()).toEqual({ length: 100_011 });
});

describe("what the page of a form is told", () => {
	const page = new Hono().get("/", (c) => {
		const error = readFormError(c);
		return c.json(error ? { ...error, message: error.message } : null);
	});
	const read = async (query: string) => (await page.request(`/?${query}`)).json();

	test("is the error's code, its fields and when to try again", async () => {
		expect(await read("")).toBeNull();
		expect(await read("error=invalid_input&field=email&field=password")).toMatchObject({
			code: "invalid_input",
			status: 400,
			issues: [{ path: "email" }, { path: "password" }],
		});
		expect(await read("error=rate_limited&retryAfter=7")).toMatchObject({ retryAfter: 7 });
	});

	test("is nothing that somebody has made up", async () => {
		expect(await read("error=%3Cscript%3E")).toBeNull();
		expect(await read("error=toString")).toBeNull();
		const made = await read(
			"error=forbidden&field=%3Cb%3E&field=a@b.example&retryAfter=-1&message=x",
		);
		expect(made).toEqual({
			name: "UserDOError",
			code: "forbidden",
			status: 403,
			message: "This is not allowed.",
		});
	});
});
