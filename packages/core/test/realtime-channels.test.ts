import { evictDurableObject } from "cloudflare:test";
import type { HelloFrame, ServerFrame } from "@userdo/contracts";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { changesIn, inObject, invoke, openSocket, signUp } from "./helpers.js";
import { channelsQuery, eventsIn, follow, openTalking } from "./realtime-helpers.js";

describe("channels", () => {
	it("of the address narrow what a socket hears, without a gap in its numbers", async () => {
		const { stub, session } = await signUp();
		await stub.set("before", 0);
		const query = `?${channelsQuery("table:notes", "kv:draft/*")}`;
		const { received, wait } = await openSocket(stub, { ...session, query });
		await stub.set("draft/1", 1);
		await stub.set("other", 2);
		await evictDurableObject(stub);
		await stub.set("draft", 3);
		await stub.set("draft/2", 4);
		await evictDurableObject(stub);
		await stub.addNote("a");
		await wait(4);
		expect(received).toMatchObject([
			{ type: "hello", seq: 1 },
			{ from: 1, to: 2, changes: [{ seq: 2, event: "kv:draft/1" }] },
			{ from: 2, to: 5, changes: [{ seq: 5, event: "kv:draft/2" }] },
			{ from: 5, to: 6, changes: [{ seq: 6, event: "table:notes" }] },
		]);
		expect(follow(received)).toBe(6);
	});

	it("of a frame do, from the answer on, also after the object was evicted", async () => {
		const { stub, session } = await signUp();
		const { received, wait, say } = await openTalking(stub, session);
		await stub.set("a", 1);
		await stub.set("b", 2);
		expect(await say({ type: "subscribe", channels: ["kv:b"] })).toEqual({
			type: "changes",
			from: 2,
			to: 2,
			changes: [],
			channels: ["kv:b"],
		});
		await stub.set("a", 3);
		await evictDurableObject(stub);
		await stub.set("c", 4);
		expect(await say({ type: "subscribe", channels: ["kv:c", "kv:b"] })).toMatchObject({
			from: 2,
			to: 4,
			channels: ["kv:b", "kv:c"],
		});
		await evictDurableObject(stub);
		for (const key of ["a", "b", "c"]) await stub.set(key, 5);
		await wait(7);
		expect(eventsIn(received)).toEqual(["kv:a=1", "kv:b=2", "kv:b=5", "kv:c=5"]);
		expect(follow(received)).toBe(7);
	});

	it("can be taken back, one by one or all at once", async () => {
		const { stub, session } = await signUp();
		const query = `?${channelsQuery("kv:a", "kv:b")}`;
		const { received, wait, say } = await openTalking(stub, { ...session, query });
		const setAll = async (value: number) => {
			for (const key of ["a", "b", "c"]) await stub.set(key, value);
		};
		await setAll(1);
		expect(await say({ type: "unsubscribe", channels: ["kv:a", "kv:never"] })).toMatchObject({
			channels: ["kv:b"],
		});
		await setAll(2);
		await evictDurableObject(stub);
		expect(await say({ type: "unsubscribe", channels: ["kv:b"] })).toMatchObject({ channels: [] });
		await setAll(3);
		expect(await say({ type: "subscribe", channels: [] })).toMatchObject({ channels: [] });
		await say({ type: "subscribe", channels: ["kv:c", "kv:b", "kv:a"] });
		expect(await say({ type: "unsubscribe" })).toMatchObject({ channels: [] });
		await evictDurableObject(stub);
		await setAll(4);
		await wait(15);
		expect(eventsIn(received)).toEqual(
			["a=1 b=1", "b=2", "a=3 b=3 c=3", "a=4 b=4 c=4"].flatMap((texts) =>
				texts.split(" ").map((text) => `kv:${text}`),
			),
		);
		expect(follow(received)).toBe(12);
	});

	it("may have any name that a key may have", async () => {
		const { stub, session } = await signUp();
		const keys = ["a,b", "100%", "%2C", "*", "ä/ü &?#=+", "日本", "kv:a", "\u{1f600}"];
		const query = `?${channelsQuery(...keys.map((key) => `kv:${key}`))}`;
		// The asterisk stands for all keys; without it nothing else may come along.
		const all = await openTalking(stub, { ...session, query });
		const some = await openTalking(stub, { ...session, query });
		const left = await some.say({ type: "unsubscribe", channels: ["kv:*"] });
		expect(left).toMatchObject({
			channels: keys
				.filter((key) => key !== "*")
				.map((key) => `kv:${key}`)
				.sort(),
		});
		for (const key of [...keys, "a", "b", "100", ","]) await stub.set(key, 1);
		await stub.announce("last", 1);
		const heard = async ({ received, wait }: typeof all, channels: number) => {
			await wait(channels);
			return changesIn(received).map(({ event }) => event.slice(3));
		};
		expect(await heard(all, 13)).toEqual([...keys, "a", "b", "100", ","]);
		expect(await heard(some, 9)).toEqual(keys.filter((key) => key !== "*"));
	});

	it("need no encoding where a name has no comma and no percent sign", async () => {
		const { stub, session } = await signUp();
		const query = "?channels=table:notes,kv:draft/*";
		const { received, wait } = await openSocket(stub, { ...session, query });
		await stub.set("draft/1", 1);
		await stub.set("other", 1);
		await stub.addNote("a");
		await wait(3);
		expect(changesIn(received).map(({ event }) => event)).toEqual(["kv:draft/1", "table:notes"]);
	});

	it("hold for ephemeral events as well", async () => {
		const { stub, session } = await signUp();
		const query = `?${channelsQuery("event:typing")}`;
		const one = await openSocket(stub, { ...session, query });
		const none = await openSocket(stub, { ...session, query: `?${channelsQuery("kv:*")}` });
		const every = await openSocket(stub, { ...session, query: `?${channelsQuery("event:*")}` });
		await evictDurableObject(stub);
		await stub.announce("typed", 1);
		await stub.announce("typing", 2);
		await stub.set("last", 3);
		const events = (frames: unknown[]) =>
			(frames as ServerFrame[]).flatMap((frame) => (frame.type === "event" ? [frame.event] : []));
		expect(events(await one.wait(2))).toEqual(["typing"]);
		expect(events(await every.wait(3))).toEqual(["typed", "typing"]);
		expect(eventsIn(await none.wait(2))).toEqual(["kv:last=3"]);
		expect(events(none.received)).toEqual([]);
		expect(changesIn([...one.received, ...every.received])).toEqual([]);
	});

	it("of the address narrow a socket without the subprotocol, whose frames mean nothing", async () => {
		const { stub, session } = await signUp();
		const query = `?${channelsQuery("kv:a", "event:hi")}`;
		const { socket, received, wait } = await openSocket(stub, { ...session, plain: true, query });
		socket.send(JSON.stringify({ type: "subscribe", channels: ["kv:b"] }));
		await evictDurableObject(stub);
		await stub.set("b", 1);
		await stub.announce("ho", 1);
		await stub.set("a", 2);
		await stub.announce("hi", 2);
		await wait(2);
		expect(received).toEqual([
			{ event: "kv:a", data: 2, timestamp: expect.any(Number) },
			{ event: "hi", data: 2, timestamp: expect.any(Number) },
		]);
	});

	it("are all that is replayed to a socket that comes back", async () => {
		const { stub, session } = await signUp();
		const first = await openSocket(stub, session);
		const [{ epoch }] = (await first.wait(1)) as [HelloFrame];
		for (let n = 1; n <= 250; n += 1) await stub.set(n % 50 === 0 ? "rare" : "often", n);
		await evictDurableObject(stub);
		const query = `?since=60.0&epoch=${epoch}&${channelsQuery("kv:rare")}`;
		const back = await openSocket(stub, { ...session, query });
		await back.wait(3);
		expect(back.received[0]).toMatchObject({ mode: "replay", seq: 250 });
		expect(eventsIn(back.received)).toEqual([100, 150, 200, 250].map((n) => `kv:rare=${n}`));
		expect(follow(back.received, 60)).toBe(250);
		await evictDurableObject(stub);
		await stub.set("rare", 251);
		await back.wait(4);
		expect(follow(back.received, 60)).toBe(251);
	});

	it("that nothing happens in are told every 100 changes, so that their place stays in the log", async () => {
		const { stub, session } = await signUp();
		const query = `?${channelsQuery("kv:quiet")}`;
		const { received, wait } = await openSocket(stub, { ...session, query });
		for (let n = 1; n <= 70; n += 1) await stub.set("loud", n);
		await evictDurableObject(stub);
		for (let n = 71; n <= 130; n += 1) await stub.set("loud", n);
		await evictDurableObject(stub);
		await stub.set("quiet", 131);
		await wait(3);
		expect(received.slice(1)).toEqual([
			{ type: "changes", from: 0, to: 100, changes: [] },
			{ type: "changes", from: 100, to: 131, changes: [expect.objectContaining({ seq: 131 })] },
		]);
		// A socket that comes back is told in the same way.
		const [{ epoch }] = received as [HelloFrame];
		const back = await openSocket(stub, {
			...session,
			query: `?since=3.0&epoch=${epoch}&${channelsQuery("kv:none")}`,
		});
		expect((await back.wait(2))[1]).toEqual({ type: "changes", from: 3, to: 131, changes: [] });
	});

	it("hear of raw SQL that nobody was told of before the object slept or they changed", async () => {
		const { stub, session } = await signUp();
		await stub.set("a", 0);
		const query = `?${channelsQuery("kv:a")}`;
		const { received, wait, say } = await openTalking(stub, { ...session, query });
		const setRaw = (value: number) =>
			inObject(stub, (_, { storage }) =>
				storage.sql.exec("UPDATE _userdo_kv SET value = ? WHERE key = 'a'", `${value}`),
			);
		await setRaw(1);
		await evictDurableObject(stub);
		await stub.set("b", 1);
		await wait(2);
		await setRaw(2);
		await say({ type: "subscribe", channels: ["kv:b"] });
		await setRaw(3);
		await evictDurableObject(stub);
		await say({ type: "unsubscribe", channels: ["kv:a"] });
		await stub.set("b", 2);
		await wait(7);
		expect(eventsIn(received)).toEqual(["kv:a=1", "kv:a=2", "kv:a=3", "kv:b=2"]);
		expect(follow(received)).toBe(6);
	});

	it("come back, and all others with them, when they were told of what was then taken back", async () => {
		const { stub, session } = await signUp();
		const query = `?${channelsQuery("table:notes")}`;
		const narrow = await openSocket(stub, { ...session, query });
		const wide = await openSocket(stub, session);
		await stub.rollBackLater();
		await narrow.wait(2);
		// Only what the sockets were told still knows of it.
		await evictDurableObject(stub);
		await invoke(stub, session, { name: "getUser", args: [] });
		for (const { closed } of [narrow, wide]) expect(await closed).toMatchObject({ code: 1012 });
	});

	it("stay with a session that goes on under another id", async () => {
		const { stub, session } = await signUp();
		const query = `?${channelsQuery("kv:a")}`;
		const { received, wait } = await openSocket(stub, { ...session, query });
		await inObject(stub, async (object) => {
			await object.changePassword(
				{ oldPassword: "correct horse battery", newPassword: "correct horse staple" },
				{ sid: session.sid },
			);
		});
		await evictDurableObject(stub);
		await stub.set("b", 1);
		await stub.set("a", 2);
		await wait(2);
		expect(eventsIn(received)).toEqual(["kv:a=2"]);
	});
});

