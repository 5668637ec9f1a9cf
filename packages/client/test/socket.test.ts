import { closeCodes } from "@userdo/contracts/events";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type SocketStatus, UserDOClient } from "../src/index.js";
import {
	ada,
	bob,
	deferred,
	FakeServer,
	json,
	unauthorized,
	unreachable,
} from "./support/fake-server.js";

beforeEach(() => {
	vi.useFakeTimers();
	// The longest wait that each backoff allows.
	vi.spyOn(Math, "random").mockReturnValue(1);
});

afterEach(() => {
	vi.useRealTimers();
	vi.unstubAllGlobals();
});

const wait = (milliseconds: number) => vi.advanceTimersByTimeAsync(milliseconds);
const second = 1_000;

function statuses(client: UserDOClient): SocketStatus[] {
	const seen: SocketStatus[] = [];
	client.onStatus((status) => seen.push(status));
	return seen;
}

/** What a page has and Node has not. */
function stubPage() {
	const page = new EventTarget();
	const document = Object.assign(new EventTarget(), { visibilityState: "visible" });
	vi.stubGlobal("addEventListener", page.addEventListener.bind(page));
	vi.stubGlobal("removeEventListener", page.removeEventListener.bind(page));
	vi.stubGlobal("document", document);
	return {
		online: () => page.dispatchEvent(new Event("online")),
		show(visibilityState: "visible" | "hidden") {
			document.visibilityState = visibilityState;
			document.dispatchEvent(new Event("visibilitychange"));
		},
	};
}

test("the socket opens at the first listener and closes a moment after the last", async () => {
	const server = new FakeServer();
	const client = server.client();
	const seen = statuses(client);
	const first = client.onChange("a", () => {});
	const other = client.collection("posts").onChange(() => {});
	expect(server.sockets).toHaveLength(1);
	expect(server.socket.url.href).toBe("wss://app.test/api/ws");
	expect(server.socket.protocols).toEqual(["userdo.v1"]);
	server.socket.open();
	first();
	first();
	await wait(5 * second);
	expect(server.socket.closed).toBe(false);
	other();
	expect(server.socket.closed).toBe(false);
	await wait(second);
	expect(server.socket.closed).toBe(true);
	expect(seen).toEqual(["connecting", "open", "idle"]);
});

test("a listener that comes in time keeps the socket", async () => {
	const server = new FakeServer();
	const client = server.client();
	const unsubscribe = client.onChange("a", () => {});
	server.socket.open();
	unsubscribe();
	await wait(0.5 * second);
	client.on("typing", () => {});
	await wait(20 * second);
	expect(server.sockets).toHaveLength(1);
	expect(client.status).toBe("open");
});

test("who listens after a pause is not told what happened in it", async () => {
	const server = new FakeServer();
	const client = server.client();
	const unsubscribe = client.onChange("a", () => {});
	server.socket.open({ seq: 7 });
	unsubscribe();
	await wait(2 * second);
	let resyncs = 0;
	client.onResync(() => resyncs++);
	client.onChange("a", () => {});
	expect(server.socket.url.search).toBe("");
	server.socket.open({ seq: 9 });
	expect(resyncs).toBe(0);
	expect(server.sockets).toHaveLength(2);
});

test("listening to the client itself needs no socket", async () => {
	const server = new FakeServer();
	const client = server.client();
	client.onStatus(() => {});
	client.onResync(() => {});
	client.onAuthStateChanged(() => {});
	expect(server.sockets).toEqual([]);
});

test("a socket that is still connecting is closed once it is open", async () => {
	const server = new FakeServer();
	const unsubscribe = server.client().onChange("a", () => {});
	unsubscribe();
	await wait(2 * second);
	expect(server.socket.closed).toBe(false);
	server.socket.open();
	expect(server.socket.closed).toBe(true);
});

