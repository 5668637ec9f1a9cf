import { evictDurableObject } from "cloudflare:test";
import type { ChangeMessage, HelloFrame } from "@userdo/contracts";
import type { ChangeLog } from "@userdo/tables";
import { describe, expect, it, vi } from "vitest";
import { Channels } from "../src/realtime/channels.js";
import { readPages } from "../src/realtime/pages.js";
import {
	changesIn,
	inObject,
	invoke,
	newEmail,
	openSocket,
	server,
	signUp,
	stubOf,
} from "./helpers.js";
import { channelsQuery, eventsIn, follow } from "./realtime-helpers.js";

describe("more than sockets are told at once", () => {
	const text = "x".repeat(60_000);

	it("is fetched anew by who comes back", async () => {
		const { stub, session } = await signUp();
		await stub.set("first", 1);
		const before = await openSocket(stub, session);
		const [{ epoch }] = (await before.wait(1)) as [HelloFrame];
		before.socket.close();
		for (let n = 0; n < 150; n += 1) await stub.set("large", `${n}${text}`);
		const query = `?since=1.0&epoch=${epoch}`;
		const back = await openSocket(stub, { ...session, query });
		await stub.set("next", 1);
		await back.wait(2);
		expect(back.received).toMatchObject([
			{ mode: "resync", seq: 151 },
			{ from: 151, to: 152 },
		]);
		// Of a smaller part each change is told.
		const near = await openSocket(stub, { ...session, query: `?since=100.0&epoch=${epoch}` });
		await near.wait(2);
		expect(near.received[0]).toMatchObject({ mode: "replay" });
	});

	it("ends the sockets, which then come back for it", async () => {
		const { stub, session } = await signUp();
		const { closed, received } = await openSocket(stub, session);
		await inObject(stub, (object) => object.addMany(Array.from({ length: 200 }, () => text)));
		expect(await closed).toMatchObject({ code: 1012 });
		expect(received).toHaveLength(1);
	});
});

describe("the log", () => {
	it("is pruned also where nobody listens and writes are raw SQL", async () => {
		const { stub, session } = await signUp();
		await inObject(stub, (object) => object.addMany(Array.from({ length: 500 }, () => "first")));
		for (let n = 0; n < 110; n += 1) {
			await invoke(stub, session, { name: "addRaw", args: [`text ${n}`] });
		}
		const query = "SELECT count(*) AS logged, max(seq) AS seq FROM _userdo_changes";
		const [found] = await inObject(stub, (_, { storage }) => storage.sql.exec(query).toArray());
		expect(found).toMatchObject({ seq: 500 + 110 * 500 });
		// 10,000 and what has come since.
		expect(Number(found?.logged)).toBeLessThan(10_000 + 110 * 500 - 40_000);
	});

	it("is pruned also where the object sleeps after each call, whoever calls", async () => {
		const { stub: own, session } = await signUp();
		const [other, nobodys] = [(await signUp()).stub, stubOf(newEmail())];
		const add = { name: "addMany", args: [Array.from({ length: 500 }, () => "text")] };
		for (let n = 0; n < 24; n += 1) {
			await invoke(own, session, add);
			await invoke(other, server, add);
			await nobodys.addMany(add.args[0] ?? []);
			for (const stub of [own, other, nobodys]) await evictDurableObject(stub);
		}
		for (const stub of [own, other, nobodys]) {
			const query = "SELECT count(*) AS logged, max(seq) AS seq FROM _userdo_changes";
			const [found] = await inObject(stub, (_, { storage }) => storage.sql.exec(query).toArray());
			expect(found?.seq).toBe(24 * 500);
			expect(Number(found?.logged)).toBeLessThanOrEqual(10_000 + 500);
		}
	});

	it("is told from the newest change on, however much nobody has heard of", async () => {
		const { stub, session } = await signUp();
		for (let n = 0; n < 30; n += 1) {
			await invoke(stub, session, { name: "set", args: ["a", n] });
			await invoke(stub, session, { name: "addRaw", args: [`text ${n}`] });
		}
		const first = await openSocket(stub, session);
		await invoke(stub, session, { name: "set", args: ["b", 1] });
		await first.wait(2);
		expect(eventsIn(first.received)).toEqual(["kv:b=1"]);
		const [{ epoch, seq }] = first.received as [HelloFrame];
		first.socket.close();
		await invoke(stub, session, { name: "set", args: ["c", 1] });
		const back = await openSocket(stub, { ...session, query: `?since=${seq}.0&epoch=${epoch}` });
		await back.wait(2);
		expect(eventsIn(back.received)).toEqual(["kv:b=1", "kv:c=1"]);
	});
});

