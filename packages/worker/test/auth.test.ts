import { env } from "cloudflare:workers";
import { decodeJwt } from "jose";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import {
	Browser,
	codeOf,
	cookies,
	createApp,
	forge,
	jarOf,
	json,
	newEmail,
	now,
	origin,
	password,
	secretsIn,
	send,
	signUp,
} from "./helpers.js";

const app = createApp();
const bodyTokens = { "x-userdo-tokens": "body" };

describe("signing in", () => {
	test("signup signs in, and /api/me says who it is", async () => {
		const { browser, email, id } = await signUp(app);
		const { user } = await browser.json<{ user: unknown }>("/api/me");
		expect(user).toEqual({
			id,
			email,
			emailVerified: false,
			createdAt: expect.stringMatching(/^\d{4}-.*Z$/),
		});
	});

	test("the same address in another spelling is the same account", async () => {
		const { email } = await signUp(app);
		const browser = new Browser(app);
		const taken = await browser.post("/api/signup", { email: ` ${email.toUpperCase()}`, password });
		expect([taken.status, await codeOf(taken)]).toEqual([409, "email_taken"]);
		expect(
			(await browser.post("/api/login", { email: email.toUpperCase(), password })).status,
		).toBe(200);
		expect((await browser.json<{ user: { email: string } }>("/api/me")).user.email).toBe(email);
	});

	test("C1: cookies are __Host-, Secure, HttpOnly, SameSite=Lax, Path=/, with Max-Age, no Domain", async () => {
		const response = await send(app, "/api/signup", json({ email: newEmail(), password }));
		const lines = response.headers.getSetCookie();
		expect(lines).toHaveLength(2);
		for (const [index, name] of [cookies.access, cookies.refresh].entries()) {
			const line = lines[index] ?? "";
			expect(line.length).toBeLessThan(4096);
			const [pair = "", ...attributes] = line.split("; ");
			expect(pair.startsWith(`${name}=`)).toBe(true);
			const { iat = 0, exp = 0 } = decodeJwt(pair.slice(name.length + 1));
			expect(attributes.sort()).toEqual(
				[`Max-Age=${exp - iat}`, "Path=/", "HttpOnly", "Secure", "SameSite=Lax"].sort(),
			);
			expect(exp - iat).toBeGreaterThan(0);
		}
	});

	test("C1: development drops the prefix and Secure, and reads only those names", async () => {
		const bindings = { ...env, USERDO_DEV: "1" };
		const browser = new Browser(app);
		const init = { ...json({ email: newEmail(), password }), bindings };
		const response = await browser.fetch("/api/signup", init);
		expect([...browser.jar.keys()]).toEqual(["userdo_at", "userdo_rt"]);
		expect(response.headers.getSetCookie().join()).not.toMatch(/Secure|__Host-/);
		expect((await browser.fetch("/api/me", { bindings })).status).toBe(200);
		expect((await browser.fetch("/api/me")).status).toBe(401);
		const off = { ...env, USERDO_DEV: "false" };
		expect((await browser.fetch("/api/me", { bindings: off })).status).toBe(401);
	});

	test("C2: no Domain comes from the request", async () => {
		const { email } = await signUp(app);
		for (const headers of [
			{ "x-cookie-domain": "evil.example" },
			{ "x-forwarded-host": "e.vil" },
		]) {
			const response = await send(app, "/api/login", json({ email, password }, headers));
			expect(response.headers.getSetCookie().join()).not.toMatch(/domain/i);
		}
	});

	test("C4: the body holds the user and nothing else", async () => {
		const { email } = await signUp(app);
		const response = await send(app, "/api/login", json({ email, password }));
		const body = await response.json();
		expect(Object.keys(Object(body))).toEqual(["user"]);
		expect(secretsIn(body)).toEqual([]);
	});

	test("a client without cookies asks for tokens in the body and gets no cookies", async () => {
		const email = newEmail();
		const signedUp = await send(app, "/api/signup", json({ email, password }, bodyTokens));
		expect(signedUp.headers.getSetCookie()).toEqual([]);
		const first = (await signedUp.json()) as { token: string; refreshToken: string };
		const authorization = `Bearer ${first.token}`;
		expect((await send(app, "/api/me", { headers: { authorization } })).status).toBe(200);
		const { refreshToken } = first;
		const refreshed = await send(app, "/api/refresh", json({ refreshToken }, bodyTokens));
		expect(refreshed.headers.getSetCookie()).toEqual([]);
		const next = (await refreshed.json()) as { token: string; refreshToken: string };
		expect(next.token).not.toBe(first.token);
		expect(next.refreshToken).not.toBe(refreshToken);
	});

	test("C5: signing in ends the session that the browser had before", async () => {
		const { browser, email, token } = await signUp(app);
		await browser.post("/api/login", { email, password });
		expect(browser.jar.get(cookies.access)).not.toBe(token);
		expect((await browser.fetch("/api/me")).status).toBe(200);
		const old = { headers: { authorization: `Bearer ${token}` } };
		expect((await send(app, "/api/me", old)).status).toBe(401);
		// Another person in the same browser: the first one's session ends as well.
		const before = browser.jar.get(cookies.access);
		await browser.post("/api/signup", { email: newEmail(), password });
		const replaced = { headers: { authorization: `Bearer ${before}` } };
		expect((await send(app, "/api/me", replaced)).status).toBe(401);
		expect((await browser.fetch("/api/me")).status).toBe(200);
	});

	test("E1: a wrong password and an unknown address get the same answer", async () => {
		const { email } = await signUp(app);
		const wrong = await send(app, "/api/login", json({ email, password: "not this one" }));
		const unknown = await send(app, "/api/login", json({ email: newEmail(), password }));
		expect(wrong.status).toBe(401);
		expect(unknown.status).toBe(401);
		const body = await wrong.json();
		expect(await unknown.json()).toEqual(body);
		expect(body).toEqual({ error: expect.any(String), code: "invalid_credentials" });
		expect([...unknown.headers]).toEqual([...wrong.headers]);
	});
});

