import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { objectName } from "@userdo/core/identity";
import { decodeJwt } from "jose";
import { afterEach, expect, test, vi } from "vitest";
import {
	codeOf,
	cookies,
	createApp,
	evil,
	forge,
	json,
	listen,
	newEmail,
	origin,
	password,
	send,
	signUp,
	upgrade,
} from "./helpers.js";
import { changed, createMailing, reset, tokenIn } from "./mail.js";

const app = createApp();
const newPassword = "another horse battery";

afterEach(() => void vi.useRealTimers());

/** What stands in the storage of that address's object. */
function storedIn(email: string) {
	const stub = env.MY_APP_DO.getByName(objectName(email));
	return runInDurableObject(stub, (_, { storage: { sql } }) => ({
		bytes: sql.databaseSize,
		tables: sql.exec("SELECT name FROM sqlite_master").toArray(),
	}));
}

test("E2 known and unknown addresses get the same answer, only one gets a mail", async () => {
	const mailing = createMailing({ baseUrl: `${origin}/reset?lang=en` });
	const { email } = await signUp(mailing.app);
	const known = await mailing.requestReset(email);
	const unknown = await mailing.requestReset(newEmail());
	expect([known.status, unknown.status]).toEqual([200, 200]);
	expect(await unknown.text()).toBe('{"ok":true}');
	expect(await known.text()).toBe('{"ok":true}');
	expect([...unknown.headers]).toEqual([...known.headers]);
	const mails = mailing.about(reset);
	expect(mails).toHaveLength(1);
	expect(mails[0]).toMatchObject({ from: "app@example.com", to: email });
	expect(mails[0]?.text).toContain(`${origin}/reset?lang=en#token=ey`);
});

test("R1 the answer of a request for a reset holds no token", async () => {
	const mailing = createMailing();
	const { email } = await signUp(mailing.app);
	const response = await mailing.requestReset(email);
	const token = tokenIn(mailing.about(reset)[0]);
	const told = JSON.stringify([await response.text(), ...response.headers]);
	for (const part of token.split(".")) expect(told).not.toContain(part);
});

test("R3 the mailed token sets a new password once, also of two confirmations at once", async () => {
	const mailing = createMailing();
	const { browser, email } = await signUp(mailing.app);
	await mailing.requestReset(email);
	const token = tokenIn(mailing.about(reset)[0]);
	const both = await Promise.all([1, 2].map(() => mailing.confirmReset(token)));
	expect(both.map(({ status }) => status).sort()).toEqual([200, 400]);
	const again = await mailing.confirmReset(token);
	expect([again.status, await codeOf(again)]).toEqual([400, "invalid_token"]);
	expect((await browser.post("/api/login", { email, password })).status).toBe(401);
	expect((await browser.post("/api/login", { email, password: newPassword })).status).toBe(200);
});

test("R4 a token that is too old, or older than the newest, sets nothing", async () => {
	const mailing = createMailing();
	const { email } = await signUp(mailing.app);
	await mailing.requestReset(email);
	await mailing.requestReset(email);
	const [newest, older] = mailing.about(reset).map(tokenIn);
	const superseded = await mailing.confirmReset(older ?? "");
	expect([superseded.status, await codeOf(superseded)]).toEqual([400, "invalid_token"]);
	const { exp = 0 } = decodeJwt(newest ?? "");
	vi.useFakeTimers({ toFake: ["Date"], now: (exp + 1) * 1000 });
	const late = await mailing.confirmReset(newest ?? "");
	expect([late.status, await codeOf(late)]).toEqual([400, "invalid_token"]);
});

test("R5 a reset ends all sessions and sockets at once, signs nobody in and tells the owner", async () => {
	const mailing = createMailing();
	const { browser, email, token, refreshToken } = await signUp(mailing.app);
	const socket = listen(await upgrade(mailing.app, "/api/ws", { bearer: token }));
	await mailing.requestReset(email);
	const confirmed = await mailing.confirmReset(tokenIn(mailing.about(reset)[0]));
	expect(await confirmed.json()).toEqual({ ok: true });
	expect(confirmed.headers.getSetCookie()).toEqual([]);
	expect(await socket.closed).toBe(4401);
	expect((await browser.fetch("/api/me")).status).toBe(401);
	expect((await send(mailing.app, "/api/refresh", json({ refreshToken }))).status).toBe(401);
	expect(mailing.about(changed)).toMatchObject([{ to: email }]);
});

test("R6 a token of one user does nothing to another one", async () => {
	const mailing = createMailing();
	const mallory = await signUp(mailing.app);
	const victim = await signUp(mailing.app);
	await mailing.requestReset(mallory.email);
	const token = tokenIn(mailing.about(reset)[0]);
	// The address in the body is none of the endpoint's business, and the id is under the signature.
	const claims = { sub: victim.id, email: victim.email, jti: decodeJwt(token).jti };
	const { signature = "" } = /\.(?<signature>[^.]+)$/.exec(token)?.groups ?? {};
	const bent = await forge(token, { kind: "reset", claims, signature });
	// As if our own secret had signed it: the object knows no such token.
	const foreign = await forge(token, { kind: "reset", claims });
	for (const wrong of [bent, foreign]) {
		const response = await mailing.confirmReset(wrong);
		expect([response.status, await codeOf(response)]).toEqual([400, "invalid_token"]);
	}
	const body = { token, newPassword, email: victim.email };
	expect((await send(mailing.app, "/api/password-reset/confirm", json(body))).status).toBe(200);
	const login = { email: victim.email, password };
	expect((await send(mailing.app, "/api/login", json(login))).status).toBe(200);
});