describe("a write", () => {
	it("reaches no socket before it is durable, nor does an event after it", async () => {
		const { email, stub, session } = await signUp();
		const { received, closed, wait } = await openSocket(stub, session);
		await stub.set("kept", 1);
		await wait(2);
		const send = vi.spyOn(WebSocket.prototype, "send");
		let handed = 0;
		await inObject(stub, async (object, state) => {
			await object.set("lost", 2);
			await object.announce("lost", 2);
			handed = send.mock.calls.length;
			state.abort("the machine is gone");
		}).catch(() => {});
		// Both frames went to the runtime, but the write was not committed yet.
		expect(handed).toBe(2);
		await closed;
		expect(eventsIn(received)).toEqual(["kv:kept=1"]);
		expect(received).toHaveLength(2);

		// Whoever comes back has missed nothing, and the number is given again.
		const again = stubOf(email);
		expect(await again.list()).toEqual({ kept: 1 });
		const [{ epoch }] = received as [HelloFrame];
		const { timestamp } = changesIn(received)[0] as ChangeMessage;
		const query = `?since=1.${timestamp}&epoch=${epoch}`;
		const back = await openSocket(again, { ...session, query });
		await again.set("next", 3);
		await back.wait(2);
		expect(back.received).toMatchObject([
			{ mode: "replay", seq: 1 },
			{ from: 1, to: 2 },
		]);
		expect(eventsIn(back.received)).toEqual(["kv:next=3"]);
	});

	it("that is rolled back reaches none either, also after the object was evicted", async () => {
		const { stub, session } = await signUp();
		const wide = await openSocket(stub, session);
		const narrow = await openSocket(stub, {
			...session,
			query: `?${channelsQuery("table:notes", "event:taken", "event:done")}`,
		});
		await evictDurableObject(stub);
		await stub.addAfterRollback("stays");
		await evictDurableObject(stub);
		await invoke(stub, session, { name: "addTwo", args: ["gone", 1] });
		await stub.announce("done", 1);
		for (const { received, wait } of [wide, narrow]) {
			await wait(3);
			expect(changesIn(received)).toMatchObject([{ seq: 1, data: { data: { text: "stays" } } }]);
			expect(received[2]).toMatchObject({ type: "event", event: "done" });
			expect(follow(received)).toBe(1);
		}
	});
});

describe("many writes", () => {
	it("come in frames of 100 changes at most, one after the other", async () => {
		const { stub, session } = await signUp();
		const live = await openSocket(stub, session);
		await evictDurableObject(stub);
		await inObject(stub, (object) =>
			object.notes.createMany(Array.from({ length: 250 }, (_, n) => ({ text: `${n}` }))),
		);
		await evictDurableObject(stub);
		const [{ epoch }] = (await live.wait(4)) as [HelloFrame];
		const back = await openSocket(stub, { ...session, query: `?since=30.0&epoch=${epoch}` });
		await back.wait(4);
		expect(live.received.slice(1).map(sizeOf)).toEqual([
			"0-100: 100",
			"100-200: 100",
			"200-250: 50",
		]);
		expect(back.received.slice(1).map(sizeOf)).toEqual([
			"30-130: 100",
			"130-230: 100",
			"230-250: 20",
		]);
		expect(follow(live.received)).toBe(250);
	});

	it("come in frames of 256 KiB at most, unless one alone is larger", async () => {
		const { stub, session } = await signUp();
		const { received, wait } = await openSocket(stub, session);
		await inObject(stub, (object) => {
			object.notes.createMany(Array.from({ length: 9 }, () => ({ text: "x".repeat(60_000) })));
		});
		await wait(4);
		expect(received.slice(1).map(sizeOf)).toEqual(["0-4: 4", "4-8: 4", "8-9: 1"]);
		expect(follow(received)).toBe(9);
	});
});

const sizeOf = (frame: unknown) => {
	const { from, to } = frame as { from: number; to: number };
	return `${from}-${to}: ${changesIn([frame]).length}`;
};