test("after an outage the client asks for what it missed", async () => {
	const server = new FakeServer();
	const { client, socket } = await server.open();
	const seen: unknown[] = [];
	client.onChange("a", (value) => seen.push(value));
	socket.changes(0, { event: "kv:a", data: 1 }, { event: "kv:b", data: 2 });
	await wait(10 * second);
	socket.end();
	await wait(0.25 * second);
	expect(server.socket.url.search).toBe("?since=2.1002&epoch=e1");
	server.socket.open({ mode: "replay", seq: 4 });
	server.socket.changes(2, { event: "kv:a", data: 3 }, { event: "kv:a" });
	expect(seen).toEqual([1, 3, undefined]);
	expect(server.count("POST /api/refresh")).toBe(0);
});

test("what was seen is not told again", async () => {
	const server = new FakeServer();
	const { client, socket } = await server.open();
	const seen: unknown[] = [];
	client.onChange("a", (value) => seen.push(value));
	socket.changes(0, { event: "kv:a", data: 1 }, { event: "kv:a", data: 2 });
	socket.changes(0, { event: "kv:a", data: 1 });
	socket.changes(1, { event: "kv:a", data: 2 }, { event: "kv:a", data: 3 });
	socket.changes(3, { event: "kv:a", data: 4 });
	expect(seen).toEqual([1, 2, 3, 4]);
});

test("a gap makes the client ask again, and tell nothing out of order", async () => {
	const server = new FakeServer();
	const { client, socket } = await server.open();
	const seen: unknown[] = [];
	client.onChange("a", (value) => seen.push(value));
	socket.changes(0, { event: "kv:a", data: 1 });
	socket.changes(2, { event: "kv:a", data: 3 });
	expect(socket.closed).toBe(true);
	socket.changes(3, { event: "kv:a", data: 4 });
	await wait(0.25 * second);
	expect(server.socket.url.search).toBe("?since=1.1001&epoch=e1");
	server.socket.open({ mode: "replay", seq: 3 });
	server.socket.changes(1, { event: "kv:a", data: 2 }, { event: "kv:a", data: 3 });
	expect(seen).toEqual([1, 2, 3]);
});

test("changes of others that the server left out are no gap", async () => {
	const server = new FakeServer();
	const { client, socket } = await server.open();
	const seen: unknown[] = [];
	client.onChange("a", (value) => seen.push(value));
	socket.frame({ type: "changes", from: 0, to: 7, changes: [] });
	socket.changes(7, { event: "kv:a", data: 8 });
	expect(seen).toEqual([8]);
	expect(socket.closed).toBe(false);
});

test("frames of a socket that was given up are not heard", async () => {
	const server = new FakeServer();
	const { client, socket } = await server.open();
	const seen: unknown[] = [];
	client.onChange("a", (value) => seen.push(value));
	client.close();
	socket.changes(0, { event: "kv:a", data: 1 });
	socket.end();
	await wait(60 * second);
	expect(seen).toEqual([]);
	expect(server.sockets).toHaveLength(1);
	expect(client.status).toBe("closed");
});

test("a listener that closes the client in the middle of a frame gets no more of it", async () => {
	const server = new FakeServer();
	const { client, socket } = await server.open();
	const seen: unknown[] = [];
	client.onChange("a", (value) => {
		seen.push(value);
		client.close();
	});
	socket.changes(0, { event: "kv:a", data: 1 }, { event: "kv:a", data: 2 });
	expect(seen).toEqual([1]);
});

test("nonsense and frames of later protocols are passed over", async () => {
	const server = new FakeServer();
	const { client, socket } = await server.open();
	const seen: unknown[] = [];
	client.onChange("a", (value) => seen.push(value));
	for (const text of ["", "pong", "null", "[1]", "{", '{"type":"later"}', new Blob()]) {
		socket.text(text);
	}
	socket.changes(0, { event: "kv:a", data: 1 });
	expect(seen).toEqual([1]);
});