describe("a bad subscription", () => {
	const many = Array.from({ length: 99 }, (_, n) => `kv:${n}`);

	it.each<[string, unknown, string]>([
		["no frame", "subscribe", ""],
		["another type", { type: "publish", channels: ["kv:a"] }, ""],
		["null", "null", ""],
		["no list", { type: "subscribe", channels: "kv:a" }, "channels"],
		["no channels", { type: "subscribe" }, "channels"],
		["what is no text", { type: "subscribe", channels: ["kv:ok", 1] }, "channels.1"],
		["an unknown kind", { type: "subscribe", channels: ["kv:ok", "notes"] }, "channels.1"],
		["no name", { type: "subscribe", channels: ["kv:ok", "kv:"] }, "channels.1"],
		["an empty one", { type: "subscribe", channels: [""] }, "channels.0"],
		["601 characters", { type: "subscribe", channels: [`kv:${"x".repeat(598)}`] }, "channels.0"],
		["101 of them", { type: "subscribe", channels: [...many, "kv:x"] }, "channels"],
		[
			"7,001 characters in all",
			{ type: "subscribe", channels: [..."abcdefghijkl"].map((x) => `kv:${x.repeat(580)}`) },
			"channels",
		],
		["what is no text to take back", { type: "unsubscribe", channels: [null] }, "channels.0"],
	])("is answered with an error, and nothing of it is done: %s", async (_name, frame, path) => {
		const { stub, session } = await signUp();
		const query = `?${channelsQuery("kv:a", "kv:b")}`;
		const { received, wait, say } = await openTalking(stub, { ...session, query });
		const answer = await say(frame);
		expect(answer).toMatchObject({ type: "error", code: "invalid_input" });
		if (path) expect(answer).toMatchObject({ issues: [{ path }] });
		await evictDurableObject(stub);
		for (const key of ["ok", "0", "a"]) await stub.set(key, 1);
		await wait(3);
		expect(eventsIn(received)).toEqual(["kv:a=1"]);
	});

	it.each([
		"notes",
		"kv:a,",
		"kv:%",
		"kv:%ff",
		`kv:${"x".repeat(598)}`,
		[...many, "kv:a", "kv:b"].join(","),
	])("refuses the socket when it stands in the address (%#)", async (channels) => {
		const { stub, session } = await signUp();
		const query = `?channels=${encodeURIComponent(channels)}`;
		const refused = await stub.fetch(`https://example.com/api/ws${query}`, {
			headers: { upgrade: "websocket", "x-userdo-session": JSON.stringify(session) },
		});
		expect(refused.status).toBe(400);
		expect(await refused.json()).toMatchObject({ code: "invalid_input" });
	});

	it("comes after 100 channels of two-byte characters, which a sleeping socket still knows", async () => {
		const { stub, session } = await signUp();
		const { received, wait, say } = await openTalking(stub, session);
		const channels = Array.from({ length: 100 }, (_, n) =>
			`kv:${n}${"é€".repeat(40)}`.slice(0, 70),
		);
		expect(channels.join("")).toHaveLength(7000);
		expect(await say({ type: "subscribe", channels })).toMatchObject({
			channels: channels.toSorted(),
		});
		expect(await say({ type: "subscribe", channels: ["kv:x"] })).toMatchObject({ type: "error" });
		// The platform's own limit, which is why there is one on all of them.
		const tooLarge = await inObject(stub, (_, state) => {
			const [socket] = state.getWebSockets();
			try {
				return socket?.serializeAttachment("x".repeat(16_384));
			} catch (error) {
				return String(error);
			}
		});
		expect(tooLarge).toMatch(/16384/);
		await evictDurableObject(stub);
		await stub.set("x", 1);
		await stub.set(String(channels[99]).slice(3), 2);
		await wait(4);
		expect(changesIn(received)).toMatchObject([{ seq: 2, event: channels[99] }]);
	});
});

