import { evictDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import type { HelloFrame } from "@userdo/contracts";
import { createDatabase } from "@userdo/tables";
import { describe, expect, it, vi } from "vitest";
import * as z from "zod";
import { objectName, type SignedIn, UserDO } from "../src/index.js";
import {
	changesIn,
	inObject,
	invoke,
	newEmail,
	openSocket,
	password,
	type Stub,
	sessionOf,
	signUp,
} from "./helpers.js";

describe("sockets", () => {
	it("are greeted with who they are and where the log stands", async () => {
		const { stub, session, signedIn } = await signUp();
		await stub.set("a", 1);
		const { protocol, wait } = await openSocket(stub, session);
		expect(protocol).toBe("userdo.v1");
		expect(await wait(1)).toEqual([
			{
				type: "hello",
				protocol: 1,
				epoch: expect.stringMatching(/./),
				seq: 1,
				mode: "fresh",
				user: { id: signedIn.user.id, email: "a@b.example" },
			},
		]);
	});

	it("both hear of keys and rows, also after the object was evicted", async () => {
		const { stub, session } = await signUp();
		const first = await openSocket(stub, session);
		const second = await openSocket(stub, session);
		const before = await stub.getInstance();
		await stub.set("preferences", { theme: "dark" });
		await evictDurableObject(stub);
		await stub.set("preferences", { theme: "light" });
		await stub.addNote("after the eviction");
		expect(await stub.getInstance()).not.toBe(before);
		for (const { received, wait } of [first, second]) {
			await wait(4);
			expect(changesIn(received)).toEqual([
				{ seq: 1, event: "kv:preferences", data: { theme: "dark" }, timestamp: expect.any(Number) },
				{
					seq: 2,
					event: "kv:preferences",
					data: { theme: "light" },
					timestamp: expect.any(Number),
				},
				{
					seq: 3,
					event: "table:notes",
					data: {
						type: "create",
						data: {
							id: expect.any(String),
							text: "after the eviction",
							done: false,
							createdAt: expect.stringMatching(/Z$/),
							updatedAt: expect.stringMatching(/Z$/),
						},
					},
					timestamp: expect.any(Number),
				},
			]);
			expect(received.slice(1)).toMatchObject([
				{ from: 0, to: 1 },
				{ from: 1, to: 2 },
				{ from: 2, to: 3 },
			]);
		}
	});

	it("get the writes of one call in one frame, and none of a call that is rolled back", async () => {
		const { stub, session } = await signUp();
		const { received, wait } = await openSocket(stub, session);
		await invoke(stub, session, { name: "addTwo", args: ["one", 2] });
		await invoke(stub, session, { name: "addTwo", args: ["one", "two"] });
		await wait(2);
		expect(received[1]).toMatchObject({
			from: 0,
			to: 2,
			changes: [{ data: { data: { text: "one" } } }, { data: { data: { text: "two" } } }],
		});
	});

	it("hear nothing of what a transaction takes back, nor miss what follows it", async () => {
		const { stub, session } = await signUp();
		const { received, wait } = await openSocket(stub, session);
		await stub.addAfterRollback("stays");
		await stub.announce("done", 1);
		await wait(3);
		expect(changesIn(received)).toMatchObject([{ seq: 1, data: { data: { text: "stays" } } }]);
		expect(received.at(-1)).toMatchObject({ type: "event", event: "done" });
		await stub.addNote("next");
		await wait(4);
		expect(changesIn(received)).toMatchObject([{ seq: 1 }, { seq: 2 }]);
	});

	it("come back when they were told of what was then taken back", async () => {
		const { stub, session } = await signUp();
		const { received, closed, wait } = await openSocket(stub, session);
		await stub.rollBackLater();
		await wait(2);
		expect(changesIn(received)).toMatchObject([{ data: { data: { text: "told too early" } } }]);
		await invoke(stub, session, { name: "getUser", args: [] });
		expect(await closed).toMatchObject({ code: 1012 });
		const [{ epoch }] = received as [HelloFrame];
		const query = `?since=1.${changesIn(received)[0]?.timestamp}&epoch=${epoch}`;
		const back = await openSocket(stub, { ...session, query });
		expect(await back.wait(1)).toMatchObject([{ mode: "resync", seq: 0 }]);
	});

	it("come back when a migration has changed rows under them, and fetch anew", async () => {
		const { stub, session } = await signUp();
		await stub.addNote("a");
		const first = await openSocket(stub, session);
		await first.wait(1);
		await evictDurableObject(stub);
		const texts = await inObject(stub, (_, { storage }) => {
			const schema = z.object({ text: z.string(), done: z.boolean().default(false) });
			const up = (sql: SqlStorage) => sql.exec("UPDATE notes SET text = text || '!'");
			const notes = createDatabase(storage).table("notes", schema, {
				migrations: [{ version: 1, up }],
			});
			return notes.get().map(({ text }) => text);
		});
		expect(texts).toEqual(["a!"]);
		await invoke(stub, session, { name: "getUser", args: [] });
		expect(await first.closed).toMatchObject({ code: 1012 });
		const [{ epoch, seq }] = first.received as [HelloFrame];
		const back = await openSocket(stub, { ...session, query: `?since=${seq}.0&epoch=${epoch}` });
		expect(await back.wait(1)).toMatchObject([{ mode: "resync", seq }]);
		await stub.addNote("b");
		await back.wait(2);
		expect(changesIn(back.received)).toMatchObject([{ seq: seq + 1, data: { type: "create" } }]);
	});

	it("are told apart from sockets that the developer has accepted", async () => {
		const { stub, session } = await signUp();
		await stub.acceptOther();
		const { received, wait } = await openSocket(stub, session);
		expect(await invoke(stub, session, { name: "set", args: ["a", 1] })).toMatchObject({
			ok: true,
		});
		await wait(2);
		expect(changesIn(received)).toMatchObject([{ event: "kv:a" }]);
	});

	it("hear of raw SQL at the end of the call", async () => {
		const { stub, session } = await signUp();
		await stub.addNote("a");
		const { received, wait } = await openSocket(stub, session);
		await invoke(stub, session, { name: "addRaw", args: ["changed"] });
		await wait(2);
		expect(changesIn(received)).toMatchObject([
			{ data: { type: "update", data: { text: "changed" }, old: { text: "a" } } },
		]);
	});

	it("hear of a deleted key without a value, and of an unchanged one nothing", async () => {
		const { stub, session } = await signUp();
		await stub.set("key", 1);
		const { received, wait } = await openSocket(stub, session);
		await stub.set("key", 1);
		await stub.delete("key");
		await wait(2);
		expect(changesIn(received)).toEqual([
			{ seq: 2, event: "kv:key", timestamp: expect.any(Number) },
		]);
	});

	it("get what they missed when they come back, and the word to fetch anew when it is gone", async () => {
		const { stub, session } = await signUp();
		const first = await openSocket(stub, session);
		const [hello] = (await first.wait(1)) as [HelloFrame];
		for (let n = 1; n <= 150; n += 1) await stub.set("key", n);
		const query = `?since=20.0&epoch=${hello.epoch}`;
		const back = await openSocket(stub, { ...session, query });
		await back.wait(3);
		expect(back.received[0]).toMatchObject({ mode: "replay", seq: 150 });
		expect(back.received.slice(1)).toMatchObject([
			{ from: 20, to: 120 },
			{ from: 120, to: 150 },
		]);
		expect(changesIn(back.received).map(({ data }) => data)).toEqual(
			Array.from({ length: 130 }, (_, index) => index + 21),
		);
		for (const bad of [`?since=151.0&epoch=${hello.epoch}`, "?since=20.0&epoch=other"]) {
			const lost = await openSocket(stub, { ...session, query: bad });
			expect(await lost.wait(1)).toMatchObject([{ mode: "resync", seq: 150 }]);
		}
	});

	it("without the subprotocol get plain messages", async () => {
		const { stub, session } = await signUp();
		const { protocol, wait } = await openSocket(stub, { ...session, plain: true });
		await stub.set("a", 1);
		await stub.announce("greeting", "hello");
		expect(protocol).toBeNull();
		expect(await wait(2)).toEqual([
			{ event: "kv:a", data: 1, timestamp: expect.any(Number) },
			{ event: "greeting", data: "hello", timestamp: expect.any(Number) },
		]);
	});

	it("without the subprotocol are told that a value was too large, and not gone", async () => {
		const { stub, session } = await signUp();
		const { wait } = await openSocket(stub, { ...session, plain: true });
		await stub.set("a", "x".repeat(70_000));
		await stub.set("b", 1);
		await stub.delete("b");
		const timestamp = expect.any(Number);
		expect(await wait(3)).toEqual([
			{ event: "kv:a", truncated: true, timestamp },
			{ event: "kv:b", data: 1, timestamp },
			{ event: "kv:b", timestamp },
		]);
	});

	it("get ephemeral events, which stand in no log", async () => {
		const { stub, session } = await signUp();
		const { wait } = await openSocket(stub, session);
		await stub.announce("typing", { on: true });
		expect((await wait(2))[1]).toEqual({
			type: "event",
			event: "typing",
			data: { on: true },
			timestamp: expect.any(Number),
		});
	});

	it("are answered their pings while the object sleeps, which that does not wake", async () => {
		const { stub, session } = await signUp();
		const { socket, received, wait } = await openSocket(stub, session);
		await wait(1);
		const handler = vi.spyOn(UserDO.prototype, "webSocketMessage");
		await evictDurableObject(stub);
		for (let n = 2; n <= 20; n += 1) {
			socket.send("ping");
			await wait(n);
		}
		expect(received.slice(1)).toEqual(Array(19).fill("pong"));
		expect(handler).not.toHaveBeenCalled();
		const asleep: unknown = await evictDurableObject(stub).catch((error: unknown) => error);
		expect(String(asleep)).toContain("not currently running");
		socket.send("PING");
		expect((await wait(21))[20]).toMatchObject({ type: "error" });
		expect(handler).toHaveBeenCalledTimes(1);
	});

	it("W5 are closed when their session ends, and only those", async () => {
		const { email, stub, session } = await signUp();
		const other = sessionOf((await stub.login({ email, password })) as SignedIn);
		const ended = await openSocket(stub, session);
		const stays = await openSocket(stub, other);
		await evictDurableObject(stub);
		await invoke(stub, session, { name: "logout", args: [] });
		expect(await ended.closed).toMatchObject({ code: 4401 });
		// A browser tells its page of the close up to two seconds later, so a frame comes first.
		expect(ended.received.slice(1)).toMatchObject([{ type: "error", code: "unauthorized" }]);
		await stub.set("a", 1);
		expect(changesIn(await stays.wait(2))).toHaveLength(1);
		expect(changesIn(ended.received)).toEqual([]);
	});

	it("are refused to a session that has ended, and to a request that names none", async () => {
		const { stub, session } = await signUp();
		await stub.logout();
		const refused = await stub.fetch("https://example.com/api/ws", {
			headers: { upgrade: "websocket", "x-userdo-session": JSON.stringify(session) },
		});
		expect(refused.status).toBe(401);
		expect(await refused.json()).toMatchObject({ code: "unauthorized" });
		for (const headers of [{ upgrade: "websocket" }, { "x-userdo-session": "{}" }]) {
			const response = await stub.fetch("https://example.com/api/ws", { headers });
			expect(response.status).toBe(426);
		}
	});

	it.each<[string, (socket: WebSocket) => void, number]>([
		["64 KiB and one character", (socket) => socket.send("x".repeat(64 * 1024 + 1)), 1009],
		["64 KiB of two-byte characters", (socket) => socket.send("é".repeat(32 * 1024 + 1)), 1009],
		["binary data", (socket) => socket.send(new Uint8Array(4)), 1003],
	])("W7 are closed after %s", async (_name, send, code) => {
		const { stub, session } = await signUp();
		const { socket, closed } = await openSocket(stub, session);
		send(socket);
		expect(await closed).toMatchObject({ code });
	});

	it.each(["not JSON", '{"__proto__":{"polluted":1}}', "[".repeat(10_000)])(
		"W7 are told that a message is not understood (%#)",
		async (message) => {
			const { stub, session } = await signUp();
			const { socket, wait } = await openSocket(stub, session);
			socket.send(message);
			expect((await wait(2))[1]).toMatchObject({ type: "error", code: "invalid_input" });
			expect(Object.hasOwn(Object.prototype, "polluted")).toBe(false);
		},
	);

	it("W8 are closed after 100 messages in ten seconds, also across an eviction", async () => {
		const { stub, session } = await signUp();
		const { socket, closed, wait } = await openSocket(stub, session);
		for (let n = 0; n < 60; n += 1) socket.send("x");
		await wait(61);
		await evictDurableObject(stub);
		for (let n = 0; n < 41; n += 1) socket.send("x");
		expect(await closed).toMatchObject({ code: 1008 });
	});

	it("W9 are 32 at most: the oldest makes room", async () => {
		const { stub, session } = await signUp();
		const first = await openSocket(stub, session);
		for (let n = 0; n < 31; n += 1) await openSocket(stub, session);
		const last = await openSocket(stub, session);
		expect(await first.closed).toMatchObject({ code: 4409 });
		await stub.set("a", 1);
		expect(changesIn(await last.wait(2))).toHaveLength(1);
	});

	it("are as many as the class lets a user have", async () => {
		const email = newEmail();
		const stub = env.CHEAP.getByName(objectName(email)) as unknown as Stub;
		const session = sessionOf((await stub.signup({ email, password })) as SignedIn);
		const [first, second] = [await openSocket(stub, session), await openSocket(stub, session)];
		await evictDurableObject(stub);
		const third = await openSocket(stub, session);
		expect(await first.closed).toMatchObject({ code: 4409 });
		await stub.set("a", 1);
		for (const { wait } of [second, third]) expect(changesIn(await wait(2))).toHaveLength(1);
	});

	it("answer a close", async () => {
		const { stub, session } = await signUp();
		const { socket, closed } = await openSocket(stub, session);
		socket.close(1000, "bye");
		expect(await closed).toMatchObject({ code: 1000 });
	});
});