describe("signing out", () => {
	test("C6: both tokens are dead at once, other devices stay signed in", async () => {
		const { browser, email, token, refreshToken } = await signUp(app);
		const other = new Browser(app);
		await other.post("/api/login", { email, password });
		const response = await browser.post("/api/logout");
		expect(await response.json()).toEqual({ ok: true });
		expect(browser.jar.size).toBe(0);
		const bearer = { headers: { authorization: `Bearer ${token}` } };
		expect((await send(app, "/api/me", bearer)).status).toBe(401);
		expect((await send(app, "/data", bearer)).status).toBe(401);
		const reused = await send(app, "/api/refresh", json({ refreshToken }));
		expect([reused.status, await codeOf(reused)]).toEqual([401, "unauthorized"]);
		expect((await other.fetch("/api/me")).status).toBe(200);
	});

	test("a dead session loses its cookies by no answer: another tab may have got new ones", async () => {
		const { browser } = await signUp(app);
		const twin = new Browser(app, browser.jar);
		await browser.post("/api/logout");
		const { post, fetch } = { post: () => twin.post("/api/refresh"), fetch: twin.fetch.bind(twin) };
		for (const answer of [() => fetch("/api/me"), () => fetch("/data"), post]) {
			const response = await answer();
			expect([response.status, await codeOf(response)]).toEqual([401, "unauthorized"]);
			expect(response.headers.getSetCookie()).toEqual([]);
		}
		await twin.post("/api/logout");
		expect(twin.jar.size).toBe(0);
	});

	test.each(["a change of the password", "another sign-in"])(
		"a slow answer with refreshed cookies does not overwrite those of %s",
		async (what) => {
			const slow = createApp();
			const gate = Promise.withResolvers<void>();
			const entered = Promise.withResolvers<void>();
			slow.get("/slow", async (c) => {
				entered.resolve();
				await gate.promise;
				return c.json({ ok: true });
			});
			const { browser, email } = await signUp(slow);
			const access = browser.jar.get(cookies.access) ?? "";
			browser.jar.delete(cookies.access);
			const late = browser.fetch("/slow");
			await entered.promise;
			browser.jar.set(cookies.access, access);
			const change = { oldPassword: password, newPassword: "another password" };
			const answer =
				what === "another sign-in"
					? await browser.post("/api/login", { email, password })
					: await browser.post("/api/password/change", change);
			expect(answer.status).toBe(200);
			await scheduler.wait(150);
			gate.resolve();
			expect((await late).headers.getSetCookie()).toEqual([]);
			expect((await browser.fetch("/api/me")).status).toBe(200);
			expect((await browser.post("/api/refresh")).status).toBe(200);
		},
	);

	test("whoever is signed out already is told so, and stale cookies go", async () => {
		const browser = new Browser(app, [[cookies.access, "stale"]]);
		const response = await browser.post("/api/logout");
		expect([response.status, await codeOf(response)]).toEqual([401, "unauthorized"]);
		expect(response.headers.getSetCookie().join()).toMatch(/userdo_at=; Max-Age=0/);
	});

	test("X3: a GET signs nobody out", async () => {
		const { browser } = await signUp(app);
		for (const method of ["GET", "HEAD"]) {
			const response = await browser.fetch("/api/logout", { method });
			expect(response.status).toBe(405);
			expect(response.headers.get("allow")).toBe("POST");
		}
		expect((await browser.fetch("/api/me")).status).toBe(200);
	});
});

