import { env } from "cloudflare:workers";
import { SignJWT } from "jose";
import { beforeAll, describe, expect, test } from "vitest";
import { getUserDOFromContext } from "../src/index.js";
import { collections } from "./collections.js";
import {
	type App,
	Browser,
	codeOf,
	cookies,
	createApp,
	forge,
	json,
	now,
	origin,
	type SignedInBrowser,
	send,
	signUp,
	spyOnNamespaces,
	upgrade,
} from "./helpers.js";
import type { MyAppDO } from "./my-app-do.js";

const app = createApp({ collections });
app.post("/api/posts", async (c) => {
	const user = c.get("user");
	if (!user) return c.json({ error: "Unauthorized" }, 401);
	const userDO = getUserDOFromContext<MyAppDO>(c, user.email);
	return c.json({ post: await userDO.createPost("a", "b") });
});
app.get("/careless", async (c) => {
	// A handler that trusts what the request says instead of who is signed in.
	const email = c.req.query("email") ?? "";
	return c.json(await getUserDOFromContext(c, email).getUser());
});

/** Every route that asks who somebody is, and every way in which a token can come. */
async function tryEverywhere(target: App, token: string, email: string) {
	const { calls, bindings } = spyOnNamespaces();
	const bearer = { authorization: `Bearer ${token}` };
	const cookie = { cookie: `${cookies.access}=${token}`, origin };
	const body = { key: "k", value: 1 };
	const answers: Record<string, number> = {};
	for (const [way, headers] of Object.entries({ bearer, cookie })) {
		const requests: Record<string, [string, RequestInit]> = {
			me: ["/api/me", { headers }],
			logout: ["/api/logout", { method: "POST", headers }],
			list: ["/data", { headers }],
			get: ["/data?key=k", { headers }],
			set: ["/data", json(body, headers)],
			"delete key": ["/data?key=k", { method: "DELETE", headers }],
			batch: ["/api/batch", json({ operations: [] }, headers)],
			rows: ["/api/places", { headers }],
			row: ["/api/places/1", { headers }],
			create: ["/api/places", json({ id: "1", name: "a" }, headers)],
			update: ["/api/places/1", { ...json({ name: "a" }, headers), method: "PATCH" }],
			upsert: ["/api/places?on=id", { ...json({ id: "1" }, headers), method: "PUT" }],
			delete: ["/api/places/1", { method: "DELETE", headers }],
			custom: ["/api/posts", json({ title: "a", content: "b" }, headers)],
			careless: [`/careless?email=${email}`, { headers }],
			refresh: ["/api/refresh", { method: "POST", headers }],
		};
		for (const [name, [path, init]] of Object.entries(requests)) {
			const response = await send(target, path, { ...init, bindings });
			answers[`${way} ${name}`] = response.status;
		}
	}
	const asRefreshToken = await send(target, "/api/refresh", {
		...json({ refreshToken: token }),
		bindings,
	});
	answers["body refresh"] = asRefreshToken.status;
	const sockets = {
		"socket cookie": { cookie: cookie.cookie, origin },
		"socket subprotocol": { bearer: token },
		"socket header": { headers: bearer },
	};
	for (const [name, options] of Object.entries(sockets)) {
		answers[name] = (await upgrade(target, "/api/ws", { ...options, bindings })).status;
	}
	return { statuses: [...new Set(Object.values(answers))], answers, calls };
}

async function expectRefused(token: string, email: string, target: App = app) {
	const { statuses, answers, calls } = await tryEverywhere(target, token, email);
	expect(statuses, JSON.stringify(answers)).toEqual([401]);
	expect(calls, "calls of an object's namespace").toEqual([]);
}

test("the same requests with a good token pass, through the object", async () => {
	const { email, token } = await signUp(app);
	const { calls, bindings } = spyOnNamespaces();
	const headers = { authorization: `Bearer ${token}` };
	for (const path of ["/api/me", "/data", `/careless?email=${email}`]) {
		expect((await send(app, path, { headers, bindings })).status).toBe(200);
	}
	// One id, one stub for each of the three.
	expect(calls).toEqual(["idFromString", "get", "idFromString", "get", "idFromString", "get"]);
});

