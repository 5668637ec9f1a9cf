import { afterEach, expect, test, vi } from "vitest";
import { type TokenStorage, withTokens } from "../src/tokens.js";
import {
	ada,
	bob,
	deferred,
	FakeServer,
	json,
	refused,
	unauthorized,
	unreachable,
} from "./support/fake-server.js";

afterEach(() => {
	vi.unstubAllGlobals();
});

/** As a native app has one: every step takes a while. */
class Storage implements TokenStorage {
	text: string | null = null;
	readonly written: (string | null)[] = [];

	async get() {
		await Promise.resolve();
		return this.text;
	}

	async set(text: string | null) {
		await Promise.resolve();
		this.text = text;
		this.written.push(text);
	}
}

const pair = (n: number) => ({ token: `access-${n}`, refreshToken: `refresh-${n}` });

function setUp() {
	const server = new FakeServer();
	let n = 0;
	for (const name of ["POST /api/signup", "POST /api/login", "POST /api/refresh"]) {
		server.answer(name, () => json({ user: ada, ...pair(++n) }));
	}
	server.answer("GET /data", () => json({ data: { k: 1 }, versions: { k: 1 } }));
	const storage = new Storage();
	const open = () => server.client(undefined, withTokens(storage, server.options));
	return { server, storage, open, client: open() };
}

/** What each request has shown of who sends it. */
const shown = (server: FakeServer) =>
	server.requests.map(({ name, init: { headers } }) => [
		name,
		headers.authorization ?? headers["x-userdo-tokens"],
	]);

const codeOf = (promise: Promise<unknown>) =>
	promise.then(
		() => "no error",
		(error) => error.code,
	);

test("tokens are asked for in the body, kept, and sent with every request", async () => {
	const { server, storage, client } = setUp();
	await client.signup(ada.email, "password");
	expect(storage.text).toBe(JSON.stringify(pair(1)));
	await client.get("k");
	await client.login(ada.email, "password");
	await client.me();
	expect(shown(server)).toEqual([
		["POST /api/signup", "body"],
		["GET /data", "Bearer access-1"],
		["POST /api/login", "body"],
		["GET /api/me", "Bearer access-2"],
	]);
	expect(server.requests.map(({ search }) => search).join()).not.toContain("access");
});

test("a client that starts with tokens is signed in", async () => {
	const { server, storage, client } = setUp();
	storage.text = JSON.stringify(pair(7));
	expect(await client.me()).toEqual(ada);
	expect(shown(server)).toEqual([["GET /api/me", "Bearer access-7"]]);
});

test.each([null, "", "no JSON", "null", "[]"])(
	"a storage that holds %j signs nobody in",
	async (text) => {
		const { server, storage, client } = setUp();
		storage.text = text;
		server.answer("GET /api/me", unauthorized);
		server.answer("POST /api/refresh", unauthorized);
		expect(await client.me()).toBeUndefined();
		expect(shown(server)).toEqual([
			["GET /api/me", undefined],
			["POST /api/refresh", "body"],
		]);
	},
);

test("requests of an expired token share one refresh, by the token in its body", async () => {
	const { server, storage, client } = setUp();
	await client.login(ada.email, "password");
	server.answer("GET /data", () => {
		return server.requests.at(-1)?.init.headers.authorization === "Bearer access-1"
			? unauthorized()
			: json({ data: { k: 2 }, versions: { k: 2 } });
	});
	expect(await Promise.all([client.get("k"), client.get("k")])).toEqual([2, 2]);
	expect(server.count("POST /api/refresh")).toBe(1);
	expect(server.requests.find(({ name }) => name === "POST /api/refresh")?.body).toEqual({
		refreshToken: "refresh-1",
	});
	expect(storage.text).toBe(JSON.stringify(pair(2)));
});

test("a refresh that is refused signs out and forgets the tokens; an outage does neither", async () => {
	const { server, storage, client } = setUp();
	await client.login(ada.email, "password");
	server.answer("GET /data", unauthorized);
	server.answer("POST /api/refresh", unreachable);
	expect(await codeOf(client.get("k"))).toBe("network_error");
	server.answer("POST /api/refresh", () => refused(429, "rate_limited"));
	expect(await codeOf(client.get("k"))).toBe("rate_limited");
	expect(storage.text).toBe(JSON.stringify(pair(1)));
	server.answer("POST /api/refresh", () => refused(401, "refresh_reused"));
	expect(await codeOf(client.get("k"))).toBe("refresh_reused");
	expect(storage.text).toBeNull();
	expect(client.user).toBeUndefined();
});

test("tokens that came meanwhile outlive the end of older ones", async () => {
	const { server, storage, client } = setUp();
	await client.login(ada.email, "password");
	const slow = deferred<Response>();
	server.answer("GET /data", unauthorized);
	server.answer("POST /api/refresh", () => slow.promise);
	const code = codeOf(client.get("k"));
	await vi.waitUntil(() => server.count("POST /api/refresh") === 1);
	// Another process has signed in on the same storage.
	await storage.set(JSON.stringify(pair(9)));
	slow.resolve(unauthorized());
	expect(await code).toBe("unauthorized");
	expect(storage.text).toBe(JSON.stringify(pair(9)));
});

