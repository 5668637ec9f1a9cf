import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { objectName } from "@userdo/core/identity";
import { describe, expect, test } from "vitest";
import {
	Browser,
	codeOf,
	cookies,
	createApp,
	evil,
	json,
	listen,
	origin,
	password,
	secretsIn,
	send,
	signUp,
	upgrade,
} from "./helpers.js";

const app = createApp();
const stubOf = (email: string) => env.MY_APP_DO.getByName(objectName(email));
const tablesOf = (email: string) =>
	runInDurableObject(stubOf(email), (_object, { storage }) =>
		storage.sql.exec("SELECT name FROM sqlite_master").toArray(),
	);

function remove(browser: Browser, body: unknown, headers: Record<string, string> = {}) {
	return browser.fetch("/api/me", { ...json(body, headers), method: "DELETE" });
}

async function linesOf(response: Response): Promise<Record<string, unknown>[]> {
	const text = await response.text();
	expect(text.endsWith("\n")).toBe(true);
	return text
		.slice(0, -1)
		.split("\n")
		.map((line) => JSON.parse(line));
}

describe("deleting the account", () => {
	test.each([false, true])(
		"C12, J20: leaves nothing, and its tokens are no good for the next account (evicted: %s)",
		async (evicted) => {
			const { browser, email, token, refreshToken } = await signUp(app);
			const second = new Browser(app);
			await second.post("/api/login", { email, password });
			await browser.post("/data", { key: "diary", value: "secret" });
			await stubOf(email).createPost("a title", "some content");
			const sockets = await Promise.all(
				[browser, second].map(async ({ cookie }) =>
					listen(await upgrade(app, "/api/ws", { cookie, origin })),
				),
			);
			const hello = await sockets[0]?.next(({ type }) => type === "hello");
			if (evicted) await evictDurableObject(stubOf(email));

			const response = await remove(browser, { password });
			expect([response.status, await response.json()]).toEqual([200, { ok: true }]);
			expect(browser.jar.size).toBe(0);
			expect(await Promise.all(sockets.map(({ closed }) => closed))).toEqual([4401, 4401]);
			expect(await tablesOf(email)).toEqual([]);

			const old = { headers: { authorization: `Bearer ${token}` } };
			const isRefused = async () => {
				for (const path of ["/api/me", "/data", "/api/sessions", "/api/export"]) {
					expect([path, (await send(app, path, old)).status]).toEqual([path, 401]);
				}
				expect((await upgrade(app, "/api/ws", { bearer: token })).status).toBe(401);
				const refreshed = await send(app, "/api/refresh", json({ refreshToken }));
				expect([refreshed.status, await codeOf(refreshed)]).toEqual([401, "unauthorized"]);
				expect((await second.fetch("/api/me")).status).toBe(401);
			};
			await isRefused();
			const login = await new Browser(app).post("/api/login", { email, password });
			expect([login.status, await codeOf(login)]).toEqual([401, "invalid_credentials"]);
			expect(await tablesOf(email)).toEqual([]);

			const next = await signUp(app, email);
			await isRefused();
			expect(await next.browser.json("/data")).toEqual({ data: {}, versions: {} });
			expect(await stubOf(email).getPosts()).toEqual([]);
			const { sessions } = await next.browser.json<{ sessions: unknown[] }>("/api/sessions");
			expect(sessions).toHaveLength(1);
			const socket = listen(
				await upgrade(app, `/api/ws?since=1.1&epoch=${hello?.epoch}`, {
					cookie: next.browser.cookie,
					origin,
				}),
			);
			const greeting = await socket.next(({ type }) => type === "hello");
			expect(greeting).toMatchObject({ mode: "resync" });
			expect(greeting.epoch).not.toBe(hello?.epoch);
			await next.browser.post("/data", { key: "diary", value: "new" });
			const changes = await socket.next(({ type }) => type === "changes");
			expect(changes).toMatchObject({ changes: [{ event: "kv:diary", data: "new" }] });
		},
	);

	test("P7: asks for the password: a wrong one is 403 and counted, none is 400", async () => {
		const { browser, email } = await signUp(app);
		for (const body of [{}, { password: "" }, { password: ["x"] }]) {
			const response = await remove(browser, body);
			expect([response.status, await codeOf(response)]).toEqual([400, "invalid_input"]);
		}
		const answers: [number, string][] = [];
		for (let times = 0; times < 6; times++) {
			const response = await remove(browser, { password: "not the password" });
			answers.push([response.status, await codeOf(response)]);
		}
		expect(answers).toEqual([...Array(5).fill([403, "wrong_password"]), [429, "rate_limited"]]);
		// Blocked are also the right one and a sign-in from here: it is one count.
		expect((await remove(browser, { password })).status).toBe(429);
		expect((await browser.post("/api/login", { email, password })).status).toBe(429);
		expect((await browser.fetch("/api/me")).status).toBe(200);
	});

	test("X1, X5: is nothing that another site or a stranger can do", async () => {
		const { browser } = await signUp(app);
		const foreign = await remove(browser, { password }, { origin: evil });
		expect([foreign.status, await codeOf(foreign)]).toEqual([403, "cross_site"]);
		const form = await browser.fetch("/api/me", {
			method: "DELETE",
			headers: { "content-type": "application/x-www-form-urlencoded" },
			body: `password=${encodeURIComponent(password)}`,
		});
		expect(form.status).toBe(415);
		expect((await remove(new Browser(app), { password })).status).toBe(401);
		expect((await browser.fetch("/api/me")).status).toBe(200);
	});

	test("goes on with the refresh cookie alone", async () => {
		const { browser, email } = await signUp(app);
		browser.jar.delete(cookies.access);
		expect((await remove(browser, { password })).status).toBe(200);
		expect(browser.jar.size).toBe(0);
		expect(await tablesOf(email)).toEqual([]);
	});
});