describe("the log", () => {
	it("keeps 10,000 changes: who was away for longer is told to fetch anew", async () => {
		const { stub, session } = await signUp();
		await stub.set("key", 0);
		const first = await openSocket(stub, session);
		const [{ epoch }] = (await first.wait(1)) as [HelloFrame];
		await inObject(stub, (_, { storage }) =>
			storage.sql.exec(
				`WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < 10149)
				INSERT INTO _userdo_changes SELECT i, 'kv:key', 'update', 'key', i, NULL, NULL, ? FROM n`,
				Date.now(),
			),
		);
		await evictDurableObject(stub);
		await stub.set("key", 10_150);
		await evictDurableObject(stub);
		const come = async (since: number) => {
			const query = `?since=${since}.0&epoch=${epoch}`;
			const { received, wait } = await openSocket(stub, { ...session, query });
			const [{ mode }] = (await wait(1)) as [HelloFrame];
			if (mode === "replay") await wait(1 + Math.ceil((10_150 - since) / 100));
			return { mode, position: follow(received, since) };
		};
		expect(await come(149)).toEqual({ mode: "resync", position: 149 });
		expect(await come(150)).toEqual({ mode: "replay", position: 10_150 });
		expect(await come(10_150)).toEqual({ mode: "replay", position: 10_150 });
		expect(await come(10_151)).toEqual({ mode: "resync", position: 10_151 });
	});

	it("is told to all who come back from one place, up to where it is then", async () => {
		const { stub, session } = await signUp();
		const first = await openSocket(stub, session);
		const [{ epoch }] = (await first.wait(1)) as [HelloFrame];
		const query = `?since=1.0&epoch=${epoch}`;
		const come = async (count: number, options: { query: string }) => {
			const { received, wait } = await openSocket(stub, { ...session, ...options });
			await wait(count);
			expect(follow(received, 1)).toBe(changesInLog);
			return eventsIn(received);
		};
		let changesInLog = 3;
		for (const key of ["a", "b", "c"]) await stub.set(key, 1);
		for (let n = 0; n < 2; n += 1) expect(await come(2, { query })).toEqual(["kv:b=1", "kv:c=1"]);
		const narrowed = { query: `${query}&${channelsQuery("kv:a", "kv:c")}` };
		expect(await come(2, narrowed)).toEqual(["kv:c=1"]);
		await stub.set("a", 2);
		changesInLog = 4;
		const all = ["kv:b=1", "kv:c=1", "kv:a=2"];
		expect(await come(2, { query })).toEqual(all);
		expect(await come(2, narrowed)).toEqual(["kv:c=1", "kv:a=2"]);
		await evictDurableObject(stub);
		expect(await come(2, { query })).toEqual(all);
		await inObject(stub, (_, { storage }) => storage.sql.exec("UPDATE _userdo_kv SET value = '3'"));
		changesInLog = 7;
		expect(await come(2, { query })).toEqual([...all, "kv:a=3", "kv:b=3", "kv:c=3"]);
	});

	it("begins anew under another epoch, in which no number of before means anything", async () => {
		const { email, stub, session } = await signUp();
		await stub.set("a", 1);
		const first = await openSocket(stub, session);
		const [{ epoch, seq }] = (await first.wait(1)) as [HelloFrame];
		await stub.eraseAccount();
		const again = await signUp(email);
		await again.stub.set("b", 1);
		await evictDurableObject(again.stub);
		const query = `?since=${seq}.0&epoch=${epoch}`;
		const back = await openSocket(again.stub, { ...again.session, query });
		const [hello] = (await back.wait(1)) as [HelloFrame];
		expect(hello).toMatchObject({ mode: "resync", seq: 1 });
		expect(hello.epoch).not.toBe(epoch);
	});
});

describe("a change", () => {
	it("is serialised once, and a frame once for all sockets that it is the same for", () => {
		const toJSON = vi.fn(() => "serialised");
		const changes = ["kv:a", "kv:b", "kv:c"].map((event, index) => ({
			seq: index + 1,
			event,
			data: { toJSON },
			timestamp: 0,
		}));
		const log = { read: (after: number) => changes.slice(after) } as unknown as ChangeLog;
		const [page, ...rest] = readPages(log, 0);
		expect(rest).toEqual([]);
		const some = [new Channels(["kv:a", "kv:c"]), new Channels(["kv:c", "kv:a"])] as const;
		const hears = some.map((channels) => vi.spyOn(channels, "hears"));
		for (let socket = 0; socket < 10; socket += 1) {
			for (const channels of some) expect(page?.frame(channels, 0)).toMatch(/"to":3.*a.*c/);
			expect(page?.frame(undefined, 0)).toMatch(/"to":3.*a.*b.*c/);
		}
		expect(page?.frame(new Channels(["kv:d"]), 0)).toBeUndefined();
		expect(toJSON).toHaveBeenCalledTimes(3);
		expect(hears.map((spy) => spy.mock.calls.length)).toEqual([3, 0]);
		for (let socket = 0; socket < 10; socket += 1) expect(page?.plain(some[0], 1)).toHaveLength(1);
		expect(toJSON).toHaveBeenCalledTimes(4);
	});
});
