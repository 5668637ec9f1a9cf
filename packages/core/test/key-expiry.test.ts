import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { objectName } from "../src/index.js";
import { changesIn, newEmail, openSocket, password } from "./helpers.js";
import { inShop, openShop, type Shop } from "./shop.js";
import type { HooksDO } from "./worker.js";

const start = 2_000_000_000_000;

beforeEach(() => {
	// The clock of the real alarms is far behind: none of them rings by itself.
	vi.useFakeTimers({ toFake: ["Date"], now: start });
});
afterEach(() => {
	vi.useRealTimers();
});

const wait = (seconds: number) => vi.setSystemTime(Date.now() + seconds * 1000);
const alarmOf = (shop: Shop) => inShop(shop, (_object, { storage }) => storage.getAlarm());
const storedKeys = (shop: Shop) =>
	inShop(shop, (_object, { storage }) =>
		storage.sql
			.exec<{ key: string }>("SELECT key FROM _userdo_kv")
			.toArray()
			.map(({ key }) => key),
	);

async function exported(shop: Shop) {
	const lines = (await new Response(await shop.exportData()).text()).trim().split("\n");
	return lines.map((line) => JSON.parse(line)).filter(({ type }) => type === "key");
}

describe("a key that expires", () => {
	it("is gone for every reader at once, also after an eviction", async () => {
		const { shop } = await openShop();
		const { version } = await shop.set("code", "1234", { ttl: 60 });
		await shop.set("stays", true);
		wait(59);
		expect(await shop.get("code")).toBe("1234");
		wait(1);
		for (const evicted of [false, true]) {
			if (evicted) await evictDurableObject(shop);
			expect(await shop.get("code")).toBeUndefined();
			expect(await shop.list()).toEqual({ stays: true });
			expect(await shop.getEntries()).toMatchObject({ data: { stays: true } });
			expect(await shop.getEntries({ key: "code" })).toEqual({ data: {}, versions: {} });
			expect((await exported(shop)).map(({ key }) => key)).toEqual(["stays"]);
			// Reading has deleted nothing.
			expect(await storedKeys(shop)).toEqual(["code", "stays"]);
		}
		const again = await shop.set("code", "1234", { ifVersion: 0 });
		expect(again.version).toBeGreaterThan(version);
	});

	it("is deleted in time also where keys were written before of which none expires", async () => {
		const { shop } = await openShop();
		await shop.set("stays", 1);
		await shop.set("later", 2, { ttl: 100 });
		await shop.set("sooner", 3, { ttl: 10 });
		wait(10);
		await shop.set("stays", 4);
		expect(await storedKeys(shop)).toEqual(["later", "stays"]);
		// The same value, which is gone sooner than it would have been.
		await shop.set("later", 2, { ttl: 5 });
		wait(5);
		await shop.delete("nothing");
		expect(await storedKeys(shop)).toEqual(["stays"]);
	});

	it("is deleted by the alarm, of which sockets hear, and the next one takes its turn", async () => {
		const { shop, session } = await openShop();
		const socket = await openSocket(shop, session);
		await shop.set("first", 1, { ttl: 10 });
		await shop.set("second", 2, { ttl: 20 });
		expect(await alarmOf(shop)).toBe(start + 10_000);
		await evictDurableObject(shop);
		wait(10);
		expect(await runDurableObjectAlarm(shop)).toBe(true);
		expect(changesIn(await socket.wait(4)).at(-1)).toMatchObject({ event: "kv:first" });
		expect(changesIn(socket.received).at(-1)).not.toHaveProperty("data");
		expect(await storedKeys(shop)).toEqual(["second"]);
		expect(await alarmOf(shop)).toBe(start + 20_000);
		wait(10);
		expect(await runDurableObjectAlarm(shop)).toBe(true);
		expect(await storedKeys(shop)).toEqual([]);
		expect(await alarmOf(shop)).toBeNull();
	});

	it("is deleted at the next write, whatever that writes", async () => {
		const { shop, session } = await openShop();
		const socket = await openSocket(shop, session);
		await shop.set("code", 1, { ttl: 10 });
		wait(10);
		await shop.set("other", 2);
		const changes = changesIn(await socket.wait(3));
		expect(changes.map(({ event, data }) => [event, data])).toEqual([
			["kv:code", 1],
			["kv:code", undefined],
			["kv:other", 2],
		]);
		await shop.set("code", 3, { ttl: 10 });
		wait(10);
		// There is nothing to delete any more, but the log has to say so.
		expect(await shop.delete("code")).toBe(false);
		expect(await storedKeys(shop)).toEqual(["other"]);
	});

	it("expires later when it is set again, and never when it is set without a time", async () => {
		const { shop, session } = await openShop();
		const socket = await openSocket(shop, session);
		const first = await shop.set("code", 1, { ttl: 10 });
		wait(5);
		const second = await shop.set("code", 1, { ttl: 10 });
		expect(second).toEqual(first);
		wait(9);
		expect(await shop.get("code")).toBe(1);
		expect(await shop.set("code", 1)).toEqual(first);
		wait(100);
		expect(await shop.get("code")).toBe(1);
		expect(await runDurableObjectAlarm(shop)).toBe(true);
		expect(await shop.get("code")).toBe(1);
		// Of the times nobody hears.
		await shop.set("end", true);
		expect(changesIn(await socket.wait(3)).map(({ event }) => event)).toEqual([
			"kv:code",
			"kv:end",
		]);
	});

	it("does not come in the way of an alarm that the developer sets at the same time", async () => {
		const { shop } = await openShop();
		const later = start + 3_600_000;
		await inShop(shop, (object, { storage }) =>
			Promise.all([object.set("a", 1, { ttl: 60 }), storage.setAlarm(later)]),
		);
		expect(await alarmOf(shop)).toBe(later);
	});

	it("does not come in the way of an alarm of the developer's, earlier or later", async () => {
		const { shop } = await openShop();
		const setAlarm = (seconds: number) =>
			inShop(shop, (_object, { storage }) => storage.setAlarm(start + seconds * 1000));
		for (const seconds of [5, 3600]) {
			await setAlarm(seconds);
			await shop.set(`key ${seconds}`, 1, { ttl: 10 });
			await shop.runOperation({ op: "set-key", key: "other", value: seconds, ttl: 10 });
			expect(await alarmOf(shop)).toBe(start + seconds * 1000);
		}
		wait(3600);
		expect(await runDurableObjectAlarm(shop)).toBe(true);
		expect(await inShop(shop, ({ rang }) => rang)).toEqual([start + 3_600_000]);
		expect(await storedKeys(shop)).toEqual([]);
	});

	it("sets its alarm anew when the developer's has rung, or an earlier key comes", async () => {
		const { shop } = await openShop();
		await inShop(shop, (_object, { storage }) => storage.setAlarm(start + 5000));
		await shop.set("later", 1, { ttl: 60 });
		wait(5);
		await runDurableObjectAlarm(shop);
		expect(await alarmOf(shop)).toBe(start + 60_000);
		await evictDurableObject(shop);
		await shop.set("sooner", 1, { ttl: 5 });
		expect(await alarmOf(shop)).toBe(start + 10_000);
		await shop.set("latest", 1, { ttl: 600 });
		expect(await alarmOf(shop)).toBe(start + 10_000);
		// One that comes too early does no harm.
		await shop.delete("sooner");
		await runDurableObjectAlarm(shop);
		expect(await alarmOf(shop)).toBe(start + 60_000);
		expect(await shop.list()).toEqual({ later: 1, latest: 1 });
	});

	it("is one of many: each alarm deletes some, until none is left", async () => {
		const { shop } = await openShop();
		await inShop(shop, async (object) => {
			for (let n = 0; n < 250; n++) await object.set(`key ${n}`, n, { ttl: 10 });
		});
		wait(10);
		expect(await shop.list()).toEqual({});
		let rings = 0;
		while (await runDurableObjectAlarm(shop)) rings++;
		expect(rings).toBe(3);
		expect(await storedKeys(shop)).toEqual([]);
	});

	it("goes with the account", async () => {
		const { shop, email } = await openShop();
		await shop.set("code", 1, { ttl: 10 });
		await shop.eraseAccount();
		expect(await alarmOf(shop)).toBeNull();
		await shop.signup({ email, password: "another password" });
		expect(await shop.get("code")).toBeUndefined();
		await shop.set("code", 1, { ttl: 10 });
		expect(await alarmOf(shop)).toBe(start + 10_000);
	});

	it("may be set by a hook of the sign-up, and is not there where that fails", async () => {
		for (const [email, fails] of [
			[newEmail(), false],
			[newEmail(), true],
		] as const) {
			const stub = env.HOOKS.getByName(objectName(email));
			const alarm = await runInDurableObject(stub, async (object: HooksDO, { storage }) => {
				object.hooks.onSignup = async () => {
					await object.set("trial", true, { ttl: 60 });
					if (fails) throw new Error("no");
				};
				await object.signup({ email, password }).catch(() => {});
				return storage.getAlarm();
			});
			expect(alarm).toBe(fails ? null : start + 60_000);
			expect(await stub.list()).toEqual(fails ? {} : { trial: true });
		}
	});

	it("sets no alarm where its write was taken back", async () => {
		const { shop } = await openShop();
		const failed = shop.runBatch([
			{ op: "set-key", mutation: "mutation-1", key: "code", value: 1, ttl: 10 },
			{ op: "update", mutation: "mutation-2", collection: "products", id: "none", patch: {} },
		]);
		expect(await failed.catch((error) => error.code)).toBe("not_found");
		expect(await alarmOf(shop)).toBeNull();
		expect(await shop.list()).toEqual({});
	});
});