describe("refreshing", () => {
	test("with the refresh cookie alone the request goes on signed in, with new cookies", async () => {
		const { browser, refreshToken } = await signUp(app);
		browser.jar.delete(cookies.access);
		await browser.json("/data");
		expect([...browser.jar.keys()].sort()).toEqual([cookies.access, cookies.refresh].sort());
		expect(browser.jar.get(cookies.refresh)).not.toBe(refreshToken);
		expect((await browser.fetch("/api/me")).headers.getSetCookie()).toEqual([]);
	});

	test("an expired access cookie is as good as none", async () => {
		const { browser, token } = await signUp(app);
		const expired = await forge(token, { claims: { iat: now() - 1000, exp: now() - 10 } });
		browser.jar.set(cookies.access, expired);
		await browser.json("/api/me");
		expect(browser.jar.get(cookies.access)).not.toBe(expired);
	});

	test("it works on a route of the developer's own, and keeps the answer out of caches", async () => {
		const custom = createApp();
		custom.get("/page", (c) =>
			c.html(`<p>${c.get("user")?.email}</p>`, 200, { "cache-control": "public, max-age=60" }),
		);
		const { browser, email } = await signUp(custom);
		const cached = await browser.fetch("/page");
		expect(cached.headers.get("cache-control")).toBe("public, max-age=60");
		browser.jar.delete(cookies.access);
		const response = await browser.fetch("/page");
		expect(await response.text()).toBe(`<p>${email}</p>`);
		expect(response.headers.getSetCookie()).toHaveLength(2);
		expect(response.headers.get("cache-control")).toBe("no-store");
	});

	test("POST /api/refresh takes the cookie and never shows tokens of a cookie", async () => {
		const { browser, refreshToken } = await signUp(app);
		for (const drop of [false, true]) {
			if (drop) browser.jar.delete(cookies.access);
			const response = await browser.post("/api/refresh", undefined, bodyTokens);
			expect(Object.keys(Object(await response.json()))).toEqual(["user"]);
			expect(response.headers.getSetCookie()).toHaveLength(2);
		}
		expect(browser.jar.get(cookies.refresh)).not.toBe(refreshToken);
		expect((await browser.fetch("/api/me")).status).toBe(200);
	});

	for (const [method, path] of [
		["GET", "/api/me"],
		["POST", "/api/refresh"],
	] as const) {
		test(`C7: an old refresh token at ${path} works until its successor is used, then ends the session`, async () => {
			const { browser, refreshToken } = await signUp(app);
			const refresh = async (token: string | undefined) => {
				const headers = { cookie: `${cookies.refresh}=${token}`, origin };
				const response = await send(app, path, { method, headers });
				return { response, next: new Browser(app, jarOf(response)).jar.get(cookies.refresh) };
			};
			const first = await refresh(refreshToken);
			const again = await refresh(refreshToken);
			expect([first.response.status, again.response.status]).toEqual([200, 200]);
			expect(decodeJwt(again.next ?? "").jti).toBe(decodeJwt(first.next ?? "").jti);

			expect((await refresh(first.next)).response.status).toBe(200);
			vi.useFakeTimers({ now: Date.now() + 30_000, toFake: ["Date"] });
			onTestFinished(() => void vi.useRealTimers());
			const { response } = await refresh(refreshToken);
			expect([response.status, await codeOf(response)]).toEqual([401, "refresh_reused"]);
			expect(response.headers.getSetCookie()).toEqual([]);
			expect(await codeOf((await refresh(first.next)).response)).toBe("unauthorized");
			expect((await browser.fetch("/api/me")).status).toBe(401);
		});
	}

	test("a session whose tokens move into cookies again goes on", async () => {
		const { email } = await signUp(app);
		const login = await send(app, "/api/login", json({ email, password }, bodyTokens));
		const { refreshToken } = (await login.json()) as { refreshToken: string };
		const browser = new Browser(app);
		for (let times = 0; times < 2; times++) {
			expect((await browser.post("/api/refresh", { refreshToken })).status).toBe(200);
			expect((await browser.fetch("/api/me")).status).toBe(200);
		}
	});

	test("C8: ten refreshes of one token at once all succeed, and nobody is signed out", async () => {
		const { browser } = await signUp(app);
		browser.jar.delete(cookies.access);
		const tabs = Array.from({ length: 10 }, () => new Browser(app, browser.jar));
		const answers = await Promise.all(tabs.map((tab) => tab.fetch("/api/me")));
		expect(answers.map(({ status }) => status)).toEqual(tabs.map(() => 200));
		const ids = tabs.map(({ jar }) => decodeJwt(jar.get(cookies.refresh) ?? "").jti);
		expect(new Set(ids).size).toBe(1);
		for (const tab of tabs) expect((await tab.post("/api/refresh")).status).toBe(200);
	});

	test("without a refresh token there is nothing to refresh", async () => {
		const { token, refreshToken } = await signUp(app);
		const empty = await send(app, "/api/refresh", { method: "POST" });
		expect(empty.status).toBe(401);
		// A request that names its own token has no cookies.
		const mixed = await send(app, "/api/refresh", {
			method: "POST",
			headers: { authorization: `Bearer ${token}`, cookie: `${cookies.refresh}=${refreshToken}` },
		});
		expect(mixed.status).toBe(401);
	});
});
