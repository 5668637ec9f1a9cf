import { evictDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { SessionSchema, type UserSession } from "@userdo/contracts";
import { objectName } from "@userdo/core/identity";
import { decodeJwt } from "jose";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import {
	Browser,
	codeOf,
	cookies,
	createApp,
	evil,
	listen,
	newEmail,
	origin,
	password,
	signUp,
	upgrade,
} from "./helpers.js";

const app = createApp();
const firefox = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:141.0) Gecko/20100101 Firefox/141.0";
const safari =
	"Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1";

const sidOf = (browser: Browser) =>
	decodeJwt<{ sid: string }>(browser.jar.get(cookies.access) ?? "").sid;
const sessionsOf = async (browser: Browser) =>
	(await browser.json<{ sessions: UserSession[] }>("/api/sessions")).sessions;
const revoke = (browser: Browser, id: string) =>
	browser.fetch(`/api/sessions/${id}`, { method: "DELETE" });

/** Another device of the same user. */
async function logIn(email: string, userAgent = ""): Promise<Browser> {
	const browser = new Browser(app);
	const answer = await browser.post("/api/login", { email, password }, { "user-agent": userAgent });
	expect(answer.status).toBe(200);
	return browser;
}

const socketOf = async (browser: Browser) =>
	listen(await upgrade(app, "/api/ws", { cookie: browser.cookie, origin }));

describe("the list of sessions", () => {
	test("C10: names devices and times, says which one asks, and holds no secret", async () => {
		const { browser, email } = await signUp(app);
		const second = await logIn(email, firefox);
		const third = await logIn(email, safari);
		const response = await third.fetch("/api/sessions");
		const text = await response.clone().text();
		const { sessions } = (await response.json()) as { sessions: UserSession[] };
		for (const session of sessions) expect(SessionSchema.strict().parse(session)).toEqual(session);
		expect(
			new Set(sessions.map(({ id, device, current }) => `${id} ${device} ${current}`)),
		).toEqual(
			new Set([
				`${sidOf(browser)} Unknown device false`,
				`${sidOf(second)} Firefox on Windows false`,
				`${sidOf(third)} Safari on iPhone true`,
			]),
		);
		expect(text).not.toMatch(/Mozilla|141\.0|eyJ/);
		for (const { jar } of [browser, second, third]) {
			for (const token of jar.values()) expect(text).not.toContain(decodeJwt(token).jti);
		}
	});

	test("asks for a session", async () => {
		const stranger = new Browser(app);
		for (const [method, path] of [
			["GET", "/api/sessions"],
			["DELETE", "/api/sessions"],
			["DELETE", `/api/sessions/${crypto.randomUUID()}`],
		] as const) {
			const response = await stranger.fetch(path, { method });
			expect([path, response.status]).toEqual([path, 401]);
		}
	});

	test("C11: has 50 at most; the 51st ends the one that was unused for the longest time", async () => {
		const { browser, email, id } = await signUp(app);
		const stub = env.MY_APP_DO.get(env.MY_APP_DO.idFromString(id));
		const socket = await socketOf(browser);
		// Not over HTTP, 50 passwords would take their time: the same method, one hash at a time.
		for (let count = 1; count < 50; count++) await stub.login({ email, password });
		expect(await sessionsOf(browser)).toHaveLength(50);
		const last = await logIn(email);
		expect(await socket.closed).toBe(4401);
		expect((await browser.fetch("/api/me")).status).toBe(401);
		expect(await sessionsOf(last)).toHaveLength(50);
	});
});

describe("ending sessions", () => {
	test("C10: an unknown or foreign id is not found, and ends nothing", async () => {
		const { browser } = await signUp(app);
		const other = await signUp(app);
		for (const id of [crypto.randomUUID(), sidOf(other.browser), sidOf(browser).toUpperCase()]) {
			const response = await revoke(browser, id);
			expect([response.status, await codeOf(response)]).toEqual([404, "not_found"]);
		}
		for (const id of ["x", "__proto__", "%00", "1' OR 1=1 --"]) {
			const response = await revoke(browser, id);
			expect([id, response.status]).toEqual([id, 400]);
		}
		expect((await other.browser.fetch("/api/me")).status).toBe(200);
		expect(await sessionsOf(browser)).toHaveLength(1);
	});

	test.each([false, true])(
		"W5: closes the session's sockets at once and no others (object evicted before: %s)",
		async (evicted) => {
			const { browser, email } = await signUp(app);
			const second = await logIn(email);
			const [own, ended] = [await socketOf(browser), await socketOf(second)];
			if (evicted) {
				await evictDurableObject(env.MY_APP_DO.getByName(objectName(email)));
			}
			expect((await revoke(browser, sidOf(second))).status).toBe(200);
			expect(await ended.closed).toBe(4401);
			expect((await second.fetch("/api/me")).status).toBe(401);
			await browser.post("/data", { key: "still", value: "here" });
			expect(await own.next(({ type }) => type === "changes")).toMatchObject({ type: "changes" });
			const again = await revoke(browser, sidOf(second));
			expect(await codeOf(again)).toBe("not_found");
		},
	);

	test("C6: of one's own is signing out: the cookies go, other devices stay", async () => {
		const { browser, email } = await signUp(app);
		const second = await logIn(email);
		const twin = new Browser(app, browser.jar);
		expect((await revoke(browser, sidOf(browser))).status).toBe(200);
		expect(browser.jar.size).toBe(0);
		expect((await twin.fetch("/api/me")).status).toBe(401);
		expect((await second.fetch("/api/me")).status).toBe(200);
	});

	test("W5: all others at once leaves the one that asks, with its socket", async () => {
		const { browser, email } = await signUp(app);
		const others = [await logIn(email), await logIn(email)];
		const sockets = await Promise.all(others.map(socketOf));
		const own = await socketOf(browser);
		const response = await browser.fetch("/api/sessions", { method: "DELETE" });
		expect(await response.json()).toEqual({ ok: true });
		expect(await Promise.all(sockets.map(({ closed }) => closed))).toEqual([4401, 4401]);
		expect(await sessionsOf(browser)).toMatchObject([{ id: sidOf(browser), current: true }]);
		await browser.post("/data", { key: "still", value: "here" });
		await own.next(({ type }) => type === "changes");
	});

	test("X3, X5: is nothing that a GET or another site can do", async () => {
		const { browser, email } = await signUp(app);
		const second = await logIn(email);
		const path = `/api/sessions/${sidOf(second)}`;
		const got = await browser.fetch(path);
		expect([got.status, got.headers.get("allow")]).toEqual([405, "DELETE"]);
		for (const target of [path, "/api/sessions"]) {
			const response = await browser.fetch(target, { method: "DELETE", headers: { origin: evil } });
			expect([response.status, await codeOf(response)]).toEqual([403, "cross_site"]);
		}
		expect((await second.fetch("/api/me")).status).toBe(200);
	});
});