test("it pings every 25 seconds, and 10 seconds of silence after that are its end", async () => {
	const server = new FakeServer();
	const { client, socket } = await server.open();
	await wait(24.9 * second);
	expect(socket.sent).toEqual([]);
	await wait(0.1 * second);
	expect(socket.sent).toEqual(["ping"]);
	await wait(9.9 * second);
	socket.text("pong");
	await wait(25 * second);
	expect(socket.sent).toEqual(["ping", "ping"]);
	expect(client.status).toBe("open");
	await wait(10 * second);
	expect(socket.closed).toBe(true);
	expect(client.status).toBe("waiting");
	await wait(0.25 * second);
	expect(server.sockets).toHaveLength(2);
});

test("a handshake that nothing comes of is given up", async () => {
	const server = new FakeServer();
	const client = server.client();
	client.onChange("a", () => {});
	await wait(20 * second);
	expect(client.status).toBe("waiting");
});

test("waits double up to 30 seconds, each by chance between nothing and all of it", async () => {
	const server = new FakeServer();
	server.answer("POST /api/refresh", unreachable);
	const { socket } = await server.open();
	const times: number[] = [];
	server.answer("POST /api/refresh", () => {
		times.push(Date.now());
		return unreachable();
	});
	await wait(10 * second);
	let last = Date.now();
	socket.end();
	await wait(0.25 * second);
	server.socket.end();
	await wait(150 * second);
	const waits = times.map((time) => {
		const waited = time - last;
		last = time;
		return waited;
	});
	expect(waits.slice(0, 9)).toEqual([
		750, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000,
	]);
	vi.mocked(Math.random).mockReturnValue(0.5);
	await wait(30 * second);
	times.length = 0;
	await wait(30 * second);
	expect(times).toHaveLength(2);
});

test("a connection that breaks at once does not count as one", async () => {
	const server = new FakeServer();
	const { socket } = await server.open();
	socket.end();
	for (const milliseconds of [250, 500, 1_000]) {
		const before = server.sockets.length;
		await wait(milliseconds - 1);
		expect(server.sockets).toHaveLength(before);
		await wait(1);
		expect(server.sockets).toHaveLength(before + 1);
		server.socket.open({ mode: "replay" });
		server.socket.end();
	}
});

test.each([closeCodes.abuse, closeCodes.forbidden, closeCodes.replaced])(
	"a socket that the server does not want (%i) comes back slowly",
	async (code) => {
		const server = new FakeServer();
		const { socket } = await server.open();
		await wait(10 * second);
		socket.end(code);
		await wait(29 * second);
		expect(server.sockets).toHaveLength(1);
		await wait(second);
		expect(server.sockets).toHaveLength(2);
	},
);

test("a refused handshake refreshes the session once before the next try", async () => {
	const server = new FakeServer();
	const { socket } = await server.open();
	await wait(10 * second);
	socket.end();
	await wait(0.25 * second);
	server.socket.end();
	expect(server.count("POST /api/refresh")).toBe(0);
	await wait(0.5 * second);
	expect(server.count("POST /api/refresh")).toBe(1);
	expect(server.sockets).toHaveLength(3);
	// It was not the session, then.
	const start = Date.now();
	while (Date.now() - start < 60 * second) {
		expect(server.count("POST /api/refresh")).toBe(1);
		const { length } = server.sockets;
		server.socket.end();
		while (server.sockets.length === length) await wait(0.25 * second);
	}
	expect(server.count("POST /api/refresh")).toBe(2);
});

test("4401 refreshes the session and resumes", async () => {
	const server = new FakeServer();
	const { client, socket } = await server.open();
	socket.changes(0, { event: "kv:any", data: 1 });
	await wait(10 * second);
	socket.end(closeCodes.sessionEnded);
	await wait(0.25 * second);
	expect(server.count("POST /api/refresh")).toBe(1);
	expect(server.socket.url.search).toBe("?since=1.1001&epoch=e1");
	server.socket.open({ mode: "replay", seq: 1 });
	expect(client.status).toBe("open");
});