test("a logout forgets the tokens, unless the server did not get it", async () => {
	const { server, storage, client } = setUp();
	await client.login(ada.email, "password");
	server.answer("POST /api/logout", unreachable);
	expect(await codeOf(client.logout())).toBe("network_error");
	expect(storage.text).toBe(JSON.stringify(pair(1)));
	server.answer("POST /api/logout", () => json({ ok: true }));
	await client.logout();
	expect(storage.text).toBeNull();
	expect(client.user).toBeUndefined();
});

test("a logout by an expired token ends the session on the server, too", async () => {
	const { server, storage, client } = setUp();
	await client.login(ada.email, "password");
	server.answer("POST /api/logout", () => {
		server.answer("POST /api/logout", () => json({ ok: true }));
		return unauthorized();
	});
	await client.logout();
	expect(shown(server).slice(1)).toEqual([
		["POST /api/logout", "Bearer access-1"],
		["POST /api/refresh", "body"],
		["POST /api/logout", "Bearer access-2"],
	]);
	expect(storage.text).toBeNull();
});

test("a deleted account leaves no tokens, and a deleted row does not end a session", async () => {
	const { server, storage, client } = setUp();
	await client.login(ada.email, "password");
	server.answer("DELETE /api/posts/me", () => json({ ok: true, deleted: true }));
	server.answer("POST /api/posts", () => json({ id: "1", token: "a", refreshToken: "b" }));
	await client.collection("posts").create({});
	await client.collection("posts").delete("me");
	expect(storage.text).toBe(JSON.stringify(pair(1)));
	server.answer("DELETE /api/me", () => json({ ok: true }));
	await client.deleteAccount("password");
	expect(storage.text).toBeNull();
});

test("a new password brings new tokens", async () => {
	const { server, storage, client } = setUp();
	await client.login(ada.email, "password");
	server.answer("POST /api/password/change", () => json({ ok: true, ...pair(5) }));
	await client.changePassword("password", "another password");
	expect(storage.text).toBe(JSON.stringify(pair(5)));
	await client.get("k");
	expect(shown(server).at(-1)).toEqual(["GET /data", "Bearer access-5"]);
});

test("a sign-up that waits for a mailed link, and a refused login, change no tokens", async () => {
	const { server, storage, client } = setUp();
	await client.login(ada.email, "password");
	server.answer("POST /api/signup", () => json({ user: null, verification: "sent" }, 202));
	expect(await codeOf(client.signup(bob.email, "password"))).toBe("email_not_verified");
	server.answer("POST /api/login", () => refused(401, "invalid_credentials"));
	expect(await codeOf(client.login(bob.email, "wrong"))).toBe("invalid_credentials");
	server.answer("POST /api/login", () => new Response("<h1>Welcome</h1>"));
	expect(await codeOf(client.login(bob.email, "password"))).toBe("internal_error");
	expect(storage.written).toEqual([JSON.stringify(pair(1))]);
});

test("the socket shows its token by a subprotocol, never in its address", async () => {
	const { server, storage, client } = setUp();
	await client.login(ada.email, "password");
	client.onChange("k", () => {});
	await vi.waitUntil(() => server.sockets.length === 1);
	expect(server.socket.protocols).toEqual(["userdo.v1", "bearer.access-1"]);
	expect(server.socket.url.href).toBe("wss://app.test/api/ws");
	server.socket.open();
	expect(client.status).toBe("open");
	const seen: unknown[] = [];
	client.onChange("a", (value) => seen.push(value));
	server.socket.changes(0, { event: "kv:a", data: 1 });
	expect(seen).toEqual([1]);
	storage.text = JSON.stringify(pair(3));
	vi.spyOn(Math, "random").mockReturnValue(0);
	server.socket.end();
	await vi.waitUntil(() => server.sockets.length === 2);
	expect(server.socket.protocols).toEqual(["userdo.v1", "bearer.access-3"]);
	client.close();
	expect(server.socket.closed).toBe(false);
	server.socket.open();
	expect(server.socket.closed).toBe(true);
});

test("a socket without a token, or without a storage that answers, is refused like any other", async () => {
	vi.spyOn(Math, "random").mockReturnValue(0);
	const { server, storage, client } = setUp();
	client.onChange("k", () => {});
	await vi.waitUntil(() => server.sockets.length === 1);
	expect(server.socket.protocols).toEqual(["userdo.v1"]);
	vi.spyOn(storage, "get").mockRejectedValueOnce(new Error("locked"));
	const waiting = new Promise<void>((resolve) => {
		client.onStatus((status) => status === "waiting" && resolve());
	});
	server.socket.end();
	await waiting;
	await vi.waitUntil(() => server.sockets.length === 2);
	client.close();
});

test("the cookies of a page stay out of it", async () => {
	vi.stubGlobal("location", new URL("https://app.test/"));
	const { server, client } = setUp();
	await client.login(ada.email, "password");
	await client.get("k");
	expect(server.requests.map(({ init }) => init.credentials)).toEqual(["omit", "omit"]);
	client.close();
});

test("two clients of one storage are the same user", async () => {
	const { storage, client, open } = setUp();
	await client.login(ada.email, "password");
	expect(await open().get("k")).toBe(1);
	expect(storage.written).toHaveLength(1);
});