describe("changing the password", () => {
	const newPassword = "another horse battery";

	test("P7, W5: ends the other sessions with their sockets; this one goes on", async () => {
		const { browser, email } = await signUp(app);
		const second = await logIn(email);
		const [own, other] = [await socketOf(browser), await socketOf(second)];
		const passwords = { oldPassword: password, newPassword };
		const response = await browser.post("/api/password/change", passwords);
		expect([response.status, await response.json()]).toEqual([200, { ok: true }]);
		expect(await other.closed).toBe(4401);
		expect((await second.fetch("/api/me")).status).toBe(401);
		await browser.post("/data", { key: "still", value: "here" });
		await own.next(({ type }) => type === "changes");
		const wrong = await browser.post("/api/login", { email, password });
		expect(wrong.status).toBe(401);
		expect((await browser.post("/api/login", { email, password: newPassword })).status).toBe(200);
	});

	test("P7: a wrong old one is 403 and counted, an absent one 400; nothing changes", async () => {
		const { browser, email } = await signUp(app);
		const second = await logIn(email);
		const absent = await browser.post("/api/password/change", { newPassword });
		expect([absent.status, await codeOf(absent)]).toEqual([400, "invalid_input"]);
		const answers: [number, string][] = [];
		for (let times = 0; times < 6; times++) {
			const passwords = { oldPassword: "not the password", newPassword };
			const response = await browser.post("/api/password/change", passwords);
			answers.push([response.status, await codeOf(response)]);
		}
		expect(answers).toEqual([...Array(5).fill([403, "wrong_password"]), [429, "rate_limited"]]);
		expect((await second.fetch("/api/me")).status).toBe(200);
	});

	test("asks for a session, and for the same site", async () => {
		const { browser, email } = await signUp(app);
		const passwords = { oldPassword: password, newPassword };
		const stranger = await new Browser(app).post("/api/password/change", passwords);
		expect(stranger.status).toBe(401);
		const foreign = await browser.post("/api/password/change", passwords, { origin: evil });
		expect(foreign.status).toBe(403);
		const login = await new Browser(app).post("/api/login", { email, password });
		expect(login.status).toBe(200);
	});
});

test("C9: nobody is refreshed after a week of idleness, nor after thirty days of use", async () => {
	const { browser, email } = await signUp(app);
	const idle = await logIn(email);
	const start = Date.now();
	const day = 24 * 60 * 60 * 1000;
	vi.useFakeTimers({ now: start, toFake: ["Date"] });
	onTestFinished(() => void vi.useRealTimers());
	for (const days of [6, 12, 18, 24, 29.9]) {
		vi.setSystemTime(start + days * day);
		expect([days, (await browser.post("/api/refresh")).status]).toEqual([days, 200]);
		if (days === 6) expect((await sessionsOf(browser)).length).toBe(2);
		if (days !== 12) continue;
		const response = await idle.post("/api/refresh");
		expect([response.status, await codeOf(response)]).toEqual([401, "unauthorized"]);
		expect((await idle.fetch("/api/me")).status).toBe(401);
		expect(await sessionsOf(browser)).toMatchObject([{ id: sidOf(browser) }]);
	}
	vi.setSystemTime(start + 30 * day);
	expect((await browser.post("/api/refresh")).status).toBe(401);
	expect((await browser.fetch("/api/me")).status).toBe(401);
});

test("C5: a session that was planted before a sign-in is not the one after it", async () => {
	const attacker = await signUp(app);
	const victim = new Browser(app, attacker.browser.jar);
	const email = newEmail();
	await victim.post("/api/signup", { email, password });
	expect(sidOf(victim)).not.toBe(sidOf(attacker.browser));
	expect((await attacker.browser.fetch("/api/me")).status).toBe(401);
	expect((await victim.json<{ user: { email: string } }>("/api/me")).user.email).toBe(email);
});