test("a frame that tells of the session's end is as good as the close, which may come later", async () => {
	const server = new FakeServer();
	const { client, socket } = await server.open();
	await wait(10 * second);
	server.answer("POST /api/refresh", unauthorized);
	socket.frame({ type: "error", code: "unauthorized", error: "Please sign in." });
	await wait(0.25 * second);
	expect(client.user).toBeUndefined();
	expect(client.status).toBe("idle");
	socket.end(closeCodes.sessionEnded);
	await wait(300 * second);
	expect(server.count("POST /api/refresh")).toBe(1);
	expect(server.sockets).toHaveLength(1);
});

test("a session that is over ends in a sign-out, and the next login opens again", async () => {
	const server = new FakeServer();
	const { client, socket } = await server.open();
	const users: unknown[] = [];
	client.onAuthStateChanged((user) => users.push(user?.email));
	const seen: unknown[] = [];
	client.onChange("a", (value) => seen.push(value));
	await wait(10 * second);
	server.answer("POST /api/refresh", unauthorized);
	socket.end(closeCodes.sessionEnded);
	await wait(300 * second);
	expect(users).toEqual([undefined]);
	expect(client.status).toBe("idle");
	expect(server.count("POST /api/refresh")).toBe(1);
	expect(server.sockets).toHaveLength(1);
	await client.login(ada.email, "password");
	server.socket.open({ mode: "replay", seq: 1 });
	server.socket.changes(0, { event: "kv:a", data: "while away" });
	expect(seen).toEqual(["while away"]);
});

test.each([
	["no network", unreachable],
	["a broken server", () => json({}, 503)],
	["a throttle", () => json({}, 429)],
])("%s at that refresh signs nobody out", async (_, answer) => {
	const server = new FakeServer();
	const { client, socket } = await server.open();
	await wait(10 * second);
	server.answer("POST /api/refresh", answer);
	socket.end(closeCodes.sessionEnded);
	await wait(100 * second);
	expect(client.user).toEqual(ada);
	expect(client.status).toBe("waiting");
	server.answer("POST /api/refresh", () => json({ user: ada }));
	await wait(30 * second);
	server.socket.open();
	expect(client.status).toBe("open");
});

test("a visitor without a session is refused once, and then left in peace", async () => {
	const server = new FakeServer();
	server.answer("POST /api/refresh", unauthorized);
	const client = server.client();
	client.onChange("a", () => {});
	server.socket.end();
	await wait(300 * second);
	expect(server.sockets).toHaveLength(1);
	expect(server.count("POST /api/refresh")).toBe(1);
	expect(client.status).toBe("idle");
	client.onChange("b", () => {});
	await wait(300 * second);
	expect(server.sockets).toHaveLength(1);
});

test("a login while the first handshake is refused is noticed by the next try", async () => {
	const server = new FakeServer();
	const client = server.client();
	client.onChange("a", () => {});
	await client.login(ada.email, "password");
	server.socket.end();
	await wait(0.25 * second);
	server.socket.open();
	expect(client.status).toBe("open");
	expect(server.sockets).toHaveLength(2);
});

test("logout closes the socket; close() ends it for good", async () => {
	const server = new FakeServer();
	const { client, socket } = await server.open();
	await client.logout();
	expect(socket.closed).toBe(true);
	expect(client.status).toBe("idle");
	await client.login(ada.email, "password");
	expect(server.sockets).toHaveLength(2);
	server.socket.open();
	client.close();
	expect(server.socket.closed).toBe(true);
	client.onChange("b", () => {});
	await client.logout();
	await client.login(ada.email, "password");
	await wait(60 * second);
	expect(server.sockets).toHaveLength(2);
	expect(client.status).toBe("closed");
});

