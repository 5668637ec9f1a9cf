import { expect, test } from "vitest";
import { Soak } from "./support/soak.js";

/** `pnpm soak`, and not the tests of CI. */
const isLong = process.env.SOAK === "long";
const seconds = Number(process.env.SOAK_SECONDS) || (isLong ? 3600 : 80);
const users = Number(process.env.SOAK_USERS) || (isLong ? 200 : 40);
const seed = Number(process.env.SOAK_SEED) || Math.floor(Math.random() * 2 ** 31);

test(`whatever is killed, nothing that was answered is lost (seed ${seed})`, {
	timeout: (seconds + 180) * 1000,
}, async () => {
	await using soak = await Soak.start(users, seed);
	await soak.rage(seconds * 1000);
	const deaf = await soak.settle();
	const counts = Object.entries(soak.counts);
	process.stdout.write(`\n${counts.map(([what, count]) => `${count} ${what}`).join(", ")}\n`);
	expect(soak.wrong).toEqual([]);
	expect(deaf, "everybody has heard of everything").toEqual([]);
	for (const [what, count] of counts) {
		if (["gaps", "doubles", "resyncs"].includes(what)) expect(count, what).toBe(0);
		// There was something to survive.
		else if (what !== "late") expect(count, what).toBeGreaterThan(0);
	}
});
