import { env } from "cloudflare:workers";
import type { InvokeCall } from "@userdo/core";
import { objectName } from "@userdo/core/identity";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { createWebSocketHandler, type RateLimits, rateLimit } from "../src/index.js";
import {
	Browser,
	codeOf,
	cookies,
	createApp,
	evil,
	json,
	newAddress,
	newEmail,
	origin,
	password,
	send,
	spyOnNamespaces,
	upgrade,
} from "./helpers.js";
import { hashed } from "./worker.js";

const app = createApp({}, "CHEAP_DO");
const from = (address: string) => ({ "cf-connecting-ip": address });

async function login(email: string, text = password, headers: Record<string, string> = {}) {
	return send(app, "/api/login", json({ email, password: text }, headers));
}

/** Somebody whose passwords cost nothing. */
async function signUp(target = app) {
	const browser = new Browser(target);
	const email = newEmail();
	const response = await browser.post("/api/signup", { email, password });
	expect(response.status).toBe(200);
	const { user } = (await response.json()) as { user: { id: string } };
	return { browser, email, id: user.id };
}

const resetPassword = async (id: string) => {
	const { CHEAP_DO } = env;
	await CHEAP_DO.get(CHEAP_DO.idFromString(id)).resetPassword({ newPassword: "a new one of hers" });
};

const endOthers = async (browser: Browser) => {
	expect((await browser.fetch("/api/sessions", { method: "DELETE" })).status).toBe(200);
};

const statuses = (responses: Response[]) => responses.map(({ status }) => status);
const times = (count: number, status: number) => Array<number>(count).fill(status);

async function repeat(count: number, run: (index: number) => Promise<Response>) {
	const responses: Response[] = [];
	for (let n = 0; n < count; n += 1) responses.push(await run(n));
	return responses;
}

/** The environment, and the names of what its objects are called for. */
function spyOnCalls() {
	const invoked: string[] = [];
	const { CHEAP_DO } = env;
	const namespace = {
		idFromName: (name: string) => CHEAP_DO.idFromName(name),
		idFromString: (id: string) => CHEAP_DO.idFromString(id),
		get: (id: DurableObjectId) => ({
			invoke: (call: InvokeCall) => {
				invoked.push(...call.steps.map(({ name }) => name));
				return CHEAP_DO.get(id).invoke(call);
			},
		}),
	};
	return { bindings: { ...env, CHEAP_DO: namespace }, invoked };
}

/** The clock of the rest of the test stands still, that much later. */
function later(seconds: number) {
	vi.useFakeTimers({ now: Date.now() + seconds * 1000, toFake: ["Date"] });
	onTestFinished(() => void vi.useRealTimers());
}