test("another user starts without the position of the one before", async () => {
	const server = new FakeServer();
	const { client, socket } = await server.open();
	let resyncs = 0;
	client.onResync(() => resyncs++);
	socket.changes(0, { event: "kv:any", data: "of Ada" });
	server.answer("POST /api/login", () => json({ user: bob }));
	server.answer("GET /data", () => json({ data: { any: "of Bob" } }));
	await client.login(bob.email, "password");
	expect(socket.closed).toBe(true);
	expect(server.socket.url.search).toBe("");
	const seen: unknown[] = [];
	client.onChange("any", (value) => seen.push(value));
	server.socket.open({ user: { id: bob.id, email: bob.email }, epoch: "e2", seq: 40 });
	await wait(0);
	expect(seen).toEqual(["of Bob"]);
	expect(resyncs).toBe(1);
	await wait(10 * second);
	server.socket.end();
	await wait(0.25 * second);
	expect(server.socket.url.search).toBe("?since=40.0&epoch=e2");
});

test("a replay for a user who was not expected is not believed", async () => {
	const server = new FakeServer();
	const client = server.client();
	const seen: unknown[] = [];
	client.onChange("a", (value) => seen.push(value));
	server.socket.open({ seq: 5 });
	await wait(10 * second);
	server.socket.end();
	await wait(0.25 * second);
	server.answer("GET /data", () => json({ data: { a: "fetched" } }));
	server.socket.open({ mode: "replay", seq: 9, user: { id: bob.id, email: bob.email } });
	await wait(0);
	expect(seen).toEqual(["fetched"]);
});

test("a socket of somebody else than expected asks who is signed in", async () => {
	const server = new FakeServer();
	const { client, socket } = await server.open();
	const users: unknown[] = [];
	client.onAuthStateChanged((user) => users.push(user?.email));
	await wait(10 * second);
	socket.end();
	await wait(0.25 * second);
	server.answer("POST /api/refresh", () => json({ user: bob }));
	server.socket.open({ user: { id: bob.id, email: bob.email } });
	await wait(second);
	expect(users).toEqual([bob.email]);
	expect(server.socket.url.search).toBe("");
	server.socket.open({ user: { id: bob.id, email: bob.email } });
	expect(client.status).toBe("open");
});

test("a resync fetches watched keys and tells the app", async () => {
	const server = new FakeServer();
	const { client, socket } = await server.open();
	const seen: unknown[] = [];
	client.onChange("a", (value) => seen.push(["a", value]));
	client.onChange("gone", (value) => seen.push(["gone", value]));
	client.onResync(() => seen.push("resync"));
	client.onChange("unwatched", () => {})();
	await wait(10 * second);
	server.answer("GET /data", () => json({ data: { a: 7 } }));
	socket.end();
	await wait(0.25 * second);
	server.socket.open({ mode: "resync", epoch: "e2", seq: 90 });
	await wait(0);
	expect(seen).toEqual(["resync", ["a", 7], ["gone", undefined]]);
	expect(server.requests.map(({ search }) => search)).not.toContain("?key=unwatched");
	server.socket.changes(90, { event: "kv:a", data: 8 });
	expect(seen.at(-1)).toEqual(["a", 8]);
});

test("`online` and a page that is looked at again try at once, though never twice a second", async () => {
	const page = stubPage();
	const server = new FakeServer();
	const { socket } = await server.open();
	await wait(10 * second);
	server.answer("POST /api/refresh", unreachable);
	socket.end();
	await wait(60 * second);
	page.show("hidden");
	let before = server.requests.length;
	await wait(0);
	expect(server.requests).toHaveLength(before);
	for (let n = 0; n < 50; n++) {
		page.online();
		page.show("visible");
		await wait(10);
	}
	expect(server.requests.length - before).toBe(1);
	server.answer("POST /api/refresh", () => json({ user: ada }));
	before = server.requests.length;
	await wait(second);
	expect(server.requests.length - before).toBe(1);
	server.socket.open({ mode: "replay" });
	page.show("visible");
	expect(server.socket.sent).toEqual(["ping"]);
	await wait(10 * second);
	expect(server.socket.closed).toBe(true);
});

