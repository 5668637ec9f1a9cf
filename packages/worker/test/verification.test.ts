import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { objectName } from "@userdo/core/identity";
import { decodeJwt } from "jose";
import { afterEach, describe, expect, test, vi } from "vitest";
import {
	type App,
	Browser,
	codeOf,
	cookies,
	evil,
	forge,
	json,
	newAddress,
	newEmail,
	origin,
	password,
	send,
	signUp,
} from "./helpers.js";
import { createMailing, reset, taken, tokenIn, verify } from "./mail.js";

afterEach(() => void vi.useRealTimers());

const me = async (browser: Browser) =>
	(await browser.json<{ user: { emailVerified: boolean } }>("/api/me")).user;

describe("an address", () => {
	test("is confirmed by the link that a sign-up mails, and the session goes on", async () => {
		const mailing = createMailing();
		const { browser, email } = await signUp(mailing.app);
		expect(await me(browser)).toMatchObject({ emailVerified: false });
		expect(mailing.mails).toMatchObject([{ to: email }]);
		expect(mailing.mails[0]?.text).toContain(`${origin}/verify#token=ey`);
		const token = tokenIn(mailing.mails[0]);
		const confirmed = await mailing.confirmEmail(token);
		expect([confirmed.status, await confirmed.text()]).toEqual([200, '{"ok":true}']);
		expect(confirmed.headers.getSetCookie()).toEqual([]);
		expect(await me(browser)).toMatchObject({ emailVerified: true });
		expect(await codeOf(await mailing.confirmEmail(token))).toBe("invalid_token");
	});

	test("R7 is not confirmed for a stranger by whoever reads its mails", async () => {
		const mailing = createMailing();
		const attacker = await signUp(mailing.app);
		const token = tokenIn(mailing.mails[0]);
		for (const body of [{ token }, { token, password: "the victim's own" }]) {
			const response = await send(mailing.app, "/api/email-verification/confirm", json(body));
			expect([response.status, await codeOf(response)]).toEqual([403, "wrong_password"]);
		}
		const other = await signUp(mailing.app);
		const foreign = await other.browser.post("/api/email-verification/confirm", { token });
		expect(await codeOf(foreign)).toBe("wrong_password");
		expect(await me(attacker.browser)).toMatchObject({ emailVerified: false });
		const own = await attacker.browser.post("/api/email-verification/confirm", { token });
		expect(own.status).toBe(200);
	});

	test("is confirmed with the password where the session has ended", async () => {
		const mailing = createMailing();
		const { browser } = await signUp(mailing.app);
		const token = tokenIn(mailing.mails[0]);
		const stale = new Browser(mailing.app, browser.jar);
		await browser.post("/api/logout");
		const path = "/api/email-verification/confirm";
		expect(await codeOf(await stale.post(path, { token }))).toBe("wrong_password");
		expect((await stale.post(path, { token, password })).status).toBe(200);
	});

	test("B2 counts wrong passwords for a link as failed sign-ins", async () => {
		const mailing = createMailing({}, "CHEAP_DO");
		const { email } = await signUp(mailing.app);
		const token = tokenIn(mailing.mails[0]);
		const confirm = (text: string) => {
			const headers = { "cf-connecting-ip": newAddress() };
			const body = json({ token, password: text }, headers);
			return send(mailing.app, "/api/email-verification/confirm", body);
		};
		for (let n = 0; n < 30; n++) expect((await confirm(`wrong ${n}`)).status).toBe(403);
		expect((await confirm(password)).status).toBe(429);
		const login = json({ email, password }, { "cf-connecting-ip": newAddress() });
		expect((await send(mailing.app, "/api/login", login)).status).toBe(429);
	});

	test("R8 is mailed no more by signing up and deleting the account in turn", async () => {
		const mailing = createMailing();
		const email = newEmail();
		for (let round = 0; round < 5; round++) {
			const { browser } = await signUp(mailing.app, email);
			const gone = await browser.fetch("/api/me", { ...json({ password }), method: "DELETE" });
			expect(gone.status).toBe(200);
		}
		expect(mailing.mails).toHaveLength(3);
	});

	test("is mailed at most one link a minute and three an hour, with the same answer", async () => {
		const mailing = createMailing();
		const { browser } = await signUp(mailing.app);
		const start = Date.now();
		vi.useFakeTimers({ toFake: ["Date"] });
		const sent: number[] = [];
		for (const seconds of [1, 59, 61, 90, 130, 200, 1000, 3500, 3605]) {
			vi.setSystemTime(start + seconds * 1000);
			const response = await browser.post("/api/email-verification/request");
			expect([response.status, await response.text()]).toEqual([200, '{"ok":true}']);
			sent.push(mailing.mails.length);
		}
		expect(sent).toEqual([1, 1, 2, 2, 3, 3, 3, 3, 4]);
	});

	test("is confirmed by the newest link only, for a day", async () => {
		const mailing = createMailing();
		const { browser } = await signUp(mailing.app);
		vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 61_000 });
		await browser.post("/api/email-verification/request");
		const [older, newest] = mailing.mails.map(tokenIn) as [string, string];
		expect(await codeOf(await mailing.confirmEmail(older))).toBe("invalid_token");
		const { iat = 0, exp = 0 } = decodeJwt(newest);
		expect(exp - iat).toBe(24 * 60 * 60);
		vi.setSystemTime((exp + 1) * 1000);
		expect(await codeOf(await mailing.confirmEmail(newest))).toBe("invalid_token");
		vi.setSystemTime((exp - 1) * 1000);
		expect((await mailing.confirmEmail(newest)).status).toBe(200);
	});

	test("gets no link once it is confirmed", async () => {
		const mailing = createMailing();
		const { browser } = await signUp(mailing.app);
		await mailing.confirmEmail(tokenIn(mailing.mails[0]));
		vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 61_000 });
		expect((await browser.post("/api/email-verification/request")).status).toBe(200);
		expect(mailing.mails).toHaveLength(1);
	});

	test("gets no link for nobody, for an ended session, or for another site's page", async () => {
		const mailing = createMailing();
		const { browser, token } = await signUp(mailing.app);
		const ask = (headers: Record<string, string>) =>
			send(mailing.app, "/api/email-verification/request", { method: "POST", headers });
		vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 61_000 });
		expect((await ask({})).status).toBe(401);
		expect((await ask({ cookie: browser.cookie, origin: evil })).status).toBe(403);
		await browser.post("/api/logout");
		expect((await ask({ authorization: `Bearer ${token}` })).status).toBe(401);
		expect(mailing.mails).toHaveLength(1);
	});

	test("J8 is confirmed by no other token, and none of another user, binding or secret", async () => {
		const mailing = createMailing();
		const shop = createMailing({}, "SHOP_DO");
		const user = await signUp(mailing.app);
		const other = await signUp(mailing.app);
		await signUp(shop.app);
		await mailing.requestReset(user.email);
		const good = tokenIn(mailing.mails[0]);
		const { jti } = decodeJwt(good);
		const wrong = [
			user.token,
			user.refreshToken,
			tokenIn(mailing.about(reset)[0]),
			tokenIn(shop.mails[0]),
			await forge(good, { kind: "verify" }),
			await forge(good, { kind: "verify", claims: { jti, sub: other.id } }),
			await forge(good, { kind: "verify", claims: { jti }, secret: "x".repeat(40) }),
			await forge(good, { kind: "verify", claims: { jti, aud: "SHOP_DO" } }),
			await forge(good, { kind: "verify", claims: { jti, exp: undefined } }),
			"x",
		];
		for (const token of wrong) {
			const response = await mailing.confirmEmail(token);
			expect([response.status, await codeOf(response)]).toEqual([400, "invalid_token"]);
		}
		expect(await me(user.browser)).toMatchObject({ emailVerified: false });
		expect(await me(other.browser)).toMatchObject({ emailVerified: false });
		expect((await mailing.confirmEmail(good)).status).toBe(200);
	});
});

