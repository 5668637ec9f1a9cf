import { env } from "cloudflare:workers";
import { endpoints } from "@userdo/contracts";
import { objectName } from "@userdo/core/identity";
import { decodeJwt } from "jose";
import { describe, expect, expectTypeOf, test, vi } from "vitest";
import {
	createUserDOWorker,
	createWebSocketHandler,
	type EmailMessage,
	type EmailOptions,
	getUserDO,
	getUserDOFromContext,
	session,
	type WorkerOptions,
} from "../src/index.js";
import { collections } from "./collections.js";
import {
	codeOf,
	cookies,
	jarOf,
	json,
	listen,
	newAddress,
	newEmail,
	password,
	send,
	spyOnNamespaces,
	upgrade,
} from "./helpers.js";
import { tokenIn } from "./mail.js";
import type { MyAppDO } from "./my-app-do.js";
import { createTenantApp, hostOf, signUpAt, TenantBrowser, tenant } from "./tenants.js";

const app = createTenantApp();
const handler = createWebSocketHandler("MY_APP_DO", { tenant });

app.get("/who", async (c) => {
	const user = c.get("user");
	if (!user) return c.json({ tenant: c.get("tenant") }, 401);
	const userDO = getUserDOFromContext<MyAppDO>(c, user.email, "MY_APP_DO");
	await userDO.createPost(String(c.get("tenant")), "");
	return c.json({ tenant: c.get("tenant"), posts: (await userDO.getPosts()).length });
});

/** The same email with both tenants. */
async function signUpTwice() {
	const email = newEmail();
	const [acme, beta] = [await signUpAt(app, "acme", email), await signUpAt(app, "beta", email)];
	const token = (jar: ReadonlyMap<string, string>, kind: keyof typeof cookies) =>
		jar.get(cookies[kind]) ?? "";
	return { email, acme, beta, token };
}

describe("one email with two tenants", () => {
	test("is two users, in two objects, with keys, rows and own routes apart", async () => {
		const notebook = createTenantApp({ collections }, "NOTEBOOK_DO");
		const email = newEmail();
		const acme = await signUpAt(notebook, "acme", email);
		const beta = await signUpAt(notebook, "beta", email);
		expect(acme.id).not.toBe(beta.id);
		expect(acme.id).toBe(env.NOTEBOOK_DO.idFromName(objectName(email, "acme")).toString());

		await acme.browser.post("/data", { key: "theme", value: "dark" });
		await acme.browser.post("/api/posts", { title: "Of Acme" });
		const operation = { op: "create", collection: "places", data: { id: "a", name: "A" } };
		const batch = await acme.browser.post("/api/batch", {
			operations: [{ ...operation, mutation: crypto.randomUUID() }],
		});
		expect(batch.status).toBe(200);
		expect(await acme.browser.json("/data")).toMatchObject({ data: { theme: "dark" } });
		expect(await acme.browser.json("/api/places")).toMatchObject({ items: [{ name: "A" }] });

		expect(await beta.browser.json("/data")).toMatchObject({ data: {} });
		expect(await beta.browser.json("/api/posts")).toMatchObject({ items: [] });
		expect(await beta.browser.json("/api/places")).toMatchObject({ items: [] });
	});

	test("has two passwords, sessions of its own, and leaves one tenant without the other", async () => {
		const { email, acme, beta } = await signUpTwice();
		const change = { oldPassword: password, newPassword: "another horse battery" };
		expect((await acme.browser.post("/api/password/change", change)).status).toBe(200);
		const login = (name: string, secret: string) =>
			new TenantBrowser(app, name).post("/api/login", { email, password: secret });
		expect((await login("beta", password)).status).toBe(200);
		expect((await login("beta", change.newPassword)).status).toBe(401);
		expect((await login("acme", change.newPassword)).status).toBe(200);

		const { sessions } = await beta.browser.json<{ sessions: object[] }>("/api/sessions");
		expect(sessions).toHaveLength(2);
		const gone = { ...json({ password: change.newPassword }), method: "DELETE" };
		expect((await acme.browser.fetch("/api/me", gone)).status).toBe(200);
		expect((await beta.browser.fetch("/api/me")).status).toBe(200);
	});

	test("a route of the developer's own gets the tenant's user and its name", async () => {
		const { acme, beta } = await signUpTwice();
		await acme.browser.json("/who");
		expect(await acme.browser.json("/who")).toEqual({ tenant: "acme", posts: 2 });
		expect(await beta.browser.json("/who")).toEqual({ tenant: "beta", posts: 1 });
		const nobody = await new TenantBrowser(app, "beta").fetch("/who");
		expect([nobody.status, await nobody.json()]).toEqual([401, { tenant: "beta" }]);
	});
});