describe("forged tokens get 401 everywhere and reach no object", () => {
	const forgeries: Record<string, Parameters<typeof forge>[1]> = {
		"J1: alg none": { header: { alg: "none" }, signature: "" },
		"J1: alg None": { header: { alg: "None" }, signature: "" },
		"J1: alg nOnE with a signature": { header: { alg: "nOnE" } },
		"J1: HS256 and no signature": { signature: "" },
		"J2: HS384 under the right secret": { header: { alg: "HS384" }, hash: "SHA-384" },
		"J2: HS512 under the right secret": { header: { alg: "HS512" }, hash: "SHA-512" },
		"J3: RS256 in the header, HMAC over the secret": { header: { alg: "RS256" } },
		"J3: ES256 in the header, HMAC over the secret": { header: { alg: "ES256" } },
		"J4: jwk": { header: { jwk: { kty: "oct", k: "c2VjcmV0" } } },
		"J4: jku": { header: { jku: "https://evil.example/jwks" } },
		"J4: x5u": { header: { x5u: "https://evil.example/cert" } },
		"J4: crit": { header: { crit: ["exp"] } },
		"J4: unknown kid": { header: { kid: "0" } },
		"J4: kid of the prototype": { header: { kid: "__proto__" } },
		"J8: the type of a reset token": { header: { typ: "pr+jwt" } },
		"J8: no type": { header: { typ: undefined } },
		"J10: expired": { claims: { iat: now() - 1000, exp: now() - 1 } },
		"J10: not valid yet": { claims: { nbf: now() + 3600 } },
		"J10: made in the year 2286": { claims: { iat: 9_999_999_999, exp: 9_999_999_999 + 900 } },
		"J10: no exp": { claims: { exp: undefined } },
		"J10: no iat": { claims: { iat: undefined } },
		"J10: exp as a string": { claims: { exp: String(now() + 900) } },
		"J11: other iss": { claims: { iss: "evil" } },
		"J11: no iss": { claims: { iss: undefined } },
		"J11: other aud": { claims: { aud: "SHOP_DO" } },
		"J11: no aud": { claims: { aud: undefined } },
		"J11: aud as a list": { claims: { aud: ["MY_APP_DO"] } },
		"J13: other secret": { secret: "another-secret-0123456789-abcdefghijk" },
		"J14: rubbish for a signature": { signature: "bm8" },
		"no sub": { claims: { sub: undefined } },
		"a sub that is no id": { claims: { sub: "../../x" } },
		"no sid": { claims: { sid: undefined } },
	};

	// One victim for all: what is refused changes nothing.
	let victim: SignedInBrowser;
	beforeAll(async () => {
		victim = await signUp(app);
	});

	for (const [name, options] of Object.entries(forgeries)) {
		test(name, async () => {
			await expectRefused(await forge(victim.token, options), victim.email);
		});
	}

	test("the forger's tools make good tokens when nothing is forged", async () => {
		const { token } = await signUp(app);
		const headers = { authorization: `Bearer ${await forge(token)}` };
		expect((await send(app, "/api/me", { headers })).status).toBe(200);
	});

	test("W2, J14: an unsigned token that names a victim", async () => {
		const { email, id } = await signUp(app);
		const claims = btoa(JSON.stringify({ email, sub: id, aud: "MY_APP_DO" }));
		for (const token of [`x.${claims}.x`, claims, `.${claims}.`, "a.b.c"]) {
			await expectRefused(token, email);
		}
	});
});

test("J6: a refresh token opens nothing but /api/refresh", async () => {
	const { refreshToken } = await signUp(app);
	for (const path of ["/api/me", "/data"]) {
		for (const headers of [
			{ authorization: `Bearer ${refreshToken}` },
			{ cookie: `${cookies.access}=${refreshToken}` },
		]) {
			expect((await send(app, path, { headers })).status).toBe(401);
		}
	}
	expect((await upgrade(app, "/api/ws", { bearer: refreshToken })).status).toBe(401);
});