describe("a network", () => {
	test("B1: the eleventh account in a minute is refused, with Retry-After, and before any hashing", async () => {
		const headers = from(newAddress());
		const attempts = {
			"/api/signup": () => ({ email: newEmail(), password }),
			"/api/login": () => ({ email: newEmail(), password }),
		};
		for (const [path, body] of Object.entries(attempts)) {
			const before = hashed.times;
			const responses = await repeat(11, () => send(app, path, json(body(), headers)));
			expect(statuses(responses)).toEqual([...times(10, path.endsWith("n") ? 401 : 200), 429]);
			expect(hashed.times - before).toBe(10);
			const refused = responses[10] as Response;
			const wait = Number(refused.headers.get("retry-after"));
			expect(wait).toBeGreaterThan(50);
			expect(wait).toBeLessThanOrEqual(60);
			expect(await refused.json()).toEqual({
				error: "Too many tries. Please wait a moment.",
				code: "rate_limited",
				retryAfter: wait,
			});
		}
	});

	test.each(["/api/password-reset/confirm", "/api/email-verification/confirm"])(
		"has ten uses of mailed links in a minute at %s",
		async (path) => {
			const headers = from(newAddress());
			const body = { token: "x.y.z", newPassword: password };
			const responses = await repeat(11, () => send(app, path, json(body, headers)));
			expect(statuses(responses)).toEqual([...times(10, 400), 429]);
			expect((await login(newEmail(), password, headers)).status).toBe(401);
		},
	);

	test("B5: an IPv6 /64 is one, no address is one, and no other header is looked at", async () => {
		const networks: ((n: number) => Record<string, string>)[] = [
			(n) => from(`2001:db8:7:7:${n.toString(16)}::1`),
			(n) => ({
				...from(""),
				"x-forwarded-for": `192.0.2.${n}`,
				"x-real-ip": `192.0.2.${n}`,
				"true-client-ip": `192.0.2.${n}`,
				forwarded: `for=192.0.2.${n}`,
			}),
			(n) => ({ ...from("198.51.100.77"), "x-forwarded-for": `192.0.2.${n}` }),
		];
		for (const headers of networks) {
			const responses = await repeat(11, (n) => login(newEmail(), password, headers(n)));
			expect(statuses(responses)).toEqual([...times(10, 401), 429]);
		}
	});

	test("B7: a refused try does not lengthen the wait, and a right password does not shorten it", async () => {
		const { email } = await signUp();
		const headers = from(newAddress());
		const right = await repeat(10, () => login(email, password, headers));
		expect(statuses(right)).toEqual(times(10, 200));
		const before = hashed.times;
		expect(statuses(await repeat(20, () => login(email, password, headers)))).toEqual(
			times(20, 429),
		);
		expect(hashed.times).toBe(before);
		later(61);
		expect((await login(email, password, headers)).status).toBe(200);
	});

	test("what one does leaves those alone who are signed in behind the same address", async () => {
		const { browser, email } = await signUp();
		const headers = from(browser.address);
		const attack = await repeat(15, () => login(newEmail(), "wrong", headers));
		expect(statuses(attack)).toEqual([...times(10, 401), ...times(5, 429)]);
		await repeat(70, () => send(app, "/api/refresh", json({ refreshToken: "x.y.z" }, headers)));
		expect((await browser.fetch("/api/me")).status).toBe(200);
		expect((await browser.post("/data", { key: "k", value: 1 })).status).toBe(200);
		expect((await browser.post("/api/refresh")).status).toBe(200);
		const socket = await browser.fetch("/api/ws", { headers: { upgrade: "websocket" } });
		expect(socket.status).toBe(101);
		socket.webSocket?.accept();
		socket.webSocket?.close();
		expect((await login(email, password, headers)).status).toBe(429);
		expect((await login(email)).status).toBe(200);
	});

	test("of another site's requests nothing is counted", async () => {
		const headers = from(newAddress());
		const crossed = await repeat(12, () => login(newEmail(), "x", { ...headers, origin: evil }));
		expect(statuses(crossed)).toEqual(times(12, 403));
		expect((await login(newEmail(), "x", headers)).status).toBe(401);
	});

	test("is counted before the user's object is touched, which a 429 never is", async () => {
		const { calls, bindings } = spyOnNamespaces();
		const target = createApp();
		const names = vi.spyOn(bindings.MY_APP_DO, "idFromName");
		const headers = from(newAddress());
		const request = (email: string) => ({
			...json({ email, password: "wrong" }, headers),
			bindings,
		});
		await repeat(10, () => send(target, "/api/login", request(newEmail())));
		calls.length = 0;
		names.mockClear();
		const email = newEmail();
		const refused = await send(target, "/api/login", request(email));
		expect(refused.status).toBe(429);
		expect(calls).toEqual(["idFromName", "get"]);
		const asked = names.mock.calls.map(([name]) => name);
		expect(asked).toEqual([expect.stringMatching(/^userdo:limit:[0-9a-f]$/)]);
		expect(asked).not.toContain(objectName(email));
	});
});

describe("one user from one network", () => {
	test("refreshes 60 times a minute, by the cookie or in a body", async () => {
		const { browser } = await signUp();
		const responses = await repeat(61, () => browser.post("/api/refresh"));
		expect(statuses(responses)).toEqual([...times(60, 200), 429]);
		expect(responses[60]?.headers.getSetCookie()).toEqual([]);
		const refreshToken = browser.jar.get(cookies.refresh);
		const body = json({ refreshToken }, from(browser.address));
		expect((await send(app, "/api/refresh", body)).status).toBe(429);
		const neighbour = new Browser(app);
		const signedUp = await neighbour.fetch(
			"/api/signup",
			json({ email: newEmail(), password }, from(browser.address)),
		);
		expect(signedUp.status).toBe(200);
		expect((await neighbour.post("/api/refresh", undefined, from(browser.address))).status).toBe(
			200,
		);
	});

	test("opens 30 sockets a minute, by the app and by the handler together", async () => {
		const { browser } = await signUp();
		const handler = createWebSocketHandler("CHEAP_DO");
		const open = async (n: number) => {
			const response = await upgrade(n % 2 ? app : handler, "/api/ws", {
				cookie: browser.cookie,
				origin,
				headers: from(browser.address),
			});
			response.webSocket?.accept();
			response.webSocket?.close();
			return response;
		};
		const responses = await repeat(31, open);
		expect(statuses(responses)).toEqual([...times(30, 101), 429]);
		expect(responses[30]?.headers.get("retry-after")).not.toBeNull();
	});
});

