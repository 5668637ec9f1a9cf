import { expect, test } from "vitest";
import type { User } from "../src/index.js";
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

/** Who was signed in after each change that the client has told of. */
function watch(client: ReturnType<FakeServer["client"]>): (string | undefined)[] {
	const seen: (string | undefined)[] = [];
	client.onAuthStateChanged((user: User | undefined) => seen.push(user?.email));
	return seen;
}

const codeOf = (promise: Promise<unknown>) =>
	promise.then(
		() => "no error",
		(error) => error.code,
	);

/** Refuses until the session was refreshed. */
function expire(server: FakeServer, name: string, answer = () => json({ data: { k: 1 } })): void {
	let alive = false;
	server.answer(name, () => (alive ? answer() : unauthorized()));
	server.answer("POST /api/refresh", () => {
		alive = true;
		return json({ user: ada });
	});
}

test("signing in and out changes who is signed in", async () => {
	const client = new FakeServer().client();
	const seen = watch(client);
	const { user } = await client.signup(ada.email, "password");
	expect(user).toEqual(ada);
	expect(client.user).toEqual(ada);
	await client.logout();
	expect(client.user).toBeUndefined();
	await client.login(ada.email, "password");
	await client.login(ada.email, "password");
	expect(seen).toEqual([ada.email, undefined, ada.email]);
});

test("a sign-up that waits for a mailed link signs nobody in, and nobody out", async () => {
	const server = new FakeServer();
	const client = server.client();
	await client.login(ada.email, "password");
	const seen = watch(client);
	server.answer("POST /api/signup", () => json({ user: null, verification: "sent" }, 202));
	expect(await codeOf(client.signup(bob.email, "password"))).toBe("email_not_verified");
	expect(seen).toEqual([]);
	expect(client.user).toEqual(ada);
});

test("a refused login leaves everything as it was", async () => {
	const server = new FakeServer();
	const client = server.client();
	await client.login(ada.email, "password");
	server.answer("POST /api/login", () => refused(401, "invalid_credentials"));
	const seen = watch(client);
	expect(await codeOf(client.login(bob.email, "wrong"))).toBe("invalid_credentials");
	expect(seen).toEqual([]);
	expect(client.user).toEqual(ada);
	expect(server.count("POST /api/refresh")).toBe(0);
});

test("me() tells who is signed in; nobody is no error", async () => {
	const server = new FakeServer();
	const client = server.client();
	const seen = watch(client);
	expect(await client.me()).toEqual(ada);
	server.answer("GET /api/me", unauthorized);
	server.answer("POST /api/refresh", unauthorized);
	expect(await client.me()).toBeUndefined();
	expect(await client.me()).toBeUndefined();
	expect(seen).toEqual([ada.email, undefined]);
	expect(server.count("POST /api/refresh")).toBe(1);
});

test("a slow early me() never overwrites a newer login", async () => {
	const server = new FakeServer();
	const slow = deferred<Response>();
	server.answer("GET /api/me", () => slow.promise);
	const client = server.client();
	const seen = watch(client);
	const me = client.me();
	await client.login(ada.email, "password");
	slow.resolve(unauthorized());
	expect(await me).toEqual(ada);
	expect(client.user).toEqual(ada);
	expect(seen).toEqual([ada.email]);
	expect(server.requests.map(({ name }) => name)).toEqual(["GET /api/me", "POST /api/login"]);
});

test("a slow early me() never overwrites a newer logout", async () => {
	const server = new FakeServer();
	const slow = deferred<Response>();
	const client = server.client();
	await client.login(ada.email, "password");
	server.answer("GET /api/me", () => slow.promise);
	const me = client.me();
	await client.logout();
	slow.resolve(json({ user: ada }));
	expect(await me).toBeUndefined();
	expect(client.user).toBeUndefined();
});

test("requests of an expired session share one refresh and are sent once more", async () => {
	const server = new FakeServer();
	const client = server.client();
	await client.login(ada.email, "password");
	expire(server, "GET /data");
	const values = await Promise.all([client.get("k"), client.get("k"), client.get("k")]);
	expect(values).toEqual([1, 1, 1]);
	expect(server.count("POST /api/refresh")).toBe(1);
	expect(server.count("GET /data")).toBe(6);
});

