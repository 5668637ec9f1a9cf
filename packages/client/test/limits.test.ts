import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ada, deferred, FakeServer, json, unauthorized } from "./support/fake-server.js";

beforeEach(() => {
	vi.useFakeTimers();
});

afterEach(() => {
	vi.useRealTimers();
});

const wait = (milliseconds: number) => vi.advanceTimersByTimeAsync(milliseconds);
const never = () => new Promise<Response>(() => {});

/** What a promise has come to so far. */
function outcome(promise: Promise<unknown>): { value?: unknown; error?: unknown } {
	const seen: { value?: unknown; error?: unknown } = {};
	promise.then(
		(value) => {
			seen.value = value;
		},
		(error) => {
			seen.error = error;
		},
	);
	return seen;
}

test("a call without an answer ends after 30 seconds", async () => {
	const server = new FakeServer();
	server.answer("GET /data", never);
	const seen = outcome(server.client().get("k"));
	await wait(29_999);
	expect(seen).toEqual({});
	await wait(1);
	expect(seen.error).toMatchObject({ name: "UserDOError", code: "timeout", status: 0 });
	expect(server.requests[0]?.init.signal.aborted).toBe(true);
});

test("the time is the client's, or the call's own", async () => {
	const server = new FakeServer();
	for (const name of ["GET /data", "POST /api/posts", "GET /api/posts", "POST /api/login"]) {
		server.answer(name, never);
	}
	const client = server.client(undefined, { timeout: 1_000 });
	const posts = client.collection("posts");
	const all = outcome(client.get("a"));
	const own = [
		outcome(client.get("b", { timeout: 2_000 })),
		outcome(posts.create({}, { timeout: 2_000 })),
		outcome(posts.where("a", "==", 1).get({ timeout: 2_000 })),
		outcome(client.login("a@example.com", "password", { timeout: 2_000 })),
	];
	const endless = outcome(client.get("c", { timeout: Number.POSITIVE_INFINITY }));
	await wait(1_000);
	expect(all.error).toMatchObject({ code: "timeout" });
	expect(own).toEqual([{}, {}, {}, {}]);
	await wait(1_000);
	for (const { error } of own) expect(error).toMatchObject({ code: "timeout" });
	await wait(1_000_000);
	expect(endless).toEqual({});
	expect(server.requests.map(({ search }) => search)).not.toContainEqual(
		expect.stringContaining("timeout"),
	);
});

test("what was answered in time leaves no timer and no listener behind", async () => {
	const server = new FakeServer();
	const { signal } = new AbortController();
	const [added, removed] = [
		vi.spyOn(signal, "addEventListener"),
		vi.spyOn(signal, "removeEventListener"),
	];
	await server.client().me({ signal });
	expect(vi.getTimerCount()).toBe(0);
	expect(removed.mock.calls).toEqual(added.mock.calls);
	expect(added).toHaveBeenCalled();
});

test("an aborted call rejects with the signal's reason at once, and its request ends", async () => {
	const server = new FakeServer();
	server.answer("GET /data", never);
	const controller = new AbortController();
	const seen = outcome(server.client().get("k", { signal: controller.signal }));
	await wait(0);
	const reason = new Error("the page was left");
	controller.abort(reason);
	await wait(0);
	expect(seen.error).toBe(reason);
	expect(server.requests[0]?.init.signal.aborted).toBe(true);
	expect(vi.getTimerCount()).toBe(0);
});

test("a signal that was aborted before sends nothing", async () => {
	const server = new FakeServer();
	const error = await server
		.client()
		.collection("posts")
		.create({}, { signal: AbortSignal.abort() })
		.catch((error) => error);
	expect(error.name).toBe("AbortError");
	expect(server.requests).toEqual([]);
});

test("who gives up waiting for a refresh leaves it to the others", async () => {
	const server = new FakeServer();
	const client = server.client();
	await client.login(ada.email, "password");
	const slow = deferred<Response>();
	let alive = false;
	server.answer("GET /data", () =>
		alive ? json({ data: { k: 1 }, versions: { k: 1 } }) : unauthorized(),
	);
	server.answer("POST /api/refresh", () => slow.promise);
	const controller = new AbortController();
	const given = outcome(client.get("k", { signal: controller.signal }));
	const kept = outcome(client.get("k", { timeout: 60_000 }));
	const short = outcome(client.get("k", { timeout: 1_000 }));
	await wait(0);
	controller.abort();
	await wait(1_000);
	expect(given.error).toBe(controller.signal.reason);
	expect(short.error).toMatchObject({ code: "timeout" });
	alive = true;
	slow.resolve(json({ user: ada }));
	await wait(0);
	expect(kept).toEqual({ value: 1 });
	expect(server.count("POST /api/refresh")).toBe(1);
	expect(server.count("GET /data")).toBe(4);
});

test("a refresh that is never answered ends, too, and signs nobody out", async () => {
	const server = new FakeServer();
	const client = server.client(undefined, { timeout: 1_000 });
	await client.login(ada.email, "password");
	server.answer("GET /data", unauthorized);
	server.answer("POST /api/refresh", never);
	const seen = outcome(client.get("k", { timeout: 60_000 }));
	await wait(1_000);
	expect(seen.error).toMatchObject({ code: "timeout" });
	expect(client.user).toEqual(ada);
});

test("a sign-in that was given up before its turn is never sent", async () => {
	const server = new FakeServer();
	const client = server.client();
	const slow = deferred<Response>();
	server.answer("POST /api/login", () => slow.promise);
	const first = client.login(ada.email, "password");
	const second = outcome(client.login(ada.email, "password", { timeout: 1_000 }));
	await wait(1_000);
	expect(second.error).toMatchObject({ code: "timeout" });
	slow.resolve(json({ user: ada }));
	await first;
	await wait(0);
	expect(server.count("POST /api/login")).toBe(1);
});

test("a sign-in without an answer keeps nobody waiting after its time", async () => {
	const server = new FakeServer();
	const client = server.client();
	server.answer("POST /api/login", never);
	const seen = outcome(client.login(ada.email, "password", { timeout: 1_000 }));
	await wait(1_000);
	expect(seen.error).toMatchObject({ code: "timeout" });
	server.answer("POST /api/login", () => json({ user: ada }));
	const { user } = await client.login(ada.email, "password");
	expect(user).toEqual(ada);
});

test.each(["before", "meanwhile"])(
	"a signal without a reason, %s, is an error all the same",
	async (when) => {
		const server = new FakeServer();
		server.answer("GET /data", never);
		const controller = new AbortController();
		// As in React Native.
		Object.defineProperty(controller.signal, "reason", { value: undefined });
		if (when === "before") controller.abort();
		const seen = outcome(server.client().get("k", { signal: controller.signal }));
		controller.abort();
		await wait(0);
		expect(seen.error).toBeInstanceOf(Error);
	},
);