describe("an account", () => {
	test("B2, E5: is tried 30 times an hour from 200 networks, whether it exists or not", async () => {
		const { email } = await signUp();
		const answers: string[][] = [];
		for (const [address, hashes] of [
			[email, 30],
			[newEmail(), 30],
		] as const) {
			const before = hashed.times;
			const responses = await repeat(200, () => login(address, "wrong"));
			expect(statuses(responses)).toEqual([...times(30, 401), ...times(170, 429)]);
			expect(hashed.times - before).toBe(hashes);
			const last = responses[199] as Response;
			const body = JSON.stringify(await last.json()).replace(/\d+/, "n");
			answers.push([body, [...last.headers.keys()].join()]);
		}
		expect(answers[0]).toEqual(answers[1]);
		later(3601);
		expect((await login(email)).status).toBe(200);
	});

	test("B3: its owner gets in from a device that is signed in, also with the refresh token alone", async () => {
		const { browser, email } = await signUp();
		const other = new Browser(app);
		await other.post("/api/login", { email, password });
		other.jar.delete(cookies.access);
		await repeat(40, () => login(email, "wrong"));
		expect((await login(email)).status).toBe(429);
		expect((await other.post("/api/login", { email, password })).status).toBe(200);
		expect((await browser.post("/api/login", { email, password })).status).toBe(200);
		// Somebody else's tokens make no device known.
		const { browser: foreign } = await signUp();
		expect((await foreign.post("/api/login", { email, password })).status).toBe(429);
	});

	test("B3: its owner gets in from elsewhere while one network fails fifty times", async () => {
		const { email } = await signUp();
		later(0);
		const headers = from(newAddress());
		const off: RateLimits = { login: false };
		const open = createApp({ rateLimits: off }, "CHEAP_DO");
		const body = json({ email, password: "wrong" }, headers);
		const codes = await repeat(50, () => send(open, "/api/login", body));
		expect(statuses(codes)).toEqual([...times(5, 401), ...times(45, 429)]);
		expect((await login(email)).status).toBe(200);
	});

	test("B7: a right password ends its count, tries that nobody looked at are none", async () => {
		const { email } = await signUp();
		for (let round = 0; round < 3; round += 1) {
			await repeat(29, () => login(email, "wrong"));
			expect((await login(email)).status).toBe(200);
		}
		later(0);
		const headers = from(newAddress());
		const off = createApp({ rateLimits: { login: false } }, "CHEAP_DO");
		const body = json({ email, password: "wrong" }, headers);
		await repeat(60, () => send(off, "/api/login", body));
		expect(statuses(await repeat(25, () => login(email, "wrong")))).toEqual(times(25, 401));
		expect((await login(email, "wrong")).status).toBe(429);
	});

	test("costs three calls where nothing failed before, and what fails is counted before its answer", async () => {
		const { email } = await signUp();
		const { bindings, invoked } = spyOnCalls();
		const attempt = async (text: string) => {
			invoked.length = 0;
			const init = { ...json({ email, password: text }, from(newAddress())), bindings };
			return (await send(app, "/api/login", init)).status;
		};
		const counted = ["countLimit", "countLimit", "login"];
		expect([await attempt(password), ...invoked]).toEqual([200, ...counted]);
		expect([await attempt(password), ...invoked]).toEqual([200, ...counted]);
		expect([await attempt("wrong"), ...invoked]).toEqual([401, ...counted, "keepLimit"]);
		expect([await attempt("wrong"), ...invoked]).toEqual([401, ...counted]);
		expect([await attempt(password), ...invoked]).toEqual([200, ...counted, "forgetLimit"]);
		expect([await attempt(password), ...invoked]).toEqual([200, ...counted]);
	});

	test("B2: whoever hangs up before the answer has tried all the same", async () => {
		const { email } = await signUp();
		const { bindings, invoked } = spyOnCalls();
		const waits: Promise<unknown>[] = [];
		const ctx = { waitUntil: (wait: Promise<unknown>) => waits.push(wait) };
		const init = json({ email, password: "wrong" }, from(newAddress()));
		const request = new Request(`${origin}/api/login`, init as RequestInit<CfProperties>);
		const answer = Promise.resolve(app.fetch(request, bindings, ctx as never));
		await vi.waitUntil(() => invoked.includes("login"));
		expect(waits).toHaveLength(1);
		await Promise.all(waits);
		expect(invoked.at(-1)).toBe("keepLimit");
		expect((await answer).status).toBe(401);
	});

	test("B4, B7: of many right passwords none is refused, and thirty tries at once are the most", async () => {
		const { email } = await signUp();
		later(0);
		const right: Response[] = [];
		for (let n = 0; n < 10; n += 1) {
			right.push(...(await Promise.all(Array.from({ length: 16 }, () => login(email)))));
		}
		expect(statuses(right)).toEqual(times(160, 200));
		later(31);
		const before = hashed.times;
		const wrong = await Promise.all(Array.from({ length: 60 }, () => login(email, "wrong")));
		const refused = wrong.filter(({ status }) => status === 429);
		expect(refused).toHaveLength(30);
		expect(hashed.times - before).toBe(30);
	});

	test("a known device has its own thirty", async () => {
		const { browser, email } = await signUp();
		const off = createApp({ rateLimits: { login: false } }, "CHEAP_DO");
		const attempt = () =>
			send(
				off,
				"/api/login",
				json({ email, password: "wrong" }, { cookie: browser.cookie, origin }),
			);
		expect(statuses(await repeat(31, attempt))).toEqual([...times(30, 401), 429]);
	});

	test.each([
		["the password is reset", (id: string) => resetPassword(id)],
		["all other sessions are ended", (_: string, other: Browser) => endOthers(other)],
	])("B2: a device is known no longer once %s", async (_, end) => {
		const { browser, email, id } = await signUp();
		const other = new Browser(app);
		expect((await other.post("/api/login", { email, password })).status).toBe(200);
		const stolen = browser.cookie;
		await end(id, other);
		// The other one's sign-in counts for half a minute.
		later(31);
		const off = createApp({ rateLimits: { login: false } }, "CHEAP_DO");
		const attempt = (headers: Record<string, string>) =>
			send(off, "/api/login", json({ email, password: "wrong" }, { origin, ...headers }));
		expect(statuses(await repeat(30, () => attempt(from(newAddress()))))).toEqual(times(30, 401));
		expect((await attempt({ cookie: stolen })).status).toBe(429);
		const refreshOnly = stolen.replace(/__Host-userdo_at=[^;]*; /, "");
		expect((await attempt({ cookie: refreshOnly })).status).toBe(429);
	});

	test("E6: 1,000 sign-ins to unknown accounts store nothing, in their objects and the limiter's", async () => {
		const emails = Array.from({ length: 100 }, newEmail);
		const answered = new Set<number>();
		for (const email of emails) {
			for (let n = 0; n < 10; n += 1) answered.add((await login(email)).status);
		}
		expect([...answered]).toEqual([401]);
		const names = [
			...emails.map((email) => objectName(email)),
			...Array.from("0123456789abcdef", (shard) => `userdo:limit:${shard}`),
		];
		const tables = new Set<string>();
		for (const name of names) {
			for (const table of await env.CHEAP_DO.getByName(name).getTables()) tables.add(table);
		}
		expect([...tables]).toEqual([]);
	});
});

