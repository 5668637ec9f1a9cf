import { env } from "cloudflare:workers";
import { describe, expect, test, vi } from "vitest";
import { getUserDO, getUserDOFromContext } from "../src/index.js";
import {
	Browser,
	codeOf,
	cookies,
	createApp,
	json,
	listen,
	newEmail,
	origin,
	password,
	secretsIn,
	send,
	signUp,
	upgrade,
} from "./helpers.js";
import { createMailing, reset, tokenIn } from "./mail.js";
import type { MyAppDO } from "./my-app-do.js";

const app = createApp();

// Hands what comes in the address to the table as it is, as a careless developer would.
app.get("/api/search", async (c) => {
	const query = JSON.parse(c.req.query("q") ?? "{}");
	const user = c.get("user");
	if (!user) return c.json({ error: "Unauthorized" }, 401);
	let posts = getUserDOFromContext<MyAppDO>(c, user.email).posts.limit(query.limit ?? 50);
	if (query.where) posts = posts.where(query.where);
	if (query.orderBy) posts = posts.orderBy(query.orderBy[0], query.orderBy[1]);
	return c.json({ posts: await posts.get() });
});
app.post("/api/raw-posts", async (c) => {
	const user = c.get("user");
	if (!user) return c.json({ error: "Unauthorized" }, 401);
	const { posts } = getUserDOFromContext<MyAppDO>(c, user.email);
	const { id, ...data } = await c.req.json();
	return c.json({ post: id ? await posts.update(id, data) : await posts.create(data) });
});

async function connect(jar: ReadonlyMap<string, string>) {
	const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
	return listen(await upgrade(app, "/api/ws", { cookie, origin }));
}

const post = { title: "Hello", content: "World", createdAt: "2026-01-01" };

