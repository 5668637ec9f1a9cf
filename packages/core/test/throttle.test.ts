import { describe, expect, it } from "vitest";
import { Throttle } from "../src/auth/throttle.js";
import { networkOf } from "../src/network.js";

const waitOf = (throttle: Throttle, ip: string | undefined, now: number): number => {
	try {
		throttle.begin(ip, now);
		return 0;
	} catch (error) {
		expect(error).toMatchObject({ code: "rate_limited", status: 429 });
		return (error as { retryAfter: number }).retryAfter;
	}
};

describe("the throttle", () => {
	it("makes the sixth try in a row wait, then twice as long, up to a minute", () => {
		const throttle = new Throttle();
		let now = 0;
		for (let n = 0; n < 5; n += 1) expect(waitOf(throttle, "192.0.2.1", now)).toBe(0);
		const waits: number[] = [];
		for (let n = 0; n < 9; n += 1) {
			const wait = waitOf(throttle, "192.0.2.1", now);
			waits.push(wait);
			now += wait * 1000;
			expect(waitOf(throttle, "192.0.2.1", now)).toBe(0);
		}
		expect(waits).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60]);
	});

	it("B3 leaves other networks alone", () => {
		const throttle = new Throttle();
		for (let n = 0; n < 50; n += 1) waitOf(throttle, "192.0.2.1", 0);
		expect(waitOf(throttle, "192.0.2.1", 0)).toBe(1);
		expect(waitOf(throttle, "198.51.100.7", 0)).toBe(0);
	});

	it("B4 counts before the password is checked, so parallel tries don't slip through", () => {
		const throttle = new Throttle();
		const passed = Array.from({ length: 50 }, () => waitOf(throttle, "192.0.2.1", 0));
		expect(passed.filter((wait) => wait === 0)).toHaveLength(5);
	});

	it("B7 refused tries don't lengthen the wait, and a success ends it", () => {
		const throttle = new Throttle();
		for (let n = 0; n < 100; n += 1) waitOf(throttle, "192.0.2.1", 0);
		expect(waitOf(throttle, "192.0.2.1", 999)).toBe(1);
		expect(waitOf(throttle, "192.0.2.1", 1000)).toBe(0);
		throttle.succeed("192.0.2.1");
		expect(waitOf(throttle, "192.0.2.1", 1000)).toBe(0);
	});

	it("B5 takes an IPv6 /64 for one client, and no address for one as well", () => {
		expect(networkOf("2001:db8:1:2::1")).toBe(networkOf("2001:0DB8:0001:2:ffff:1:2:3"));
		expect(networkOf("2001:db8:1:3::1")).not.toBe(networkOf("2001:db8:1:2::1"));
		expect(networkOf("::1")).toBe("0:0:0:0::/64");
		expect(networkOf("2001:db8::")).toBe("2001:db8:0:0::/64");
		expect(networkOf("192.0.2.1")).toBe("192.0.2.1");
		expect(networkOf("::ffff:192.0.2.1")).toBe("192.0.2.1");
		expect(networkOf("::FFFF:192.0.2.2")).toBe("192.0.2.2");
		expect(networkOf("")).toBe("unknown");
		expect(networkOf(undefined)).toBe("unknown");
	});

	it("remembers a bounded number of networks", () => {
		const throttle = new Throttle();
		for (let n = 0; n < 5; n += 1) waitOf(throttle, "first", 0);
		for (let n = 0; n < 1000; n += 1) waitOf(throttle, `other-${n}`, 0);
		expect(waitOf(throttle, "first", 0)).toBe(0);
	});
});
