import { evictDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { Limiter, type LimitResult } from "../src/limiter.js";
import { inObject, invoke, type Stub, server, signUp } from "./helpers.js";

const minute = 60_000;
const rule = { key: "a", limit: 10, period: 60 };

describe("the limiter", () => {
	it("lets ten tries pass in any minute, also across its edges", () => {
		const limiter = new Limiter();
		const passed: number[] = [];
		for (let now = 0; now < 5 * minute; now += 250) {
			if (limiter.count(rule, now).allowed) passed.push(now);
		}
		for (const from of passed) {
			const within = passed.filter((time) => time >= from && time < from + minute);
			expect(within.length).toBeLessThanOrEqual(10);
		}
		expect(passed).toHaveLength(50);
	});

	it("B7 counts no refused try, and says when the next one passes", () => {
		const limiter = new Limiter();
		for (let n = 0; n < 10; n += 1) limiter.count(rule, n * 1000);
		for (let now = 10_000; now < minute; now += 1000) {
			const retryAfter = (minute - now) / 1000;
			expect(limiter.count(rule, now)).toEqual({ allowed: false, retryAfter });
		}
		expect(limiter.count(rule, minute)).toEqual({ allowed: true, retryAfter: 0 });
		expect(limiter.count(rule, minute)).toEqual({ allowed: false, retryAfter: 1 });
	});

	it("keeps keys apart, and takes back one try or all", () => {
		const limiter = new Limiter();
		const once = { ...rule, limit: 2 };
		const passes = (key: string) => limiter.count({ ...once, key }, 0).allowed;
		expect([passes("a"), passes("a"), passes("a"), passes("b")]).toEqual([true, true, false, true]);
		limiter.forget("a", "last");
		expect([passes("a"), passes("a")]).toEqual([true, false]);
		limiter.forget("a");
		expect([passes("a"), passes("a"), passes("a")]).toEqual([true, true, false]);
		limiter.forget("unheard of");
	});

	it("counts a try on trial for so long only, unless it is kept", () => {
		const limiter = new Limiter();
		const onTrial = { key: "a", limit: 20, period: 3600, trial: 30 };
		const passes = (now: number) => limiter.count({ ...onTrial, trial: 0 }, now).allowed;
		const second = 1000;
		expect(limiter.count(onTrial, 0)).toEqual({
			allowed: true,
			retryAfter: 0,
			trial: 3600 * second,
		});
		limiter.count(onTrial, second);
		// A tenth of the limit is used: the next ones are on no trial.
		for (let n = 0; n < 18; n += 1) {
			expect(limiter.count(onTrial, second)).toEqual({ allowed: true, retryAfter: 0 });
		}
		expect(limiter.count(onTrial, 2 * second)).toEqual({ allowed: false, retryAfter: 28 });
		// The two trials are over, the two others last an hour.
		expect([31, 31, 31].map((now) => passes(now * second))).toEqual([true, true, false]);
	});

	it("B2 counts to the end what is kept, in time and late, and puts no more on trial then", () => {
		for (const late of [1, 60]) {
			const limiter = new Limiter();
			const onTrial = { key: "a", limit: 20, period: 3600, trial: 30 };
			const trials = [0, 0].map(() => limiter.count(onTrial, 0).trial ?? 0);
			for (const trial of trials.slice(0, 1)) limiter.keep("a", trial);
			const after = late * 1000;
			const next = limiter.count(onTrial, after);
			expect(next).toEqual({ allowed: true, retryAfter: 0 });
			limiter.keep("a", trials[1] ?? 0);
			for (let n = 0; n < 17; n += 1) expect(limiter.count(onTrial, after).allowed).toBe(true);
			const refused = limiter.count(onTrial, after + 1000);
			expect(refused).toEqual({ allowed: false, retryAfter: 3600 - late - 1 });
			limiter.forget("a");
			expect(limiter.count(onTrial, after).trial).toBeDefined();
		}
	});

	it("remembers 10,000 keys: the one unused for the longest time goes", () => {
		const limiter = new Limiter();
		const once = { ...rule, limit: 1 };
		for (let n = 0; n < 10_000; n += 1) limiter.count({ ...once, key: `${n}` }, 0);
		expect(limiter.count({ ...once, key: "0" }, 0).allowed).toBe(false);
		limiter.count({ ...once, key: "one more" }, 0);
		expect(limiter.count({ ...once, key: "0" }, 0).allowed).toBe(true);
		expect(limiter.count({ ...once, key: "9999" }, 0).allowed).toBe(false);
	});
});

describe("an object that counts", () => {
	const limiterOf = (name: string) => env.NOTES.getByName(`userdo:limit:${name}`) as Stub;
	const count = async (stub: Stub): Promise<LimitResult> => {
		const step = { name: "countLimit", args: [{ key: "k", limit: 4, period: 60 }] };
		const result = await invoke(stub, server, step);
		if (!result.ok) throw new Error("The call was refused.");
		return result.value as LimitResult;
	};

	it("stores nothing, and starts anew when it has slept", async () => {
		const stub = limiterOf("a");
		// Less than half of the limit: it may sleep.
		expect(await count(stub)).toEqual({ allowed: true, retryAfter: 0 });
		const stored = await inObject(stub, async (_object, { storage }) => ({
			tables: storage.sql.exec("SELECT name FROM sqlite_master").toArray(),
			alarm: await storage.getAlarm(),
		}));
		expect(stored).toEqual({ tables: [], alarm: null });
		await evictDurableObject(stub);
		const answers: LimitResult[] = [];
		for (let n = 0; n < 5; n += 1) answers.push(await count(stub));
		expect(answers.map(({ allowed }) => allowed)).toEqual([true, true, true, true, false]);
		expect(answers[4]?.retryAfter).toBeGreaterThan(50);
	});

	it("is the server's alone to ask", async () => {
		const { stub, session } = await signUp();
		for (const step of [
			{ name: "countLimit", args: [{ key: "k", limit: 2, period: 60 }] },
			{ name: "keepLimit", args: ["k", 1] },
			{ name: "forgetLimit", args: ["k"] },
		]) {
			expect(await invoke(stub, session, step)).toMatchObject({
				ok: false,
				error: { code: "forbidden" },
			});
			expect(await invoke(stub, server, step)).toMatchObject({ ok: true });
		}
	});
});