describe("what reaches a table from outside", () => {
	const union = "x') = ?) UNION SELECT name, json_object('leak',sql),1,1,1,1 FROM sqlite_master --";
	test.each([
		["S1 a field that is SQL", { where: [union, "==", 1] }],
		["S1 a field of another table", { where: ["_userdo_account.password_hash", "is-null"] }],
		["S2 an order that is SQL", { orderBy: ["title", "asc, (select 1)"] }],
		["S2 a field of an order that is SQL", { orderBy: ["title, (select 1)", "asc"] }],
		["S4 an operator that is none", { where: ["title", "= 1 or", 1] }],
		["S4 a value of another type", { where: ["title", "==", { $gt: "" }] }],
		["S6 more values than SQLite takes", { where: { or: Array(101).fill(["title", "==", "x"]) } }],
		["S6 too many rows", { limit: 1001 }],
	])("%s is refused", async (_name, query) => {
		const { browser } = await signUp(app);
		await browser.post("/api/raw-posts", post);
		const response = await browser.fetch(
			`/api/search?q=${encodeURIComponent(JSON.stringify(query))}`,
		);
		expect(response.status).toBe(400);
		const text = await response.text();
		expect(JSON.parse(text).code).toBe("invalid_input");
		expect(text).not.toMatch(/SQLITE_|syntax error|near "|select 1 from/i);
	});

	test("S4 the wildcards of SQL stand for themselves, in texts of any length", async () => {
		const { browser } = await signUp(app);
		const long = "%_".repeat(100);
		for (const title of ["a", "50 %", `x${long}`]) {
			await browser.post("/api/raw-posts", { ...post, title });
		}
		const find = async (text: string) => {
			const query = JSON.stringify({ where: ["title", "includes", text] });
			const { posts } = await browser.json<{ posts: { title: string }[] }>(
				`/api/search?q=${encodeURIComponent(query)}`,
			);
			return posts.map(({ title }) => title);
		};
		expect(await find("%")).toEqual(["50 %", `x${long}`]);
		expect(await find(long)).toEqual([`x${long}`]);
	});

	test("S6 a row over 2 MB is refused, and nothing is written", async () => {
		const { browser } = await signUp(app);
		const response = await browser.post("/api/raw-posts", {
			...post,
			title: "x".repeat(2_000_001),
		});
		expect([response.status, await codeOf(response)]).toEqual([413, "payload_too_large"]);
		expect(await browser.json("/api/search")).toEqual({ posts: [] });
	});

	test("M1 fields that are the table's own or nobody's are ignored or refused", async () => {
		const { browser } = await signUp(app);
		const extra = { userId: "x", ownerId: "x", organizationId: "x", updatedAt: "2020-01-01" };
		const { post: made } = (await (
			await browser.post("/api/raw-posts", { ...post, ...extra })
		).json()) as { post: Record<string, unknown> };
		expect(Object.keys(made).sort()).toEqual(["content", "createdAt", "id", "title", "updatedAt"]);
		expect(made.updatedAt).not.toBe("2020-01-01");
		for (const change of [{ userId: "y" }, { ownerId: "y" }, { updatedAt: "2020-01-01" }]) {
			const response = await browser.post("/api/raw-posts", { id: made.id, ...change });
			expect([response.status, await codeOf(response)]).toEqual([400, "invalid_input"]);
		}
		expect(await browser.json("/api/search")).toEqual({ posts: [made] });
	});
});

describe("accounts", () => {
	test("M2 nobody signs up as more than a user", async () => {
		const email = newEmail();
		const more = { role: "admin", emailVerified: true, passwordHash: "x", banned: false, id: "x" };
		const response = await send(app, "/api/signup", json({ email, password, ...more }));
		const { user } = (await response.json()) as { user: Record<string, unknown> };
		expect(Object.keys(user).sort()).toEqual(["createdAt", "email", "emailVerified", "id"]);
		expect(user).toMatchObject({ email, emailVerified: false });
	});

	test("P5 half characters in a password are refused, as two would be alike", async () => {
		for (const half of ["\\ud800", "\\ud801"]) {
			const response = await send(app, "/api/signup", {
				...json({}),
				body: `{"email":"${newEmail()}","password":"long enough ${half}"}`,
			});
			expect([response.status, await codeOf(response)]).toEqual([400, "invalid_input"]);
		}
	});

	test("A4 requests of one user at once never take each other's session", async () => {
		const first = await signUp(app);
		const second = await send(app, "/api/login", json({ email: first.email, password }));
		const jar = second.headers.getSetCookie().map((line) => line.split(";")[0]);
		const current = async (cookie: string) => {
			const response = await send(app, "/api/sessions", { headers: { cookie } });
			const { sessions } = (await response.json()) as {
				sessions: { id: string; current: boolean }[];
			};
			return sessions
				.filter((session) => session.current)
				.map(({ id }) => id)
				.join();
		};
		const own = [await current(first.browser.cookie), await current(jar.join("; "))];
		expect(new Set(own).size).toBe(2);
		const all = await Promise.all(
			Array.from({ length: 40 }, (_, i) => current(i % 2 ? jar.join("; ") : first.browser.cookie)),
		);
		expect(all).toEqual(Array.from({ length: 40 }, (_, i) => own[i % 2]));
	});
});

describe("a stolen session", () => {
	test("C5 dies with the password change of the browser that it was copied from", async () => {
		const { browser } = await signUp(app);
		const thief = new Browser(app, browser.jar);
		const socket = await connect(browser.jar);
		await socket.next(({ type }) => type === "hello");
		const newPassword = "another horse battery";
		const changed = await browser.post("/api/password/change", {
			oldPassword: password,
			newPassword,
		});
		expect([changed.status, await changed.text()]).toEqual([200, '{"ok":true}']);
		expect((await thief.fetch("/api/me")).status).toBe(401);
		expect((await thief.post("/api/refresh")).status).toBe(401);
		expect((await browser.fetch("/api/me")).status).toBe(200);
		expect((await browser.post("/api/refresh")).status).toBe(200);
		// The page's own socket goes on.
		await browser.post("/data", { key: "theme", value: "dark" });
		await socket.next((frame) => JSON.stringify(frame).includes("kv:theme"));
	});

	test("C5 gets its new tokens in the body where it came in a header", async () => {
		const { token } = await signUp(app);
		const body = { oldPassword: password, newPassword: "another horse battery" };
		const bearer = { authorization: `Bearer ${token}`, "x-userdo-tokens": "body" };
		const changed = await send(app, "/api/password/change", json(body, bearer));
		const tokens = (await changed.json()) as { token: string };
		expect(changed.headers.getSetCookie()).toEqual([]);
		const me = (text: string) =>
			send(app, "/api/me", { headers: { authorization: `Bearer ${text}` } });
		expect((await me(token)).status).toBe(401);
		expect((await me(tokens.token)).status).toBe(200);
	});

	test("B2 ends after ten wrong passwords in a row, from whatever networks they come", async () => {
		const { browser } = await signUp(app);
		const body = { oldPassword: "a guess", newPassword: "not to be set" };
		const codes: string[] = [];
		for (let n = 0; n < 11; n++) {
			const address = { "cf-connecting-ip": `10.7.${n}.1` };
			codes.push(await codeOf(await browser.post("/api/password/change", body, address)));
		}
		expect(codes).toEqual([...Array(10).fill("wrong_password"), "unauthorized"]);
	});
});

test("B3 a mailed reset lets the owner in, however many others have failed", async () => {
	const mailing = createMailing();
	const { email } = await signUp(mailing.app);
	const login = (secret: string) =>
		send(mailing.app, "/api/login", json({ email, password: secret }));
	const codes: number[] = [];
	for (let n = 0; n < 31; n++) codes.push((await login("a guess")).status);
	expect(codes).toEqual([...Array(30).fill(401), 429]);
	await mailing.requestReset(email);
	const newPassword = "another horse battery";
	const token = tokenIn(mailing.about(reset)[0]);
	expect((await mailing.confirmReset(token, newPassword)).status).toBe(200);
	expect((await login(newPassword)).status).toBe(200);
});

describe("sockets", () => {
	test("W11 hear nothing of what others write", async () => {
		const [ann, bob] = [await signUp(app), await signUp(app)];
		const socket = await connect(ann.browser.jar);
		await socket.next(({ type }) => type === "hello");
		await bob.browser.post("/api/raw-posts", post);
		await bob.browser.post("/data", { key: "theme", value: "dark" });
		await ann.browser.post("/data", { key: "theme", value: "light" });
		const { changes } = await socket.next(({ type }) => type === "changes");
		expect(changes).toMatchObject([{ event: "kv:theme", data: "light" }]);
		expect(socket.received).toHaveLength(2);
	});

	test("W12 get nothing of accounts, sessions and hidden columns", async () => {
		const { browser, email } = await signUp(app);
		const socket = await connect(browser.jar);
		await socket.next(({ type }) => type === "hello");
		const newPassword = "another horse battery";
		await browser.post("/api/password/change", { oldPassword: password, newPassword });
		await send(app, "/api/login", json({ email, password: newPassword }));
		await browser.post("/api/raw-posts", post);
		await browser.post("/data", { key: "last", value: 1 });
		await socket.next((frame) => JSON.stringify(frame).includes("kv:last"));
		expect(secretsIn(socket.received)).toEqual([]);
		const text = JSON.stringify(socket.received);
		expect(text).not.toMatch(/_userdo|_created_at|_updated_at|\$userdo-|eyJ/);
		expect(text).not.toContain(password);
		expect(text).not.toContain(newPassword);
	});

	test("W6 end with their session, whatever was valid when they were opened", async () => {
		vi.useFakeTimers({ toFake: ["Date"] });
		try {
			const { browser, email } = await signUp(app);
			expect(browser.jar.has(cookies.access)).toBe(true);
			const socket = await connect(browser.jar);
			await socket.next(({ type }) => type === "hello");
			const day = 24 * 60 * 60 * 1000;
			vi.setSystemTime(Date.now() + 8 * day);
			await getUserDO(env.MY_APP_DO, email).createPost("late", "news");
			expect(await socket.closed).toBe(4401);
			expect(JSON.stringify(socket.received)).not.toContain("late");
		} finally {
			vi.useRealTimers();
		}
	});
});
