import { expect, test, vi } from "vitest";
import type { TableChange } from "../src/index.js";
import {
	ada,
	bob,
	deferred,
	FakeServer,
	json,
	refused,
	unreachable,
} from "./support/fake-server.js";

const settle = () => new Promise((resolve) => setTimeout(resolve));

test("a collection tells what changed, in which row", async () => {
	const server = new FakeServer();
	const { client, socket } = await server.open();
	const seen: TableChange[] = [];
	client.collection("posts").onChange((change) => seen.push(change));
	const data = { type: "update", data: { id: "1", n: 2 }, old: { id: "1", n: 1 } };
	socket.changes(0, { event: "table:posts", data }, { event: "table:notes", data });
	expect(seen).toEqual([data]);
});

test("ephemeral events have channels of their own", async () => {
	const server = new FakeServer();
	const { client, socket } = await server.open();
	const seen: unknown[] = [];
	client.on("kv:a", (data) => seen.push(["event", data]));
	client.onChange("a", (value) => seen.push(["change", value]));
	socket.frame({ type: "event", event: "kv:a", data: 1, timestamp: 1 });
	socket.changes(0, { event: "kv:a", data: 2 });
	expect(seen).toEqual([
		["event", 1],
		["change", 2],
	]);
});

test("one function given twice listens twice, and each ends by itself", async () => {
	const server = new FakeServer();
	const { client, socket } = await server.open();
	const listener = vi.fn();
	const first = client.onChange("a", listener);
	client.onChange("a", listener);
	socket.changes(0, { event: "kv:a", data: 1 });
	expect(listener).toHaveBeenCalledTimes(2);
	first();
	first();
	socket.changes(1, { event: "kv:a", data: 2 });
	expect(listener).toHaveBeenCalledTimes(3);
});

test("a late second call of an old unsubscribe leaves new listeners alone", async () => {
	const server = new FakeServer();
	const { client, socket } = await server.open();
	const listener = vi.fn();
	const old = client.onChange("a", listener);
	old();
	client.onChange("a", listener);
	old();
	socket.changes(0, { event: "kv:a", data: 1 });
	expect(listener).toHaveBeenCalledOnce();
});

test("listeners may end each other and begin while they are called", async () => {
	const server = new FakeServer();
	const { client, socket } = await server.open();
	const seen: string[] = [];
	client.onChange("a", () => {
		seen.push("first");
		second();
		client.onChange("a", () => seen.push("late"));
	});
	const second = client.onChange("a", () => seen.push("second"));
	socket.changes(0, { event: "kv:a", data: 1 });
	expect(seen).toEqual(["first"]);
});

test("a listener that throws stops neither the others nor the socket, and is heard of", async () => {
	const server = new FakeServer();
	const { client, socket } = await server.open();
	const seen: unknown[] = [];
	const mistakes: unknown[] = [];
	const queued = vi.spyOn(globalThis, "queueMicrotask").mockImplementation((run) => {
		try {
			run();
		} catch (error) {
			mistakes.push(error);
		}
	});
	client.onChange("a", () => {
		throw new Error("the app's own");
	});
	client.onChange("a", (value) => seen.push(value));
	socket.changes(0, { event: "kv:a", data: 1 }, { event: "kv:a", data: 2 });
	queued.mockRestore();
	expect(seen).toEqual([1, 2]);
	expect(mistakes.map(String)).toEqual(["Error: the app's own", "Error: the app's own"]);
	expect(client.status).toBe("open");
});

test("a value too large to send is fetched", async () => {
	const server = new FakeServer();
	server.answer("GET /data", () => json({ data: { a: "large" } }));
	const { client, socket } = await server.open();
	const seen: unknown[] = [];
	client.onChange("a", (value) => seen.push(value));
	socket.changes(0, { event: "kv:a", truncated: true }, { event: "kv:b", truncated: true });
	await settle();
	expect(seen).toEqual(["large"]);
	expect(server.count("GET /data")).toBe(1);
});

test("a fetched value never comes after a newer one", async () => {
	const server = new FakeServer();
	const slow = deferred<Response>();
	server.answer("GET /data", () => slow.promise);
	const { client, socket } = await server.open();
	const seen: unknown[] = [];
	client.onChange("a", (value) => seen.push(value));
	socket.changes(0, { event: "kv:a", truncated: true }, { event: "kv:a", data: "newer" });
	slow.resolve(json({ data: { a: "large" } }));
	await settle();
	expect(seen).toEqual(["newer"]);
});