test("a client that needs no socket listens to nothing of the page", async () => {
	const page = stubPage();
	const server = new FakeServer();
	const { client } = await server.open();
	client.close();
	page.online();
	page.show("visible");
	await wait(60 * second);
	expect(server.sockets).toHaveLength(1);
});

test("a socket that can't even be made is an outage like any other", async () => {
	vi.stubGlobal(
		"WebSocket",
		class {
			constructor() {
				throw new DOMException("blocked", "SecurityError");
			}
		},
	);
	const client = new UserDOClient("https://app.test/api", { fetch: unreachable });
	client.onChange("a", () => {});
	expect(client.status).toBe("waiting");
	client.close();
});

test("whatever happens during a refresh, one socket comes of it", async () => {
	const page = stubPage();
	const server = new FakeServer();
	const { socket } = await server.open();
	const slow = deferred<Response>();
	server.answer("POST /api/refresh", () => slow.promise);
	socket.end(closeCodes.sessionEnded);
	await wait(0.25 * second);
	for (let n = 0; n < 5; n++) {
		page.online();
		await wait(2 * second);
	}
	slow.resolve(json({ user: ada }));
	await wait(0);
	expect(server.sockets).toHaveLength(2);
	expect(server.count("POST /api/refresh")).toBe(1);
});

test("a client that is closed during a refresh opens nothing after it", async () => {
	const server = new FakeServer();
	const { client, socket } = await server.open();
	const [first, second] = [deferred<Response>(), deferred<Response>()];
	server.answer("POST /api/refresh", () => first.promise);
	socket.end(closeCodes.sessionEnded);
	await wait(250);
	client.close();
	first.resolve(json({ user: ada }));
	await wait(0);
	expect(server.sockets).toHaveLength(1);
	const other = await server.open();
	server.answer("POST /api/refresh", () => second.promise);
	other.socket.end(closeCodes.sessionEnded);
	await wait(250);
	other.client.close();
	second.resolve(json({}, 503));
	await wait(0);
	expect(other.client.status).toBe("closed");
});

test("a status listener may close the client at any moment", async () => {
	for (const moment of ["connecting", "open", "waiting"]) {
		const server = new FakeServer();
		const { client, socket } = await server.open();
		client.onStatus((status) => {
			if (status === moment) client.close();
		});
		let resyncs = 0;
		client.onResync(() => resyncs++);
		socket.end();
		await wait(0.25 * second);
		if (moment === "open") server.socket.open({ mode: "resync" });
		await wait(60 * second);
		expect(client.status).toBe("closed");
		expect(server.sockets).toHaveLength(moment === "open" ? 2 : 1);
		expect(resyncs).toBe(0);
	}
});

test("4401 twice in a minute refreshes twice", async () => {
	const server = new FakeServer();
	const { socket } = await server.open();
	await wait(10 * second);
	socket.end(closeCodes.sessionEnded);
	await wait(0.25 * second);
	server.socket.open({ mode: "replay" });
	await wait(10 * second);
	server.socket.end(closeCodes.sessionEnded);
	await wait(0.25 * second);
	expect(server.count("POST /api/refresh")).toBe(2);
});

test("somebody who signs in during an outage is tried at once, by the new session", async () => {
	const server = new FakeServer();
	const { client, socket } = await server.open();
	await wait(10 * second);
	server.answer("POST /api/refresh", unreachable);
	socket.end(closeCodes.sessionEnded);
	await wait(60 * second);
	const refreshes = server.count("POST /api/refresh");
	server.answer("POST /api/login", () => json({ user: bob }));
	await client.login(bob.email, "password");
	await wait(second);
	expect(server.sockets).toHaveLength(2);
	expect(server.count("POST /api/refresh")).toBe(refreshes);
});