test("R7 a reset by mail throws out whoever signed up with the address before its owner", async () => {
	const mailing = createMailing();
	const attacker = await signUp(mailing.app);
	const { email } = attacker;
	const second = await mailing.app.request("/api/login", json({ email, password }), env);
	expect(second.status).toBe(200);
	const socket = listen(await upgrade(mailing.app, "/api/ws", { bearer: attacker.token }));

	await mailing.requestReset(email);
	expect((await mailing.confirmReset(tokenIn(mailing.about(reset)[0]))).status).toBe(200);
	expect(await socket.closed).toBe(4401);
	for (const path of ["/api/me", "/data"]) {
		expect((await attacker.browser.fetch(path)).status).toBe(401);
	}
	const { refreshToken } = attacker;
	expect((await send(mailing.app, "/api/refresh", json({ refreshToken }))).status).toBe(401);
	expect((await send(mailing.app, "/api/login", json({ email, password }))).status).toBe(401);
	// Who reads the address's mail has proved that it is theirs.
	const owner = await send(mailing.app, "/api/login", json({ email, password: newPassword }));
	expect(await owner.json()).toMatchObject({ user: { email, emailVerified: true } });
	// The link of the attacker's own sign-up is dead as well.
	const stale = await mailing.confirmEmail(tokenIn(mailing.mails[0]));
	expect(await codeOf(stale)).toBe("invalid_token");
});

test("R8 a hundred requests send three mails an hour, and the owner stays signed in", async () => {
	const mailing = createMailing();
	const { browser, email } = await signUp(mailing.app);
	await Promise.all(Array.from({ length: 50 }, () => mailing.requestReset(email)));
	for (let n = 0; n < 50; n += 1) await mailing.requestReset(email);
	expect(mailing.about(reset)).toHaveLength(3);
	expect((await browser.fetch("/api/me")).status).toBe(200);
	// What was refused did no harm to the newest link.
	vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 25 * 60 * 1000 });
	expect((await mailing.confirmReset(tokenIn(mailing.about(reset)[0]))).status).toBe(200);
	vi.setSystemTime(Date.now() + 40 * 60 * 1000);
	await mailing.requestReset(email);
	expect(mailing.about(reset)).toHaveLength(4);
});

test("J9 no other token resets a password", async () => {
	const mailing = createMailing();
	const { token, refreshToken } = await signUp(mailing.app);
	const foreign = await forge(token, { kind: "reset", signature: "bm8" });
	for (const wrong of [token, refreshToken, foreign, tokenIn(mailing.mails[0]), "x"]) {
		const response = await mailing.confirmReset(wrong);
		expect([response.status, await codeOf(response)]).toEqual([400, "invalid_token"]);
	}
});

test("J8 a mailed token opens nothing", async () => {
	const mailing = createMailing();
	const { email } = await signUp(mailing.app);
	await mailing.requestReset(email);
	expect(mailing.mails).toHaveLength(2);
	for (const token of mailing.mails.map(tokenIn)) {
		const headers = { authorization: `Bearer ${token}` };
		expect((await send(app, "/api/me", { headers })).status).toBe(401);
		const cookie = `${cookies.access}=${token}; ${cookies.refresh}=${token}`;
		expect((await send(app, "/api/me", { headers: { cookie } })).status).toBe(401);
		const refreshed = await send(app, "/api/refresh", json({ refreshToken: token }));
		expect(refreshed.status).toBe(401);
		expect((await upgrade(app, "/api/ws", { bearer: token })).status).toBe(401);
	}
});

test("a new password that is too short is named, and the token stays good", async () => {
	const mailing = createMailing();
	const { email } = await signUp(mailing.app);
	await mailing.requestReset(email);
	const token = tokenIn(mailing.about(reset)[0]);
	const short = await mailing.confirmReset(token, "short");
	expect(short.status).toBe(400);
	expect(await short.json()).toMatchObject({
		code: "invalid_input",
		issues: [{ path: "newPassword" }],
	});
	expect((await mailing.confirmReset(token, "long enough now")).status).toBe(200);
});

test("a page of another site can't ask for mails", async () => {
	const mailing = createMailing();
	const { email } = await signUp(mailing.app);
	const response = await send(
		mailing.app,
		"/api/password-reset/request",
		json({ email }, { origin: evil }),
	);
	expect(response.status).toBe(403);
	expect(mailing.about(reset)).toEqual([]);
});

test("E6 asking about an address that nobody signed up with leaves nothing in its object", async () => {
	const mailing = createMailing();
	const email = newEmail();
	const untouched = await storedIn(newEmail());
	await send(mailing.app, "/api/login", json({ email, password }));
	await mailing.requestReset(email);
	expect(await storedIn(email)).toEqual(untouched);
	expect(untouched.tables).toEqual([]);
	expect(mailing.mails).toEqual([]);
});
