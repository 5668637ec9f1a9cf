import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { UserDOClient } from "../src/index.js";
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

// Node has both of what tabs talk by. A page is where a `location` is.
beforeEach(() => {
	vi.stubGlobal("location", new URL("https://app.test/page"));
});

const Channel = BroadcastChannel;
const clients: UserDOClient[] = [];

afterEach(() => {
	for (const client of clients.splice(0)) client.close();
	vi.unstubAllGlobals();
});

/** Clients of one page each, which share an origin and its cookies. */
function openTabs(server: FakeServer, count: number, baseUrl = "/api"): UserDOClient[] {
	const opened = Array.from({ length: count }, () => server.client(baseUrl));
	clients.push(...opened);
	return opened;
}

/** Resolves with the next user that the client tells of. */
const nextUser = (client: UserDOClient) =>
	new Promise((resolve) => {
		const unsubscribe = client.onAuthStateChanged((user) => {
			unsubscribe();
			resolve(user?.email);
		});
	});

/** What any other program of the origin can hear on the channel. */
function overhear(name = "userdo /api"): unknown[] {
	const heard: unknown[] = [];
	const channel = new Channel(name);
	channel.onmessage = ({ data }: { data: unknown }) => heard.push(data);
	clients.push({ close: () => channel.close() } as UserDOClient);
	return heard;
}

/** Resolves once what was posted before has arrived. */
const settle = () =>
	new Promise((resolve) => {
		const name = crypto.randomUUID();
		const [here, there] = [new Channel(name), new Channel(name)];
		there.onmessage = () => {
			here.close();
			there.close();
			setTimeout(resolve);
		};
		here.postMessage("after all others");
	});

const codeOf = (promise: Promise<unknown>) =>
	promise.then(
		() => "no error",
		(error) => error.code,
	);

test("a sign-in in one tab is one in the others, and their sockets open", async () => {
	const server = new FakeServer();
	server.answer("GET /api/me", unauthorized);
	server.answer("POST /api/refresh", unauthorized);
	const [one, other] = openTabs(server, 2) as [UserDOClient, UserDOClient];
	expect(await other.me()).toBeUndefined();
	other.onChange("k", () => {});
	expect(other.status).toBe("idle");
	server.answer("GET /api/me", () => json({ user: ada }));
	const told = nextUser(other);
	await one.login(ada.email, "password");
	expect(await told).toBe(ada.email);
	expect(other.status).toBe("connecting");
});

test.each(["logout", "deleteAccount", "revokeSession"] as const)(
	"a sign-out by %s is one in the other tabs",
	async (way) => {
		const server = new FakeServer();
		const session = { id: "own", device: "", createdAt: "", lastUsedAt: "", current: true };
		server.answer("GET /api/sessions", () => json({ sessions: [session] }));
		server.answer("DELETE /api/sessions/own", () => json({ ok: true }));
		server.answer("DELETE /api/me", () => json({ ok: true }));
		const [one, other] = openTabs(server, 2) as [UserDOClient, UserDOClient];
		await one.login(ada.email, "password");
		await one.sessions();
		await other.me();
		other.onChange("k", () => {});
		server.socket.open();
		server.answer("GET /api/me", unauthorized);
		server.answer("POST /api/refresh", unauthorized);
		const told = nextUser(other);
		await one[way]("own" as never);
		expect(await told).toBeUndefined();
		expect([other.user, other.status]).toEqual([undefined, "idle"]);
	},
);

test("another user in one tab is another one in the others", async () => {
	const server = new FakeServer();
	const [one, other] = openTabs(server, 2) as [UserDOClient, UserDOClient];
	await other.login(ada.email, "password");
	server.answer("POST /api/login", () => json({ user: bob }));
	server.answer("GET /api/me", () => json({ user: bob }));
	const told = nextUser(other);
	await one.login(bob.email, "password");
	expect(await told).toBe(bob.email);
});

test("what goes over the channel is nobody's secret, and not said twice", async () => {
	const server = new FakeServer();
	const heard = overhear();
	const [one, other] = openTabs(server, 2) as [UserDOClient, UserDOClient];
	const told = nextUser(other);
	await one.login(ada.email, "password");
	await told;
	await settle();
	expect(heard).toEqual([0]);
	expect(server.count("GET /api/me")).toBe(1);
});

test("a refused sign-in, a refresh and a new password are no news", async () => {
	const server = new FakeServer();
	const [one] = openTabs(server, 1) as [UserDOClient];
	await one.login(ada.email, "password");
	await settle();
	const heard = overhear();
	server.answer("POST /api/login", () => refused(401, "invalid_credentials"));
	server.answer("POST /api/password/change", () => json({ ok: true }));
	server.answer("GET /data", () => {
		server.answer("GET /data", () => json({ data: {}, versions: {} }));
		return unauthorized();
	});
	expect(await codeOf(one.login(ada.email, "wrong"))).toBe("invalid_credentials");
	await one.changePassword("password", "another password");
	await one.get("k");
	expect(server.count("POST /api/refresh")).toBe(1);
	await settle();
	expect(heard).toEqual([]);
});