describe("with requireVerifiedEmail", () => {
	const createClub = () => createMailing({}, "CLUB_DO");
	const stubOf = (email: string) => env.CLUB_DO.getByName(objectName(email));
	const signup = (app: App, email: string, secret = password) =>
		send(app, "/api/signup", json({ email, password: secret }));
	const login = (app: App, email: string, secret = password) =>
		send(app, "/api/login", json({ email, password: secret }));
	const rowsOf = (email: string) =>
		runInDurableObject(stubOf(email), (_, { storage: { sql } }) => ({
			bytes: sql.databaseSize,
			tables: sql.exec("SELECT name FROM sqlite_master WHERE name NOT GLOB '_cf_*'").toArray(),
		}));

	/** A club member. */
	async function join(club: ReturnType<typeof createClub>, email = newEmail()) {
		await signup(club.app, email);
		const confirmed = await club.confirmEmail(tokenIn(club.about(verify)[0]));
		expect(confirmed.status).toBe(200);
		return email;
	}

	/** As an account from before the option was set. */
	async function unconfirm(email: string): Promise<void> {
		await runInDurableObject(stubOf(email), (_, { storage }) => {
			storage.sql.exec("UPDATE _userdo_account SET verified_at = NULL");
		});
		await evictDurableObject(stubOf(email));
	}

	test("a sign-up lets nobody in until its link is followed, and signs in by the login", async () => {
		const club = createClub();
		const email = newEmail();
		const response = await signup(club.app, email);
		expect(response.status).toBe(202);
		expect(await response.json()).toEqual({ user: null, verification: "sent" });
		expect(response.headers.getSetCookie()).toEqual([]);
		expect(await codeOf(await login(club.app, email))).toBe("invalid_credentials");
		expect((await rowsOf(email)).tables).toEqual([{ name: "_userdo_mails" }]);
		const token = tokenIn(club.mails[0]);
		const confirmed = await club.confirmEmail(token);
		expect([confirmed.status, confirmed.headers.getSetCookie()]).toEqual([200, []]);
		expect(await codeOf(await club.confirmEmail(token))).toBe("invalid_token");
		const browser = new Browser(club.app);
		expect((await browser.post("/api/login", { email, password })).status).toBe(200);
		expect(await me(browser)).toMatchObject({ email, emailVerified: true });
	});

	test("sessions from before the option end at their next refresh", async () => {
		const club = createClub();
		const email = await join(club);
		const browser = new Browser(club.app);
		await browser.post("/api/login", { email, password });
		await unconfirm(email);
		const response = await browser.post("/api/refresh");
		expect([response.status, await codeOf(response)]).toEqual([403, "email_not_verified"]);
	});

	test("cookies from before the option keep nobody from the ways back in", async () => {
		const club = createClub();
		const email = await join(club);
		const browser = new Browser(club.app);
		await browser.post("/api/login", { email, password });
		await unconfirm(email);
		browser.jar.delete(cookies.access);
		expect(await codeOf(await browser.fetch("/api/me"))).toBe("email_not_verified");
		expect((await browser.fetch("/nowhere")).status).toBe(404);
		expect((await browser.post("/api/password-reset/request", { email })).status).toBe(200);
		const token = tokenIn(club.about(reset)[0]);
		const newPassword = "a new password of hers";
		const confirmed = await browser.post("/api/password-reset/confirm", { token, newPassword });
		expect(confirmed.status).toBe(200);
		expect((await browser.post("/api/login", { email, password: newPassword })).status).toBe(200);
		expect((await browser.fetch("/api/me")).status).toBe(200);
		await unconfirm(email);
		browser.jar.delete(cookies.access);
		await browser.post("/api/logout");
		expect(browser.jar.size).toBe(0);
	});

	test("E3 a taken address answers as a free one does, and its owner is told", async () => {
		const club = createClub();
		const email = await join(club);
		const known = await signup(club.app, email, "the attacker's");
		const unknown = await signup(club.app, newEmail(), "the attacker's");
		expect([known.status, unknown.status]).toEqual([202, 202]);
		expect(await known.text()).toBe(await unknown.text());
		expect([...known.headers]).toEqual([...unknown.headers]);
		expect(club.about(taken)).toMatchObject([{ to: email }]);
		expect(club.about(taken)[0]?.text).not.toContain("token=");
		// Nor does a login with that password tell which address is taken.
		const logins = await Promise.all(
			[email, newEmail()].map((address) => login(club.app, address, "the attacker's")),
		);
		expect(await Promise.all(logins.map(codeOf))).toEqual(Array(2).fill("invalid_credentials"));
		expect((await login(club.app, email)).status).toBe(200);
	});

	test("E4 a sign-up hashes once, whether the address is free or taken", async () => {
		const club = createClub();
		const email = await join(club);
		const derive = vi.spyOn(crypto.subtle, "deriveBits");
		await signup(club.app, email);
		const forTaken = derive.mock.calls.length;
		await signup(club.app, newEmail());
		expect([forTaken, derive.mock.calls.length - forTaken]).toEqual([6, 6]);
	});

	test("R7 a link commits its own sign-up only: all others of the address are dead", async () => {
		const club = createClub();
		const email = newEmail();
		await signup(club.app, email, "the attacker's 1");
		await signup(club.app, email, "the owner's own");
		await signup(club.app, email, "the attacker's 2");
		const [last, owners, first] = club.about(verify).map(tokenIn) as [string, string, string];
		// Whoever reads the mails can't tell whose is whose, and lets nobody in by a wrong one.
		for (const token of [first, owners, last]) {
			const attempt = await club.confirmEmail(token, "not the password");
			expect([attempt.status, await codeOf(attempt)]).toEqual([403, "wrong_password"]);
		}
		expect(await codeOf(await club.confirmEmail(last, "the owner's own"))).toBe("wrong_password");
		expect((await club.confirmEmail(owners, "the owner's own")).status).toBe(200);
		for (const stale of [first, last]) {
			expect(await codeOf(await club.confirmEmail(stale))).toBe("invalid_token");
		}
		for (const wrong of ["the attacker's 1", "the attacker's 2"]) {
			expect(await codeOf(await login(club.app, email, wrong))).toBe("invalid_credentials");
		}
		expect((await login(club.app, email, "the owner's own")).status).toBe(200);
	});

	test("R7 an account that was never confirmed is not handed to a later sign-up", async () => {
		const club = createClub();
		const email = await join(club);
		await unconfirm(email);
		expect((await signup(club.app, email, "the attacker's")).status).toBe(202);
		expect(club.about(taken)).toHaveLength(1);
		expect(club.about(verify)).toHaveLength(1);
		expect(await codeOf(await login(club.app, email, "the attacker's"))).toBe(
			"invalid_credentials",
		);
	});

	test("email_not_verified is said after the right password only", async () => {
		const club = createClub();
		const email = await join(club);
		await unconfirm(email);
		expect(await codeOf(await login(club.app, email, "wrong password"))).toBe(
			"invalid_credentials",
		);
		const right = await login(club.app, email);
		expect([right.status, await codeOf(right)]).toEqual([403, "email_not_verified"]);
		expect(right.headers.getSetCookie()).toEqual([]);
		// A reset by mail proves the address as well.
		await club.requestReset(email);
		await club.confirmReset(tokenIn(club.about(reset)[0]), "a newer password");
		expect((await login(club.app, email, "a newer password")).status).toBe(200);
	});

	test("an address gets three mails an hour for sign-ups, and holds five of them at most", async () => {
		const club = createClub();
		const email = newEmail();
		vi.useFakeTimers({ toFake: ["Date"] });
		const start = Date.now();
		for (const hours of [0, 2, 4]) {
			vi.setSystemTime(start + hours * 60 * 60 * 1000);
			for (let n = 0; n < 5; n += 1) {
				expect((await signup(club.app, email)).status).toBe(202);
			}
		}
		expect(club.mails).toHaveLength(9);
		const works = club.mails.map(tokenIn);
		const kept = await runInDurableObject(stubOf(email), (_, { storage }) =>
			storage.sql.exec("SELECT count(*) AS kept FROM _userdo_mails").one(),
		);
		expect(kept).toEqual({ kept: 5 });
		expect(await codeOf(await club.confirmEmail(works[3] ?? ""))).toBe("invalid_token");
		expect((await club.confirmEmail(works[4] ?? "")).status).toBe(200);
	});

	test("E6 sign-ups that nobody confirms are gone after a day, with all of their storage", async () => {
		const club = createClub();
		const email = newEmail();
		const untouched = await rowsOf(newEmail());
		vi.useFakeTimers({ toFake: ["Date"] });
		const start = Date.now();
		await signup(club.app, email);
		vi.setSystemTime(start + 60 * 60 * 1000);
		await signup(club.app, email);
		vi.setSystemTime(start + 24.5 * 60 * 60 * 1000);
		expect(await runDurableObjectAlarm(stubOf(email))).toBe(true);
		// The second one lives for half an hour more.
		expect(await rowsOf(email)).not.toEqual(untouched);
		vi.setSystemTime(start + 26 * 60 * 60 * 1000);
		expect(await runDurableObjectAlarm(stubOf(email))).toBe(true);
		expect(await rowsOf(email)).toEqual(untouched);
		expect(await runDurableObjectAlarm(stubOf(email))).toBe(false);
		expect(await codeOf(await club.confirmEmail(tokenIn(club.mails[1])))).toBe("invalid_token");
	});

	test("R2 what waits for a link is kept as hashes only", async () => {
		const club = createClub();
		const email = newEmail();
		await signup(club.app, email);
		const dump = await runInDurableObject(stubOf(email), (_, { storage }) =>
			JSON.stringify(storage.sql.exec("SELECT * FROM _userdo_mails").toArray()),
		);
		const token = tokenIn(club.mails[0]);
		for (const secret of [password, email, String(decodeJwt(token).jti), ...token.split(".")]) {
			expect(dump).not.toContain(secret);
		}
	});

	test("an account's alarm is left alone", async () => {
		const club = createClub();
		const email = await join(club);
		const alarm = await runInDurableObject(stubOf(email), (_, { storage }) => storage.getAlarm());
		expect(alarm).toBeNull();
	});

	test("the object refuses to sign up in any other way", async () => {
		const email = newEmail();
		const error = await (stubOf(email) as unknown as { signup(input: object): Promise<unknown> })
			.signup({ email, password })
			.catch((error: unknown) => error);
		expect(error).toMatchObject({ name: "UserDOError", code: "email_not_verified" });
		expect((await rowsOf(email)).tables).toEqual([]);
	});
});