describe("mails", () => {
	const sent: string[] = [];
	const mailing = createApp(
		{
			email: {
				from: "app@example.com",
				baseUrl: `${origin}/reset`,
				send: async ({ to }) => void sent.push(to),
			},
		},
		"CHEAP_DO",
	);
	const ask = (email: string, headers: Record<string, string> = {}) =>
		send(mailing, "/api/password-reset/request", json({ email }, headers));

	test("R8: of 100 requests for one address three are mailed, alike for an unknown one", async () => {
		const { browser, email } = await signUp();
		const known = await repeat(100, () => ask(email));
		expect(statuses(known)).toEqual([...times(3, 200), ...times(97, 429)]);
		expect(sent.filter((to) => to === email)).toHaveLength(3);
		expect((await browser.fetch("/api/me")).status).toBe(200);
		const unknown = await repeat(100, () => ask(newEmail().replace(/.*@/, "nobody@")));
		expect(statuses(unknown)).toEqual(statuses(known));
		expect((await ask(email.toUpperCase())).status).toBe(429);
		later(3601);
		expect((await ask(email)).status).toBe(200);
	});

	test("one network asks for five a minute", async () => {
		const headers = from(newAddress());
		const responses = await repeat(6, () => ask(newEmail(), headers));
		expect(statuses(responses)).toEqual([...times(5, 200), 429]);
	});
});