test("a tab that can't ask at once asks until it can", async () => {
	vi.spyOn(Math, "random").mockReturnValue(0);
	const server = new FakeServer();
	const [one, other] = openTabs(server, 2) as [UserDOClient, UserDOClient];
	server.answer("GET /api/me", () => {
		server.answer("GET /api/me", () => json({ user: ada }));
		return unreachable();
	});
	const told = nextUser(other);
	await one.login(ada.email, "password");
	expect(await told).toBe(ada.email);
});

test("clients of another base, and closed ones, hear nothing", async () => {
	const server = new FakeServer();
	const [one, closed] = openTabs(server, 2) as [UserDOClient, UserDOClient];
	openTabs(server, 1, "/other/api");
	closed.close();
	await one.login(ada.email, "password");
	await closed.login(ada.email, "password");
	await settle();
	expect(server.count("GET /api/me")).toBe(0);
	expect(server.count("GET /other/api/me")).toBe(0);
});

test("no two tabs change the cookies at the same time", async () => {
	const server = new FakeServer();
	const tabs = openTabs(server, 4);
	await Promise.all(tabs.map((tab) => tab.me()));
	let [underWay, most] = [0, 0];
	const answer = (body: object) => async () => {
		most = Math.max(most, ++underWay);
		await new Promise((resolve) => setTimeout(resolve));
		underWay -= 1;
		return json(body);
	};
	server.answer("POST /api/refresh", answer({ user: ada }));
	server.answer("POST /api/password/change", answer({ ok: true }));
	let refusals = 2;
	server.answer("GET /data", () =>
		refusals-- > 0 ? unauthorized() : json({ data: { k: 1 }, versions: { k: 1 } }),
	);
	const [a, b, c, d] = tabs as [UserDOClient, UserDOClient, UserDOClient, UserDOClient];
	await Promise.all([
		a.get("k"),
		b.get("k"),
		c.changePassword("password", "another password"),
		d.changePassword("password", "another password"),
	]);
	expect(server.count("POST /api/refresh")).toBe(2);
	expect(most).toBe(1);
});

test("a refresh that is refused can't hit the cookies of a sign-in in another tab", async () => {
	const server = new FakeServer();
	const [one, other] = openTabs(server, 2) as [UserDOClient, UserDOClient];
	await settle();
	const slow = deferred<Response>();
	server.answer("GET /data", unauthorized);
	server.answer("POST /api/refresh", () => slow.promise);
	const value = codeOf(one.get("k"));
	await settle();
	expect(server.count("POST /api/refresh")).toBe(1);
	const login = other.login(ada.email, "password");
	await settle();
	expect(server.count("POST /api/login")).toBe(0);
	slow.resolve(unauthorized());
	await login;
	expect(await value).toBe("unauthorized");
});

test("no lock is held while listeners are called", async () => {
	let held = 0;
	const { locks } = navigator;
	vi.stubGlobal("navigator", {
		locks: {
			request: (name: string, run: () => Promise<unknown>) =>
				locks.request(name, async () => {
					held += 1;
					return run().finally(() => {
						held -= 1;
					});
				}),
		},
	});
	const server = new FakeServer();
	const [one, other] = openTabs(server, 2) as [UserDOClient, UserDOClient];
	const seen: number[] = [];
	const done = new Promise((resolve) => {
		one.onAuthStateChanged(() => {
			seen.push(held);
			resolve(Promise.all([other.changePassword("a", "b"), one.changePassword("a", "b")]));
		});
	});
	server.answer("POST /api/password/change", () => json({ ok: true }));
	server.answer("POST /api/logout", () => json({ ok: true }));
	server.answer("GET /data", unauthorized);
	await one.login(ada.email, "password");
	await done;
	server.answer("POST /api/refresh", unauthorized);
	expect(await codeOf(one.get("k"))).toBe("unauthorized");
	await one.login(ada.email, "password");
	await one.logout();
	expect(seen).toEqual([0, 0, 0, 0]);
});

test("without locks and channels a tab is by itself", async () => {
	vi.stubGlobal("navigator", {});
	vi.stubGlobal("BroadcastChannel", undefined);
	const server = new FakeServer();
	const [one] = openTabs(server, 2) as [UserDOClient];
	await one.login(ada.email, "password");
	await one.logout();
	await settle();
	expect(server.count("GET /api/me")).toBe(0);
	expect(one.user).toBeUndefined();
});

test("a browser that forbids channels has a client all the same", async () => {
	vi.stubGlobal(
		"BroadcastChannel",
		class {
			constructor() {
				throw new DOMException("storage is denied", "SecurityError");
			}
		},
	);
	const [one] = openTabs(new FakeServer(), 1) as [UserDOClient];
	await one.login(ada.email, "password");
	expect(one.user).toEqual(ada);
});

test("outside of a page clients have nothing to do with each other", async () => {
	vi.unstubAllGlobals();
	const request = vi.spyOn(navigator.locks, "request");
	const heard = overhear("userdo https://app.test/api");
	const server = new FakeServer();
	const [one] = openTabs(server, 2, "https://app.test/api") as [UserDOClient];
	await one.login(ada.email, "password");
	await settle();
	expect(request).not.toHaveBeenCalled();
	expect(heard).toEqual([]);
	expect(server.count("GET /api/me")).toBe(0);
});