test("a request that was refused before another one's refresh does not refresh again", async () => {
	const server = new FakeServer();
	const client = server.client();
	await client.login(ada.email, "password");
	const slow = deferred<Response>();
	server.answer("GET /api/notes", () => slow.promise);
	const notes = client.collection("notes").list();
	expire(server, "GET /data");
	await client.get("k");
	server.answer("GET /api/notes", () => json({ items: [] }));
	slow.resolve(unauthorized());
	expect(await notes).toEqual({ items: [] });
	expect(server.count("POST /api/refresh")).toBe(1);
});

test("one retry, not more: a route may have its own reason to refuse", async () => {
	const server = new FakeServer();
	const client = server.client();
	await client.login(ada.email, "password");
	server.answer("GET /api/admin", () => json({ error: "Unauthorized" }, 401));
	expect(await codeOf(client.collection("admin").list())).toBe("unauthorized");
	expect(server.count("GET /api/admin")).toBe(2);
	expect(client.user).toEqual(ada);
});

test.each(["unauthorized", "refresh_reused"])("a refresh answered %s signs out", async (code) => {
	const server = new FakeServer();
	const client = server.client();
	await client.login(ada.email, "password");
	const seen = watch(client);
	server.answer("GET /data", unauthorized);
	server.answer("POST /api/refresh", () => refused(401, code));
	expect(await codeOf(client.get("k"))).toBe(code);
	expect(seen).toEqual([undefined]);
	expect(await codeOf(client.get("k"))).toBe("unauthorized");
	expect(server.count("POST /api/refresh")).toBe(1);
});

test.each([
	["no network", unreachable, "network_error"],
	["a broken server", () => refused(500, "internal_error"), "internal_error"],
	["a proxy without a server", () => new Response("", { status: 502 }), "internal_error"],
	["a throttle", () => refused(429, "rate_limited"), "rate_limited"],
])("%s at the refresh signs nobody out", async (_, answer, code) => {
	const server = new FakeServer();
	const client = server.client();
	await client.login(ada.email, "password");
	const seen = watch(client);
	server.answer("GET /data", unauthorized);
	server.answer("POST /api/refresh", answer);
	expect(await codeOf(client.get("k"))).toBe(code);
	expect(client.user).toEqual(ada);
	expire(server, "GET /data");
	expect(await client.get("k")).toBe(1);
	expect(seen).toEqual([]);
});

test("a write of one user is never sent again for another", async () => {
	const server = new FakeServer();
	const client = server.client();
	await client.login(ada.email, "password");
	const slow = deferred<Response>();
	server.answer("POST /data", () => slow.promise);
	const write = client.set("diary", "of Ada");
	server.answer("POST /api/login", () => json({ user: bob }));
	await client.login(bob.email, "password");
	server.answer("POST /data", () => json({ ok: true }));
	server.answer("POST /api/refresh", () => json({ user: bob }));
	slow.resolve(unauthorized());
	expect(await codeOf(write)).toBe("unauthorized");
	expect(server.count("POST /data")).toBe(1);
});

test.each(["after", "while"])(
	"a write of nobody, refused %s somebody signs in, is not theirs",
	async (when) => {
		const server = new FakeServer();
		const client = server.client();
		const write = deferred<Response>();
		const login = deferred<Response>();
		server.answer("POST /data", () => write.promise);
		server.answer("POST /api/login", () => login.promise);
		const written = codeOf(client.set("diary", "of somebody"));
		const signedIn = client.login(ada.email, "password");
		const [first, second] = when === "after" ? [login, write] : [write, login];
		const answers = new Map([
			[write, unauthorized()],
			[login, json({ user: ada })],
		]);
		for (const answer of [first, second]) {
			answer.resolve(answers.get(answer) ?? json({}));
			await new Promise((resolve) => setTimeout(resolve));
		}
		await signedIn;
		expect(await written).toBe("unauthorized");
		expect(server.count("POST /data")).toBe(1);
	},
);

test("a session that a page did not know of is refreshed, too", async () => {
	const server = new FakeServer();
	const client = server.client();
	const seen = watch(client);
	expire(server, "GET /data");
	expect(await Promise.all([client.get("k"), client.get("k")])).toEqual([1, 1]);
	expect(server.count("POST /api/refresh")).toBe(1);
	expect(seen).toEqual([ada.email]);
});