describe("options", () => {
	test("a limit is changed or switched off, alone or with all others", async () => {
		const cases: [RateLimits | false, number][] = [
			[{ login: { limit: 2, period: 60 } }, 2],
			[{ login: false }, 12],
			[false, 12],
		];
		for (const [rateLimits, passed] of cases) {
			const target = createApp({ rateLimits }, "CHEAP_DO");
			const headers = from(newAddress());
			const responses = await repeat(12, () =>
				send(target, "/api/login", json({ email: newEmail(), password }, headers)),
			);
			expect(statuses(responses)).toEqual([...times(passed, 401), ...times(12 - passed, 429)]);
		}
	});

	test("numbers that can't be throw at once", () => {
		for (const rule of [
			{ limit: 0, period: 60 },
			{ limit: 1.5, period: 60 },
			{ limit: 10_000, period: 60 },
			{ limit: 10, period: 0 },
		]) {
			expect(() => createApp({ rateLimits: { login: rule } })).toThrow(/rate limit login/);
			expect(() => rateLimit({ name: "mine", ...rule })).toThrow(/rate limit mine/);
		}
	});

	test("a ratelimits binding counts instead, and is told no address", async () => {
		const keys: string[] = [];
		const limiter = {
			async limit({ key }: { key: string }) {
				keys.push(key);
				return { success: keys.length <= 1 };
			},
		};
		const target = createApp(
			{ rateLimits: { login: { binding: "LOGINS", period: 10 } } },
			"CHEAP_DO",
		);
		const init = () => ({
			...json({ email: newEmail(), password }, from("192.0.2.200")),
			bindings: { ...env, LOGINS: limiter },
		});
		const responses = await repeat(2, () => send(target, "/api/login", init()));
		expect(statuses(responses)).toEqual([401, 429]);
		expect(responses[1]?.headers.get("retry-after")).toBe("10");
		expect(keys).toEqual([expect.stringMatching(/^[0-9a-f]{32}$/), keys[0]]);
	});

	test("a binding that is not there is named in the log", async () => {
		const log = vi.spyOn(console, "error").mockImplementation(() => {});
		const target = createApp({ rateLimits: { login: { binding: "LOST" } } }, "CHEAP_DO");
		const response = await send(target, "/api/login", json({ email: newEmail(), password }));
		expect([response.status, await codeOf(response)]).toEqual([500, "misconfigured"]);
		expect(log.mock.calls).toEqual([["UserDO: misconfigured. LOST is not a ratelimits binding."]]);
	});

	test("in development the machine's own addresses are not limited, others are", async () => {
		const bindings = { ...env, USERDO_DEV: "1" };
		const attempt = (address: string) => () =>
			send(app, "/api/login", {
				...json({ email: newEmail(), password }, from(address)),
				bindings,
			});
		for (const address of ["127.0.0.1", "::1", ""]) {
			expect(statuses(await repeat(12, attempt(address)))).toEqual(times(12, 401));
		}
		const other = await repeat(11, attempt("203.0.113.9"));
		expect(statuses(other)).toEqual([...times(10, 401), 429]);
	});

	test("a limiter that can't keep up refuses with 429", async () => {
		const overloaded = Object.assign(new Error("overloaded"), { overloaded: true });
		const namespace = {
			idFromName: (name: string) => env.CHEAP_DO.idFromName(name),
			get: () => ({ invoke: () => Promise.reject(overloaded) }),
		};
		const response = await send(app, "/api/login", {
			...json({ email: newEmail(), password }),
			bindings: { ...env, CHEAP_DO: namespace },
		});
		expect([response.status, await codeOf(response)]).toEqual([429, "rate_limited"]);
	});
});

describe("a route of the developer's own", () => {
	test("is limited by the network, or by what the developer says, and no other route is", async () => {
		const custom = createApp({}, "CHEAP_DO");
		const rule = { limit: 2, period: 60 };
		custom.get("/a", rateLimit({ name: "a", ...rule }), (c) => c.text("a"));
		custom.get("/b", rateLimit({ name: "b", ...rule, by: (c) => c.req.query("who") }), (c) =>
			c.text("b"),
		);
		const headers = from(newAddress());
		const get = (path: string) => () => send(custom, path, { headers });
		expect(statuses(await repeat(3, get("/a")))).toEqual([200, 200, 429]);
		expect(statuses(await repeat(3, get("/b?who=ada")))).toEqual([200, 200, 429]);
		expect(statuses(await repeat(3, get("/b?who=eve")))).toEqual([200, 200, 429]);
		expect(statuses(await repeat(3, get("/b")))).toEqual([200, 200, 200]);
		expect((await send(custom, "/a", { headers: from(newAddress()) })).status).toBe(200);
	});
});
