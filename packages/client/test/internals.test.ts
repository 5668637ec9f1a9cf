import type { ChangeMessage } from "@userdo/contracts/events";
import { expect, test } from "vitest";
import { internals } from "../src/internals.js";
import { ada, bob, FakeServer, json, unreachable } from "./support/fake-server.js";

async function setUp() {
	const server = new FakeServer();
	const { client, socket } = await server.open();
	const posts = client.collection("posts")[internals];
	return { server, client, socket, posts };
}

test("the key is the same for entries that are bundled apart", () => {
	expect(internals).toBe(Symbol.for("userdo.client"));
});

test("what is known of the client is there, as it is at the moment", async () => {
	const { server, client, socket, posts } = await setUp();
	expect([posts.name, posts.user(), posts.status()]).toEqual(["posts", ada, "open"]);
	await client.logout();
	expect([posts.user(), posts.status()]).toEqual([null, "idle"]);
	expect(socket.closed).toBe(true);
	expect(server.client().collection("posts")[internals].user()).toBeUndefined();
});

test("changes of the table come in order and as they are, also those too large to send", async () => {
	const { server, socket, posts } = await setUp();
	const seen: ChangeMessage[] = [];
	const unsubscribe = posts.onChange((change) => seen.push(change));
	const data = { type: "create", data: { id: "1" } };
	socket.changes(
		0,
		{ event: "table:posts", data, mutation: "m1" },
		{ event: "table:notes", data },
		{ event: "table:posts", data, truncated: true },
	);
	expect(seen).toEqual([
		{ seq: 1, timestamp: 1_001, event: "table:posts", data, mutation: "m1" },
		{ seq: 3, timestamp: 1_003, event: "table:posts", data, truncated: true },
	]);
	unsubscribe();
	socket.changes(3, { event: "table:posts", data });
	expect(seen).toHaveLength(2);
	// Nobody has asked for the whole row.
	expect(server.requests.map(({ name }) => name)).toEqual(["POST /api/login"]);
});

test("a listener of changes keeps the socket open", () => {
	const server = new FakeServer();
	const client = server.client();
	const unsubscribe = client.collection("posts")[internals].onChange(() => {});
	expect(server.sockets).toHaveLength(1);
	unsubscribe();
	client.close();
});

test("the position grows once the changes up to there were told", async () => {
	const server = new FakeServer();
	const client = server.client();
	const posts = client.collection("posts")[internals];
	const seen: unknown[] = [];
	posts.onPosition(() => seen.push(posts.position()));
	posts.onChange(({ seq }) => seen.push(seq));
	expect(posts.position()).toBeUndefined();
	server.socket.open({ seq: 4 });
	server.socket.changes(
		4,
		{ event: "table:posts", data: { type: "delete", data: { id: "1" } } },
		{ event: "kv:k" },
	);
	server.socket.frame({ type: "changes", from: 6, to: 9, changes: [] });
	expect(seen).toEqual([
		expect.objectContaining({ epoch: "e1", seq: 4 }),
		5,
		expect.objectContaining({ epoch: "e1", seq: 6 }),
		expect.objectContaining({ epoch: "e1", seq: 9 }),
	]);
	client.close();
});

test("lists are asked for by a query string, within the session", async () => {
	const { server, posts } = await setUp();
	const answer = {
		items: [{ id: "1" }],
		pageInfo: { hasNextPage: false, endCursor: "c" },
		snapshot: { epoch: "e1", seq: 3 },
		kinds: { due: "date" },
	};
	server.answer("GET /api/posts", () => json(answer));
	const query = new URLSearchParams({ where: '[["a","==","b c&d"]]', limit: "5" });
	expect(await posts.list(String(query))).toEqual(answer);
	expect(new URLSearchParams(server.requests.at(-1)?.search)).toEqual(query);
});

test("batches are sent until there is an answer", async () => {
	const { server, posts } = await setUp();
	const operation = { op: "delete", collection: "posts", id: "1", mutation: "mutation-1" } as const;
	const answer = { results: [{ deleted: true }], snapshot: { epoch: "e1", seq: 3 } };
	server.answer("POST /api/batch", () => {
		server.answer("POST /api/batch", () => json(answer));
		return unreachable();
	});
	expect(await posts.batch([operation])).toEqual(answer);
	const bodies = server.requests.slice(1).map(({ body }) => body);
	expect(bodies).toEqual([{ operations: [operation] }, { operations: [operation] }]);
});

test("changes of status and user, and a resync, are heard of", async () => {
	const { server, client, socket, posts } = await setUp();
	const seen: unknown[] = [];
	posts.onStatus((status) => seen.push(status));
	posts.onUser(() => seen.push(posts.user()));
	posts.onResync(() => seen.push("resync"));
	socket.open({ mode: "resync", seq: 7 });
	server.answer("POST /api/login", () => json({ user: bob }));
	await client.login(bob.email, "password");
	expect(seen).toEqual(["resync", bob, "idle", "connecting"]);
	client.close();
});