describe("the export", () => {
	test("has the user, every key and row, and says at its end that it is complete", async () => {
		const { browser, email, id } = await signUp(app);
		const nasty = 'line\nbreak \u2028 "quotes" 🦊';
		const key = '\u2028 "quotes" 🦊';
		await browser.post("/data", { key, value: { nested: [nasty, null] } });
		await stubOf(email).createPost(nasty, "content");
		const response = await browser.fetch("/api/export");
		expect(Object.fromEntries(response.headers)).toMatchObject({
			"content-type": "application/jsonl",
			"content-disposition": expect.stringMatching(
				/^attachment; filename="export-\d{4}-\d\d-\d\d\.jsonl"$/,
			),
			"cache-control": "no-store",
			"x-content-type-options": "nosniff",
		});
		const lines = await linesOf(response);
		expect(lines).toEqual([
			{ type: "user", user: { id, email, emailVerified: false, createdAt: expect.any(String) } },
			{ type: "key", key, value: { nested: [nasty, null] } },
			{
				type: "row",
				table: "posts",
				row: {
					id: expect.any(String),
					title: nasty,
					content: "content",
					createdAt: expect.any(String),
					updatedAt: expect.any(String),
				},
			},
			{ type: "end", keys: 1, rows: { posts: 1 } },
		]);
	});

	test("L1, C4: holds no token, hash or session", async () => {
		const { browser, email, token, refreshToken } = await signUp(app);
		await stubOf(email).createPasswordReset();
		const stored = await runInDurableObject(stubOf(email), (_object, { storage }) =>
			["_userdo_account", "_userdo_sessions"].flatMap((table) =>
				storage.sql.exec(`SELECT * FROM ${table}`).toArray(),
			),
		);
		const hashes = stored
			.flatMap((row) => Object.entries(row))
			.filter(([name]) => /hash/.test(name))
			.map(([, value]) => String(value))
			.filter((value) => value !== "null");
		expect(hashes.length).toBeGreaterThanOrEqual(3);
		const text = await (await browser.fetch("/api/export")).text();
		for (const canary of [...hashes, password, token, refreshToken]) {
			expect(text).not.toContain(canary);
		}
		for (const line of text.trim().split("\n")) expect(secretsIn(JSON.parse(line))).toEqual([]);
	});

	test("is read while it is sent: what is more than an RPC may carry, a piece at a time", async () => {
		const { browser, email } = await signUp(app);
		await runInDurableObject(stubOf(email), (object) => {
			const content = "x".repeat(1_000_000);
			for (let n = 0; n < 40; n++) object.posts.create({ title: `${n}`, content, createdAt: "" });
		});
		const response = await browser.fetch("/api/export");
		const reader = (response.body as ReadableStream<Uint8Array>).getReader();
		let bytes = 0;
		let largest = 0;
		let tail = "";
		for (;;) {
			const { done, value } = await reader.read();
			if (done) break;
			bytes += value.length;
			largest = Math.max(largest, value.length);
			tail = (tail + new TextDecoder().decode(value)).slice(-100);
		}
		expect(bytes).toBeGreaterThan(40_000_000);
		expect(largest).toBeLessThan(4_000_000);
		expect(tail).toContain('{"type":"end","keys":0,"rows":{"posts":40}}');
	});

	test("breaks off without its last line when the session ends meanwhile", async () => {
		const { browser, email } = await signUp(app);
		await runInDurableObject(stubOf(email), (object) => {
			const content = "x".repeat(1_000_000);
			for (let n = 0; n < 20; n++) object.posts.create({ title: `${n}`, content, createdAt: "" });
		});
		const response = await browser.fetch("/api/export");
		const reader = (response.body as ReadableStream<Uint8Array>).getReader();
		await reader.read();
		await browser.post("/api/logout");
		let text = "";
		let failed = false;
		try {
			for (;;) {
				const { done, value } = await reader.read();
				if (done) break;
				text = (text + new TextDecoder().decode(value)).slice(-200);
			}
		} catch {
			failed = true;
		}
		expect(text).not.toContain('"type":"end"');
		expect(failed).toBe(true);
	});

	test("asks for a session, and HEAD reads nothing", async () => {
		expect((await new Browser(app).fetch("/api/export")).status).toBe(401);
		const { browser, token } = await signUp(app);
		const head = await browser.fetch("/api/export", { method: "HEAD" });
		expect([head.status, head.headers.get("content-type")]).toEqual([200, "application/jsonl"]);
		expect(await head.text()).toBe("");
		await browser.post("/api/logout");
		const dead = { headers: { authorization: `Bearer ${token}` } };
		expect((await send(app, "/api/export", dead)).status).toBe(401);
	});

	test("A1: is of nobody else", async () => {
		const { browser } = await signUp(app);
		const other = await signUp(app);
		await other.browser.post("/data", { key: "diary", value: "of the other" });
		for (const query of [`?email=${other.email}`, `?id=${other.id}`]) {
			const text = await (await browser.fetch(`/api/export${query}`)).text();
			expect(text).not.toContain("of the other");
			expect(text).not.toContain(other.id);
		}
	});
});