describe("what one tenant has given is nothing to another", () => {
	test("cookies and bearer tokens, which name the tenant as their audience", async () => {
		const { acme, token } = await signUpTwice();
		const { jar } = acme.browser;
		for (const kind of ["access", "refresh"] as const) {
			expect(decodeJwt(token(jar, kind)).aud).toBe("MY_APP_DO/acme");
		}
		const { calls, bindings } = spyOnNamespaces();
		const stolen = new TenantBrowser(app, "beta", jar);
		expect((await stolen.fetch("/api/me", { bindings })).status).toBe(401);
		expect((await stolen.fetch("/data", { bindings })).status).toBe(401);
		expect((await stolen.fetch("/who", { bindings })).status).toBe(401);
		const headers = { authorization: `Bearer ${token(jar, "access")}` };
		expect((await send(app, `${hostOf("beta")}/api/me`, { headers, bindings })).status).toBe(401);
		expect(calls).toEqual([]);
		expect((await send(app, `${hostOf("acme")}/api/me`, { headers })).status).toBe(200);
	});

	test("refresh tokens, in a cookie or a body", async () => {
		const { acme, token } = await signUpTwice();
		const refreshToken = token(acme.browser.jar, "refresh");
		const only = [[cookies.refresh, refreshToken] as const];
		const { calls, bindings } = spyOnNamespaces();
		const stolen = new TenantBrowser(app, "beta", only);
		expect((await stolen.fetch("/api/me", { bindings })).status).toBe(401);
		const tokensInBody = { "x-userdo-tokens": "body" };
		const asked = { ...json({ refreshToken }, tokensInBody), bindings };
		const refused = await send(app, `${hostOf("beta")}/api/refresh`, asked);
		expect([refused.status, await codeOf(refused)]).toEqual([401, "unauthorized"]);
		expect(calls).toEqual([]);

		// Where it belongs it refreshes, and to tokens of that tenant.
		const own = new TenantBrowser(app, "acme", only);
		const response = await own.fetch("/api/me");
		expect(response.status).toBe(200);
		for (const [, value] of jarOf(response)) expect(decodeJwt(value).aud).toBe("MY_APP_DO/acme");
	});

	test("sockets, by the app and by the handler, with a cookie or a token", async () => {
		const { acme, token } = await signUpTwice();
		const { jar, cookie } = acme.browser;
		const bearer = token(jar, "access");
		const { calls, bindings } = spyOnNamespaces();
		for (const worker of [app, handler]) {
			const at = (name: string) => `${hostOf(name)}/api/ws`;
			const own = { cookie, origin: hostOf("beta"), bindings };
			expect((await upgrade(worker, at("beta"), own)).status).toBe(401);
			expect((await upgrade(worker, at("beta"), { bearer, bindings })).status).toBe(401);
			// One tenant's page does not open sockets at another's host either.
			const foreign = { cookie, origin: hostOf("acme"), bindings };
			expect((await upgrade(worker, at("beta"), foreign)).status).toBe(403);
			expect(calls).toEqual([]);

			const socket = listen(await upgrade(worker, at("acme"), { cookie, origin: hostOf("acme") }));
			listen(await upgrade(worker, at("acme"), { bearer }));
			const key = crypto.randomUUID();
			await acme.browser.post("/data", { key, value: 1 });
			await socket.next(
				({ type, changes }) => type === "changes" && JSON.stringify(changes).includes(key),
			);
		}
	});

	test("links to set a password and to confirm an address, which lead to the tenant's own host", async () => {
		const mails: EmailMessage[] = [];
		const email: EmailOptions = {
			from: "app@example.com",
			baseUrl: hostOf,
			send: async (mail) => void mails.push(mail),
		};
		const mailing = createTenantApp({ email });
		const { email: to } = await signUpAt(mailing, "acme");
		const verify = mails.at(-1);
		expect(verify?.text).toContain(`${hostOf("acme")}/verify#token=`);
		expect(verify?.subject).toContain("acme.example.com");
		const at = (name: string, path: string, body: object) =>
			send(mailing, hostOf(name) + path, json(body));
		await at("acme", "/api/password-reset/request", { email: to });
		const reset = mails.at(-1);
		expect(reset?.text).toContain(`${hostOf("acme")}/reset#token=`);
		const sent = mails.length;
		await at("beta", "/api/password-reset/request", { email: to });
		expect(mails).toHaveLength(sent);

		const confirmed = { token: tokenIn(verify), password };
		const changed = { token: tokenIn(reset), newPassword: "another horse battery" };
		for (const [path, body] of [
			["/api/email-verification/confirm", confirmed],
			["/api/password-reset/confirm", changed],
		] as const) {
			const refused = await at("beta", path, body);
			expect([refused.status, await codeOf(refused)]).toEqual([400, "invalid_token"]);
			expect((await at("acme", path, body)).status).toBe(200);
		}
	});

	test("what only the server's scripts may do", async () => {
		const email = newEmail();
		const options = { audience: "MY_APP_DO", tenant: "acme" };
		const userDO = getUserDO(env.MY_APP_DO, ` ${email.toUpperCase()} `, options);
		const { token, user } = await userDO.signup({ email, password });
		const headers = { authorization: `Bearer ${token}` };
		const me = await send(app, `${hostOf("acme")}/api/me`, { headers });
		expect(await me.json()).toEqual({ user });
		expect((await send(app, `${hostOf("beta")}/api/me`, { headers })).status).toBe(401);
		for (const other of [{ ...options, tenant: "beta" }, { audience: "MY_APP_DO" }]) {
			const stranger = getUserDO(env.MY_APP_DO, email, other);
			const refused = await stranger.login({ email, password }).catch((error) => error.code);
			expect(refused).toBe("invalid_credentials");
			expect(await stranger.verifyToken({ token }).catch((error) => error.code)).toBe(
				"unauthorized",
			);
		}
	});

	test("an object takes in nobody of another tenant", async () => {
		const email = newEmail();
		for (const name of [objectName(email, "beta"), objectName(email)]) {
			const result = await env.MY_APP_DO.getByName(name).invoke({
				authority: { kind: "server" },
				tenant: "acme",
				steps: [{ name: "signup", args: [{ email, password }] }],
			});
			expect(result).toMatchObject({ ok: false, error: { code: "invalid_input" } });
		}
	});

	test("mails in the dev mailbox", async () => {
		const bindings = { ...env, USERDO_DEV: "1" };
		const byLocalHost = (c: { req: { url: string } }) =>
			new URL(c.req.url).hostname.replace(".localhost", "");
		const local = createTenantApp({ tenant: byLocalHost });
		const at = (name: string, path: string) => `http://${name}.localhost:8790${path}`;
		const mailsOf = async (name: string) => {
			const headers = { accept: "application/json" };
			const response = await send(local, at(name, "/api/dev/mailbox"), { bindings, headers });
			return ((await response.json()) as { mails: { to: string; link: string }[] }).mails;
		};
		const email = newEmail();
		await send(local, at("acme", "/api/signup"), { ...json({ email, password }), bindings });
		expect(await mailsOf("acme")).toMatchObject([{ to: email }]);
		expect((await mailsOf("acme"))[0]?.link).toMatch(/^http:\/\/acme\.localhost:8790\/verify#/);
		expect(await mailsOf("beta")).toEqual([]);
	});
});

describe("an unknown tenant", () => {
	// What a stranger's Host header may say.
	const hosts = [
		"gamma.example.com",
		"example.com",
		"acme.example.com.evil.example",
		"a.acme.example.com",
	];

	test.each(hosts)("is 404 on every route, and no object is touched: %s", async (host) => {
		const { calls, bindings } = spyOnNamespaces();
		const { acme, token } = await signUpTwice();
		const bearer = token(acme.browser.jar, "access");
		const headers = { authorization: `Bearer ${bearer}` };
		const routes = [...Object.keys(endpoints), "GET /who", "GET /nowhere"];
		const answers = await Promise.all([
			...routes.map((route) => {
				const [method = "", path = ""] = route.split(" ");
				const body = json({ email: newEmail(), password }, headers);
				const init = method === "POST" ? body : { method, headers };
				return send(app, `https://${host}${path}`, { ...init, bindings });
			}),
			upgrade(app, `https://${host}/api/ws`, { bearer, bindings }),
			upgrade(handler, `https://${host}/api/ws`, { bearer, bindings }),
		]);
		for (const answer of answers) {
			expect([answer.status, await codeOf(answer)]).toEqual([404, "not_found"]);
			expect(answer.headers.getSetCookie()).toEqual([]);
		}
		expect(calls).toEqual([]);
	});

	test("may be null, as a look-up in a store answers", async () => {
		const empty = createTenantApp({ tenant: () => null });
		expect((await send(empty, "/api/me")).status).toBe(404);
	});
});

describe("names of tenants", () => {
	const bad = [
		"",
		" ",
		"a/b",
		"a:b",
		"-a",
		"a.",
		"ä",
		"a\n",
		"a\u0000b",
		"x".repeat(129),
		1,
		null,
		{},
	];

	test.each(bad)("%j is refused where it is set", (name) => {
		const option = { tenant: name as string };
		expect(() => createTenantApp(option)).toThrow(/tenant takes names/);
		expect(() => createWebSocketHandler("MY_APP_DO", option)).toThrow(/tenant takes names/);
		expect(() => session(option)).toThrow(/tenant takes names/);
		expect(() => getUserDO(env.MY_APP_DO, newEmail(), option)).toThrow(/tenant takes names/);
	});

	test("a function that throws no error is answered as one that does", async () => {
		const log = vi.spyOn(console, "error").mockImplementation(() => {});
		const broken = createTenantApp({
			tenant: () => {
				throw "canary";
			},
		});
		const response = await send(broken, "/api/me");
		expect([response.status, await codeOf(response)]).toEqual([500, "internal_error"]);
		expect(log.mock.calls.join()).not.toContain("canary");
	});

	test("a function that gives one is told so in the log alone, and touches no object", async () => {
		const log = vi.spyOn(console, "error").mockImplementation(() => {});
		const { calls, bindings } = spyOnNamespaces();
		const careless = createTenantApp({ tenant: (c) => c.req.header("x-tenant") ?? "" });
		for (const name of ["a/b", "../acme", "x".repeat(129)]) {
			const response = await send(careless, "/api/me", { bindings, headers: { "x-tenant": name } });
			expect([response.status, await codeOf(response)]).toEqual([500, "misconfigured"]);
		}
		expect(calls).toEqual([]);
		expect(log.mock.calls).toEqual([[expect.stringMatching(/misconfigured\. tenant takes names/)]]);
	});

	test.each(["a", "A", "acme.example.com", "org_2Nz8-A", "0", "x".repeat(128)])(
		"%s is one",
		async (name) => {
			const one = createTenantApp({ tenant: name });
			const email = newEmail();
			const init = json({ email, password }, { "x-userdo-tokens": "body" });
			const { token } = (await (await send(one, "/api/signup", init)).json()) as { token: string };
			expect(decodeJwt(token).aud).toBe(`MY_APP_DO/${name}`);
		},
	);
});

test("without tenants names and audiences are as they were", async () => {
	const plain = createTenantApp({ tenant: undefined } as unknown as WorkerOptions);
	const email = newEmail();
	const init = json({ email, password }, { "x-userdo-tokens": "body" });
	const response = await send(plain, "/api/signup", init);
	const { token, user } = (await response.json()) as { token: string; user: { id: string } };
	expect(decodeJwt(token).aud).toBe("MY_APP_DO");
	expect(user.id).toBe(env.MY_APP_DO.idFromName(objectName(email)).toString());
	// Nor does a Worker with tenants take what has none.
	const headers = { authorization: `Bearer ${token}` };
	expect((await send(app, `${hostOf("acme")}/api/me`, { headers })).status).toBe(401);
});

describe("limits", () => {
	test("of one tenant's network and accounts leave another's alone, in objects of their own", async () => {
		const { calls, bindings } = spyOnNamespaces();
		const names = vi.spyOn(bindings.MY_APP_DO, "idFromName");
		const limited = createTenantApp({ rateLimits: { login: { limit: 2, period: 60 } } });
		const email = newEmail();
		const address = { "cf-connecting-ip": newAddress() };
		const login = (name: string) => {
			const init = json({ email, password: "not the password" }, address);
			return send(limited, `${hostOf(name)}/api/login`, { ...init, bindings });
		};
		const statuses = async (name: string) => [
			(await login(name)).status,
			(await login(name)).status,
			(await login(name)).status,
		];
		expect(await statuses("acme")).toEqual([401, 401, 429]);
		expect(await statuses("beta")).toEqual([401, 401, 429]);
		expect(calls).not.toEqual([]);
		const asked = names.mock.calls.flat().filter((name) => name.startsWith("userdo:limit"));
		expect(asked.length).toBeGreaterThan(0);
		for (const name of asked) expect(name).toMatch(/^userdo:limit:(acme|beta):[0-9a-f]$/);
	});

	test("of failed sign-ins end with one tenant's account, which a device of the owner does not feel", async () => {
		const failedLogins = { limit: 2, period: 60 };
		const limited = createTenantApp({ rateLimits: { login: false, failedLogins } });
		const email = newEmail();
		const { browser } = await signUpAt(limited, "acme", email);
		await signUpAt(limited, "beta", email);
		const tryAt = (name: string, secret: string) =>
			new TenantBrowser(limited, name).post("/api/login", { email, password: secret });
		for (const status of [401, 401, 429]) {
			expect((await tryAt("acme", "not the password")).status).toBe(status);
		}
		expect((await tryAt("acme", password)).status).toBe(429);
		expect((await tryAt("beta", password)).status).toBe(200);
		expect((await browser.post("/api/login", { email, password })).status).toBe(200);
	});
});

test("a base URL by tenant needs tenants", async () => {
	const log = vi.spyOn(console, "error").mockImplementation(() => {});
	const send_ = vi.fn(async () => {});
	const email: EmailOptions = { from: "app@example.com", baseUrl: hostOf, send: send_ };
	const mailing = createUserDOWorker("MY_APP_DO", { email });
	expect((await send(mailing, "/api/signup", json({ email: newEmail(), password }))).status).toBe(
		200,
	);
	expect(log.mock.calls.flat().join()).toContain("needs the option tenant");
	const wrong = createTenantApp({ email: { ...email, baseUrl: () => "javascript:alert(1)" } });
	await signUpAt(wrong, "acme");
	expect(log.mock.calls.flat().join()).toContain("baseUrl is an absolute URL");
	expect(send_).not.toHaveBeenCalled();
});

test("the function of a tenant knows the developer's bindings", () => {
	createUserDOWorker<{ Bindings: { DIRECTORY: { find(host: string): Promise<string | null> } } }>(
		"MY_APP_DO",
		{
			tenant: (c) => {
				expectTypeOf(c.env.JWT_SECRET).toEqualTypeOf<string>();
				return c.env.DIRECTORY.find(new URL(c.req.url).hostname);
			},
		},
	);
});
