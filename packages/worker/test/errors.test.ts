import { env } from "cloudflare:workers";
import { isUserDOError, UserDOError } from "@userdo/contracts/errors";
import { HTTPException } from "hono/http-exception";
import { describe, expect, test, vi } from "vitest";
import { getUserDOFromContext } from "../src/index.js";
import { Browser, createApp, json, newEmail, password, send, signUp } from "./helpers.js";
import type { MyAppDO } from "./my-app-do.js";

const app = createApp();
const userDO = (c: Parameters<typeof getUserDOFromContext>[0]) =>
	getUserDOFromContext<MyAppDO>(c, c.get("user")?.email ?? "");

app.get("/fail", async (c) => c.json(await userDO(c).fail()));
app.get("/caught", async (c) => {
	const error = await userDO(c)
		.fail()
		.catch((error: Error) => error);
	return c.json({ name: error.name, message: error.message });
});
app.get("/boom", () => {
	throw new TypeError("secret-canary at line 1\n    at secret-canary (x:1:1)");
});
app.get("/teapot", () => {
	throw new HTTPException(418, { message: "short and stout" });
});
app.get("/slow-down", () => {
	throw new UserDOError("rate_limited", { retryAfter: 1.5 });
});
app.get("/invalid", async (c) => {
	// Not what the schema asks for: the object refuses.
	return c.json(await userDO(c).createPost(1 as unknown as string, "content"));
});
app.get("/schema/:table", (c) => {
	const path = `${c.req.param("table")}.content`;
	const issues = [{ path, message: "The type of this field changed from text to real." }];
	throw new UserDOError("misconfigured", { issues });
});
app.get("/page", (c) => c.html("<script>1</script>"));

test("a refused change of a schema is told with its table and field, for each table once", async () => {
	const log = vi.spyOn(console, "error").mockImplementation(() => {});
	for (const table of ["posts", "tags", "posts"]) {
		expect((await send(app, `/schema/${table}`)).status).toBe(500);
	}
	const fault = "The type of this field changed from text to real.";
	expect(log.mock.calls).toEqual([
		[`UserDO: misconfigured. posts.content: ${fault}`],
		[`UserDO: misconfigured. tags.content: ${fault}`],
	]);
});

describe("L2: an error that nobody expected", () => {
	const cases = { "/boom": "TypeError", "/fail": "RangeError" };
	for (const [path, name] of Object.entries(cases)) {
		test(`${path} answers a bare 500, and one line of the log has its id`, async () => {
			const { browser, email, token } = await signUp(app);
			const log = vi.spyOn(console, "error").mockImplementation(() => {});
			const response = await browser.fetch(`${path}?q=secret-canary`);
			expect(response.status).toBe(500);
			const { requestId, ...rest } = (await response.json()) as Record<string, unknown>;
			expect(rest).toEqual({ error: expect.any(String), code: "internal_error" });
			expect(log).toHaveBeenCalledTimes(1);
			const line = String(log.mock.calls[0]?.[0]);
			expect(line).not.toContain("\n");
			expect(JSON.parse(line)).toEqual({
				message: "UserDO: internal error",
				requestId,
				route: `GET ${path}`,
				error: name,
				at: expect.arrayContaining([expect.stringMatching(/^at /)]),
			});
			for (const secret of [email, token, "canary"]) expect(line).not.toContain(secret);
		});
	}

	test("development shows its text as well", async () => {
		const log = vi.spyOn(console, "error").mockImplementation(() => {});
		await send(app, "/boom", { bindings: { ...env, USERDO_DEV: "1" } });
		expect(JSON.parse(String(log.mock.calls[0]?.[0]))).toMatchObject({
			text: expect.stringContaining("secret-canary"),
		});
	});

	test("an error of the mail sender is told, and the answer is as ever", async () => {
		const email = {
			from: "app@example.com",
			baseUrl: "https://app.example.com/reset",
			send: async () => {
				throw new TypeError("no route to canary@example.com");
			},
		};
		const mailing = createApp({ email });
		const user = await signUp(createApp());
		const log = vi.spyOn(console, "error").mockImplementation(() => {});
		const response = await send(
			mailing,
			"/api/password-reset/request",
			json({ email: user.email }),
		);
		expect(await response.json()).toEqual({ ok: true });
		expect(log).toHaveBeenCalledTimes(1);
		expect(String(log.mock.calls[0]?.[0])).toContain("TypeError");
		expect(String(log.mock.calls[0]?.[0])).not.toMatch(/canary|token|eyJ/);
	});
});