const key = fc.constantFrom("a", "ab", "b", "c");
const channel = fc.constantFrom("kv:a", "kv:a*", "kv:b", "kv:c", "kv:never");
const list = fc.uniqueArray(channel, { minLength: 1, maxLength: 3 });
const step = fc.oneof(
	{ weight: 5, arbitrary: fc.record({ set: key }) },
	{ weight: 2, arbitrary: fc.record({ subscribe: list }) },
	{ weight: 1, arbitrary: fc.record({ unsubscribe: list }) },
	{ weight: 3, arbitrary: fc.constantFrom("hear all", "sleep", "come back") },
);

it("whatever is written, subscribed to and slept through, each socket hears exactly its own", async () => {
	const { stub, session } = await signUp();
	await fc.assert(
		fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
			let socket = await openTalking(stub, session);
			const [hello] = (await socket.wait(1)) as [HelloFrame];
			let { seq } = hello;
			let start = seq;
			const subscribed = new Set<string>();
			const expected: number[] = [];
			const heard: number[] = [];
			const hears = (key: string) =>
				subscribed.size === 0 ||
				subscribed.has(`kv:${key}`) ||
				(key.startsWith("a") && subscribed.has("kv:a*"));
			// What the client knows when it leaves a socket for the next one.
			const collect = () => {
				heard.push(...changesIn(socket.received).map(({ seq }) => seq));
				start = follow(socket.received, start);
			};
			for (const step of steps) {
				if (step === "sleep") {
					// What sleeps already can't be put to sleep.
					await stub.getInstance();
					await evictDurableObject(stub);
				} else if (step === "come back") {
					socket.socket.close();
					await socket.closed;
					collect();
					const narrowed = subscribed.size > 0 ? `&${channelsQuery(...subscribed)}` : "";
					const query = `?since=${start}.0&epoch=${hello.epoch}${narrowed}`;
					socket = await openTalking(stub, { ...session, query });
				} else if (typeof step === "string") {
					subscribed.clear();
					await socket.say({ type: "unsubscribe" });
				} else if ("set" in step) {
					seq += 1;
					await stub.set(step.set, seq);
					if (hears(step.set)) expected.push(seq);
				} else if ("subscribe" in step) {
					for (const name of step.subscribe) subscribed.add(name);
					await socket.say({ type: "subscribe", channels: step.subscribe });
				} else {
					for (const name of step.unsubscribe) subscribed.delete(name);
					await socket.say({ type: "unsubscribe", channels: step.unsubscribe });
				}
			}
			// Its answer comes after everything else.
			await socket.say({ type: "unsubscribe" });
			collect();
			expect(heard).toEqual(expected);
			expect(start).toBe(seq);
			socket.socket.close();
		}),
		{ numRuns: 100 },
	);
});
