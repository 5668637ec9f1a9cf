import { expect, it } from "vitest";
import { runAuth } from "../auth/run.ts";

it("times refused logins of people with and without an account", async () => {
	const report = await runAuth(2);
	const times = { wall: expect.any(Number), processor: expect.any(Number) };
	expect(report).toEqual({
		tries: 2,
		known: times,
		unknown: times,
		difference: times,
		isMet: expect.any(Boolean),
	});
	// Each of them has hashed a password, which takes milliseconds on any machine.
	expect(Math.min(report.known.wall, report.unknown.wall)).toBeGreaterThan(5);
});