test("a value is fetched until it is there", async () => {
	vi.spyOn(Math, "random").mockReturnValue(0);
	const server = new FakeServer();
	let tries = 0;
	server.answer("GET /data", () => {
		tries += 1;
		if (tries === 1) return unreachable();
		return tries === 2 ? refused(500, "internal_error") : json({ data: { a: "large" } });
	});
	const { client, socket } = await server.open();
	const value = new Promise((resolve) => client.onChange("a", resolve));
	socket.changes(0, { event: "kv:a", truncated: true });
	expect(await value).toBe("large");
	expect(tries).toBe(3);
});

test("what is refused for good is not asked for again, nor after close()", async () => {
	vi.spyOn(Math, "random").mockReturnValue(0);
	const server = new FakeServer();
	server.answer("GET /data", () => refused(403, "forbidden"));
	const { client, socket } = await server.open();
	client.onChange("a", () => {});
	socket.changes(0, { event: "kv:a", truncated: true });
	await settle();
	await settle();
	expect(server.count("GET /data")).toBe(1);
	server.answer("GET /data", unreachable);
	socket.changes(1, { event: "kv:a", truncated: true });
	await settle();
	client.close();
	await settle();
	const tries = server.count("GET /data");
	await settle();
	await settle();
	expect(server.count("GET /data")).toBe(tries);
});

test("a row too large to send is fetched from the collection's endpoint", async () => {
	const server = new FakeServer();
	server.answer("GET /api/posts/1", () => json({ id: "1", text: "large" }));
	server.answer("GET /api/posts/2", () => json({ post: { id: "2", text: "large" } }));
	const { client, socket } = await server.open();
	const seen: TableChange[] = [];
	client.collection("posts").onChange((change) => seen.push(change));
	const change = (type: string, id: string) =>
		({ event: "table:posts", truncated: true, data: { type, data: { id } } }) as const;
	socket.changes(0, change("update", "1"));
	await settle();
	// An endpoint that answers something else, one that is not there, and a row that is gone.
	socket.changes(1, change("update", "2"));
	await settle();
	socket.changes(2, change("create", "3"), change("delete", "4"));
	await settle();
	socket.changes(4, { event: "table:posts", truncated: true });
	expect(seen).toEqual([
		{ type: "update", data: { id: "1", text: "large" } },
		{ type: "update", data: { id: "2" } },
		{ type: "delete", data: { id: "4" } },
		{ type: "create", data: { id: "3" } },
	]);
});

test("a fetched row never comes after a newer change of it", async () => {
	const server = new FakeServer();
	const slow = deferred<Response>();
	server.answer("GET /api/posts/1", () => slow.promise);
	const { client, socket } = await server.open();
	const seen: TableChange[] = [];
	client.collection("posts").onChange((change) => seen.push(change));
	const event = "table:posts";
	socket.changes(
		0,
		{ event, truncated: true, data: { type: "update", data: { id: "1" } } },
		{ event, data: { type: "update", data: { id: "1", text: "newer" } } },
	);
	slow.resolve(json({ id: "1", text: "large" }));
	await settle();
	expect(seen).toEqual([{ type: "update", data: { id: "1", text: "newer" } }]);
});

test.each(["another user", "a resync"])("what was fetched before %s is not told", async (when) => {
	const server = new FakeServer();
	const slow = deferred<void>();
	server.answer("GET /data", () => slow.promise.then(() => json({ data: { a: "old" } })));
	server.answer("GET /api/posts/1", () => slow.promise.then(() => json({ id: "1" })));
	const { client, socket } = await server.open();
	const seen: unknown[] = [];
	client.onChange("a", (value) => seen.push(value));
	client.collection("posts").onChange((change) => seen.push(change));
	const data = { type: "update", data: { id: "1" } };
	socket.changes(
		0,
		{ event: "kv:a", truncated: true },
		{ event: "table:posts", truncated: true, data },
	);
	server.answer("GET /data", unreachable);
	server.answer("POST /api/login", () => json({ user: bob }));
	if (when === "another user") await client.login(bob.email, "password");
	else socket.open({ mode: "resync" });
	slow.resolve();
	await settle();
	expect(seen).toEqual([]);
	client.close();
});

test("the first answer about who is signed in loses no value that is being fetched", async () => {
	const server = new FakeServer();
	const client = server.client();
	const values: unknown[] = [];
	client.onChange("a", (value) => values.push(value));
	server.socket.open();
	const slow = deferred<Response>();
	server.answer("GET /data", () => slow.promise);
	server.socket.changes(0, { event: "kv:a", truncated: true });
	expect((await client.me())?.id).toBe(ada.id);
	slow.resolve(json({ data: { a: "large" }, versions: { a: 1 } }));
	await vi.waitFor(() => expect(values).toEqual(["large"]));
});