describe("errors that somebody expected", () => {
	test("the developer's own come back with name and message", async () => {
		const { browser } = await signUp(app);
		expect(await browser.json("/caught")).toEqual({
			name: "RangeError",
			message: "out of ink: canary-in-a-message",
		});
	});

	test("an HTTPException answers for itself", async () => {
		const response = await send(app, "/teapot");
		expect([response.status, await response.text()]).toEqual([418, "short and stout"]);
	});

	test("a UserDOError becomes its status; retryAfter a header in whole seconds", async () => {
		const response = await send(app, "/slow-down");
		expect([response.status, response.headers.get("retry-after")]).toEqual([429, "2"]);
		expect(await response.json()).toMatchObject({ code: "rate_limited", retryAfter: 1.5 });
	});

	test("what the object refuses is a 400 that names the field", async () => {
		const { browser } = await signUp(app);
		const response = await browser.fetch("/invalid");
		expect(response.status).toBe(400);
		expect(await response.json()).toMatchObject({
			code: "invalid_input",
			issues: [{ path: "title" }],
		});
	});

	test("a method that is not there is 404", async () => {
		const custom = createApp();
		custom.get("/missing", async (c) => {
			const remote = getUserDOFromContext(c, c.get("user")?.email ?? "") as unknown as {
				nothing(): Promise<unknown>;
			};
			return c.json(await remote.nothing().catch((error) => ({ known: isUserDOError(error) })));
		});
		const { browser } = await signUp(custom);
		expect(await browser.json("/missing")).toEqual({ known: true });
	});
});

describe("L3: headers", () => {
	const headers = {
		"cache-control": "no-store",
		"content-security-policy": "default-src 'none'; frame-ancestors 'none'",
		"content-type": "application/json",
		"referrer-policy": "no-referrer",
		"strict-transport-security": "max-age=31536000",
		"x-content-type-options": "nosniff",
	};

	test("every answer of the built-in routes has them, errors included", async () => {
		const { browser, email } = await signUp(app);
		const log = vi.spyOn(console, "error").mockImplementation(() => {});
		const answers = [
			await browser.fetch("/api/me"),
			await browser.fetch("/data"),
			await browser.post("/data", { key: "k", value: 1 }),
			await browser.post("/api/login", { email, password }),
			await browser.post("/api/refresh"),
			await browser.post("/api/logout"),
			await browser.fetch("/api/me"),
			await browser.post("/api/login", { email: newEmail(), password }),
			await browser.post("/api/login", {}),
			await browser.post("/api/login", {}, { origin: "https://evil.example" }),
			await browser.fetch("/api/login"),
			await browser.fetch("/nowhere"),
			await browser.fetch("/boom"),
			await browser.fetch("/api/ws"),
		];
		expect(log).toHaveBeenCalledTimes(1);
		expect(answers.map(({ status }) => status)).toEqual([
			200, 200, 200, 200, 200, 200, 401, 401, 400, 403, 405, 404, 500, 426,
		]);
		for (const response of answers) {
			expect(Object.fromEntries(response.headers)).toMatchObject(headers);
		}
	});

	test("a page of the developer's own has none of them", async () => {
		const response = await send(app, "/page");
		expect([...response.headers.keys()]).toEqual(["content-type"]);
	});

	test("line breaks in a header or an address reach no log and no header", async () => {
		const email = `${crypto.randomUUID()}@example.com\r\nx-injected: 1`;
		const response = await send(app, "/api/login", json({ email, password }));
		expect(response.status).toBe(400);
		expect(response.headers.has("x-injected")).toBe(false);
		const browser = new Browser(app);
		const agent = "a\tb".repeat(1000);
		const body = { email: newEmail(), password };
		expect((await browser.post("/api/signup", body, { "user-agent": agent })).status).toBe(200);
	});
});
