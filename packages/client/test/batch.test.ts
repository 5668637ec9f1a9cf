import { OperationSchema } from "@userdo/contracts";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import {
	ada,
	bob,
	FakeServer,
	json,
	refused,
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
});

const wait = (milliseconds: number) => vi.advanceTimersByTimeAsync(milliseconds);
const name = "POST /api/batch";
const snapshot = { epoch: "e1", seq: 9 };
const done = () => json({ results: [{ version: 2 }], snapshot });
const write = [{ op: "set-key", key: "k", value: 1 }] as const;

/** What each request has asked for. */
const sent = (server: FakeServer) =>
	server.requests
		.filter((request) => request.name === name)
		.map(({ body }) => (body as { operations: { mutation: string }[] }).operations);

const codeOf = (promise: Promise<unknown>) =>
	promise.then(
		() => "no error",
		(error) => error.code,
	);

test("operations travel as the contract says, each with an id of its own", async () => {
	const server = new FakeServer();
	const rows = [{ id: "1" }, { id: "2" }, { id: "3" }];
	const [first, second, third] = rows.map((row) => ({ row }));
	server.answer(name, () =>
		json({
			results: [first, second, third, { deleted: false }, { version: 4 }, { deleted: true }],
			snapshot,
		}),
	);
	const results = await server.client().batch([
		{ op: "create", collection: "posts", data: { size: 5n } },
		{ op: "upsert", collection: "posts", data: { slug: "a" }, on: ["slug"] },
		{
			op: "update",
			collection: "posts",
			id: "3",
			patch: { due: new Date(0) },
			ifUpdatedAt: "2026-01-01T00:00:00.000Z",
		},
		{ op: "delete", collection: "posts", id: "4" },
		{ op: "set-key", key: "k", value: null, ifVersion: 0, ttl: 60 },
		{ op: "delete-key", key: "old", ifVersion: 3 },
	]);
	expect(results).toEqual([...rows, false, 4, true]);
	const [operations = []] = sent(server);
	for (const operation of operations) expect(OperationSchema.parse(operation)).toEqual(operation);
	expect(new Set(operations.map(({ mutation }) => mutation)).size).toBe(6);
	expect(operations[0]).toMatchObject({ data: { size: "5" } });
	expect(operations[2]).toMatchObject({ patch: { due: "1970-01-01T00:00:00.000Z" } });
});

test("an id of the caller's own is kept", async () => {
	const server = new FakeServer();
	server.answer(name, done);
	await server.client().batch([{ ...write[0], mutation: "mine-0001" }]);
	expect(sent(server)[0]?.[0]?.mutation).toBe("mine-0001");
});

test.each([
	["no network", unreachable],
	["a proxy that has lost the server", () => new Response("", { status: 502 })],
	[
		"an answer that breaks off",
		() => new Response(new ReadableStream({ start: (c) => c.error() })),
	],
])("after %s it is the same batch that is sent again", async (_, answer) => {
	const server = new FakeServer();
	server.answer(name, answer);
	const client = server.client();
	const results = client.batch(write);
	await wait(249);
	expect(sent(server)).toHaveLength(1);
	await wait(1);
	expect(sent(server)).toHaveLength(2);
	server.answer(name, done);
	await wait(500);
	expect(await results).toEqual([2]);
	const [first, ...others] = sent(server);
	expect(others).toEqual([first, first]);
	// Another call is another batch.
	await client.batch(write);
	expect(sent(server).at(-1)).not.toEqual(first);
});

test("it is given up after the fourth time", async () => {
	const server = new FakeServer();
	server.answer(name, unreachable);
	const code = codeOf(server.client().batch(write));
	await wait(250 + 500 + 1_000);
	expect(await code).toBe("network_error");
	await wait(100_000);
	expect(sent(server)).toHaveLength(4);
});

test("a time that is up counts for one try", async () => {
	const server = new FakeServer();
	server.answer(name, () => new Promise(() => {}));
	const results = server.client().batch(write, { timeout: 1_000 });
	await wait(1_000);
	server.answer(name, done);
	await wait(250);
	expect(await results).toEqual([2]);
	expect(sent(server)).toHaveLength(2);
});

test.each([
	[400, "invalid_input"],
	[403, "forbidden"],
	[409, "conflict"],
	[413, "payload_too_large"],
])("what was refused by %i is not sent again", async (status, code) => {
	const server = new FakeServer();
	server.answer(name, () => refused(status, code));
	expect(await codeOf(server.client().batch(write))).toBe(code);
	await wait(10_000);
	expect(sent(server)).toHaveLength(1);
});

test("an expired session is refreshed, and the same batch sent again", async () => {
	const server = new FakeServer();
	const client = server.client();
	await client.login(ada.email, "password");
	server.answer(name, unauthorized);
	server.answer("POST /api/refresh", () => {
		server.answer(name, done);
		return json({ user: ada });
	});
	expect(await client.batch(write)).toEqual([2]);
	const [first, second] = sent(server);
	expect(second).toEqual(first);
});

test("a batch of one user is never sent again for another", async () => {
	const server = new FakeServer();
	const client = server.client();
	await client.login(ada.email, "password");
	server.answer(name, unreachable);
	const code = codeOf(client.batch(write));
	await wait(100);
	server.answer(name, done);
	server.answer("POST /api/login", () => json({ user: bob }));
	await client.login(bob.email, "password");
	await wait(10_000);
	expect(await code).toBe("network_error");
	expect(sent(server)).toHaveLength(1);
});

test("an abort ends the waiting as well", async () => {
	const server = new FakeServer();
	server.answer(name, unreachable);
	const controller = new AbortController();
	const error = server
		.client()
		.batch(write, { signal: controller.signal })
		.catch((error) => error);
	await wait(100);
	controller.abort();
	expect(await error).toBe(controller.signal.reason);
	await wait(10_000);
	expect(sent(server)).toHaveLength(1);
});

test("an id that is undefined is none", async () => {
	const server = new FakeServer();
	server.answer(name, done);
	await server.client().batch([{ ...write[0], mutation: undefined } as never]);
	expect(sent(server)[0]?.[0]?.mutation).toMatch(/^[\w-]{8,64}$/);
});