test("J7: an access token refreshes nothing", async () => {
	const { token } = await signUp(app);
	const { calls, bindings } = spyOnNamespaces();
	const inBody = await send(app, "/api/refresh", { ...json({ refreshToken: token }), bindings });
	const headers = { cookie: `${cookies.refresh}=${token}`, origin };
	const inCookie = await send(app, "/api/refresh", { method: "POST", headers, bindings });
	expect([inBody.status, inCookie.status]).toEqual([401, 401]);
	expect(calls).toEqual([]);
});

test("J12: a token of one binding is nothing to another under the same secret", async () => {
	const blog = createApp({}, "BLOG_DO");
	const shop = createApp({ collections }, "SHOP_DO");
	const { browser, email, token, refreshToken } = await signUp(blog);
	await browser.post("/data", { key: "where", value: "blog" });
	const { calls, bindings } = spyOnNamespaces();
	for (const [path, init] of [
		["/api/me", { headers: { authorization: `Bearer ${token}` } }],
		["/data", { headers: { cookie: `${cookies.access}=${token}` } }],
		["/data", { headers: { cookie: `${cookies.refresh}=${refreshToken}` } }],
		["/api/places", { headers: { authorization: `Bearer ${token}` } }],
		["/api/batch", json({ operations: [] }, { authorization: `Bearer ${token}` })],
		["/api/refresh", json({ refreshToken })],
	] as const) {
		expect((await send(shop, path, { ...init, bindings })).status).toBe(401);
	}
	expect((await upgrade(shop, "/api/ws", { bearer: token, bindings })).status).toBe(401);
	expect(calls).toEqual([]);

	const inShop = await signUp(shop, email);
	expect(await inShop.browser.json("/data")).toMatchObject({ data: {} });
	expect(await browser.json("/data")).toMatchObject({ data: { where: "blog" } });
});

test("J13: a token of the secret before passes while that secret is named, a new one is signed", async () => {
	const { token, refreshToken } = await signUp(app);
	const rotated = { ...env, JWT_SECRET: "the-next-secret-0123456789-abcdefgh" };
	const overlap = { ...rotated, JWT_SECRET_PREVIOUS: env.JWT_SECRET };
	const headers = { authorization: `Bearer ${token}` };
	expect((await send(app, "/api/me", { headers, bindings: rotated })).status).toBe(401);
	expect((await send(app, "/api/me", { headers, bindings: overlap })).status).toBe(200);
	const cookie = `${cookies.refresh}=${refreshToken}`;
	expect((await send(app, "/api/me", { headers: { cookie }, bindings: rotated })).status).toBe(401);
});

test("J15: a good refresh token of one person and a forged access token of another", async () => {
	const a = await signUp(app);
	const b = await signUp(app);
	const forged = await forge(b.token, { signature: "bm8" });
	const browser = new Browser(app, [
		[cookies.access, forged],
		[cookies.refresh, a.refreshToken],
	]);
	const { user } = await browser.json<{ user: { id: string } }>("/api/me");
	expect(user.id).toBe(a.id);
	const response = await send(app, "/api/refresh", {
		...json({ refreshToken: a.refreshToken }, { authorization: `Bearer ${forged}` }),
	});
	expect(await response.json()).toMatchObject({ user: { id: a.id } });
});

test("a token of ours that names no id of this namespace is refused without an error", async () => {
	const { token } = await signUp(app);
	const elsewhere = env.BLOG_DO.idFromName("x").toString();
	const foreign = await forge(token, { claims: { sub: elsewhere } });
	const response = await send(app, "/api/me", { headers: { authorization: `Bearer ${foreign}` } });
	expect([response.status, await codeOf(response)]).toEqual([401, "unauthorized"]);
});

test("a request with Authorization never has its cookies read", async () => {
	const { browser } = await signUp(app);
	for (const authorization of ["Bearer rubbish", "Basic YTpi", "Bearer", "", "bearer a b"]) {
		const response = await browser.fetch("/api/me", { headers: { authorization } });
		expect(response.status, authorization).toBe(401);
	}
	const signed = await new SignJWT({})
		.setProtectedHeader({ alg: "HS256" })
		.sign(new Uint8Array(32));
	const response = await browser.fetch("/api/me", {
		headers: { authorization: `Bearer ${signed}` },
	});
	expect(response.status).toBe(401);
});