test("a refresh waits for a login under way, which makes it superfluous", async () => {
	const server = new FakeServer();
	const client = server.client();
	await client.login(ada.email, "password");
	const slow = deferred<Response>();
	server.answer("POST /api/login", () => slow.promise);
	server.answer("GET /data", unauthorized);
	const login = client.login(ada.email, "password");
	const value = client.get("k");
	await new Promise((resolve) => setTimeout(resolve));
	expect(server.count("POST /api/refresh")).toBe(0);
	server.answer("GET /data", () => json({ data: { k: 1 } }));
	slow.resolve(json({ user: ada }));
	await login;
	expect(await value).toBe(1);
	expect(server.count("POST /api/refresh")).toBe(0);
});

test("a refresh and a login are never on their way together, whichever is first", async () => {
	let most = 0;
	for (let ticks = 0; ticks < 30; ticks++) {
		const server = new FakeServer();
		const client = server.client();
		await client.login(ada.email, "password");
		let underWay = 0;
		const answer = async () => {
			most = Math.max(most, ++underWay);
			await new Promise((resolve) => setTimeout(resolve));
			underWay -= 1;
			return json({ user: ada });
		};
		server.answer("POST /api/refresh", answer);
		server.answer("POST /api/login", answer);
		server.answer("GET /data", unauthorized);
		const value = codeOf(client.get("k"));
		for (let tick = 0; tick < ticks; tick++) await Promise.resolve();
		await client.login(ada.email, "password");
		expect(await value).toBe("unauthorized");
	}
	expect(most).toBe(1);
});

test("a login waits for a refresh under way, whose answer may clear the cookies", async () => {
	const server = new FakeServer();
	const client = server.client();
	const slow = deferred<Response>();
	server.answer("GET /data", unauthorized);
	server.answer("POST /api/refresh", () => slow.promise);
	const value = codeOf(client.get("k"));
	await new Promise((resolve) => setTimeout(resolve));
	const login = client.login(ada.email, "password");
	await new Promise((resolve) => setTimeout(resolve));
	expect(server.count("POST /api/login")).toBe(0);
	slow.resolve(unauthorized());
	await login;
	expect(await value).toBe("unauthorized");
	expect(client.user).toEqual(ada);
});

test("a refresh and a change of the password are never on their way together", async () => {
	let most = 0;
	for (let ticks = 0; ticks < 30; ticks++) {
		const server = new FakeServer();
		const client = server.client();
		await client.login(ada.email, "password");
		let underWay = 0;
		const answer = (body: object) => async () => {
			most = Math.max(most, ++underWay);
			await new Promise((resolve) => setTimeout(resolve));
			underWay -= 1;
			return json(body);
		};
		let alive = false;
		server.answer("POST /api/refresh", answer({ user: ada }));
		server.answer("POST /api/password/change", answer({ ok: true }));
		server.answer("GET /data", () => {
			const before = alive;
			alive = true;
			return before ? json({ data: { k: 1 } }) : unauthorized();
		});
		const value = client.get("k");
		for (let tick = 0; tick < ticks; tick++) await Promise.resolve();
		await client.changePassword("password", "another password");
		expect(await value).toBe(1);
	}
	expect(most).toBe(1);
});

test("a change of the password on an expired session refreshes it first", async () => {
	const client = new FakeServer();
	const signedIn = client.client();
	await signedIn.login(ada.email, "password");
	expire(client, "POST /api/password/change", () => json({ ok: true }));
	await signedIn.changePassword("password", "another password");
	expect(client.count("POST /api/refresh")).toBe(1);
	expect(client.count("POST /api/password/change")).toBe(2);
});

test("a logout that the server did not get is an error, and no logout", async () => {
	const server = new FakeServer();
	const client = server.client();
	await client.login(ada.email, "password");
	server.answer("POST /api/logout", unreachable);
	expect(await codeOf(client.logout())).toBe("network_error");
	expect(client.user).toEqual(ada);
	server.answer("POST /api/logout", unauthorized);
	await client.logout();
	expect(client.user).toBeUndefined();
});

test("a logout of a session that is over leaves alone who signs in meanwhile", async () => {
	const server = new FakeServer();
	const client = server.client();
	await client.login(ada.email, "password");
	server.answer("POST /api/logout", unauthorized);
	server.answer("POST /api/refresh", unauthorized);
	server.answer("POST /api/login", () => json({ user: bob }));
	await Promise.all([client.logout(), client.login(bob.email, "password")]);
	expect(client.user).toEqual(bob);
});
