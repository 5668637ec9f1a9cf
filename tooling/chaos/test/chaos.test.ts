import { env } from "cloudflare:workers";
import { expect, onTestFinished, test, vi } from "vitest";
import { viewNames } from "./support/participant.js";
import { Storm } from "./support/storm.js";

const seconds = Number(env.CHAOS_SECONDS);
const seed = Number(env.CHAOS_SEED) || Math.floor(Math.random() * 2 ** 31);

test(`whatever goes wrong, all clients end with what the server has (seed ${seed})`, {
	timeout: (seconds + 90) * 1000,
}, async () => {
	const storm = new Storm(seed);
	onTestFinished(() => storm.stop());
	await storm.start();
	await storm.rage(seconds * 1000);
	await storm.settle();
	await vi.waitUntil(() => storm.isCalm(), { timeout: 60_000, interval: 500 }).catch(() => {});

	// The storm was one.
	for (const what of ["create", "update", "delete", "batch", "set", "drop", "hibernate"]) {
		expect(storm.counts[what], what).toBeGreaterThan(0);
	}
	expect(storm.people.reduce((sum, { network }) => sum + network.lost, 0)).toBeGreaterThan(0);
	expect(storm.counts.overflow).toBe(2);

	// Each of these writes makes one change.
	const mutations = storm.ledger.flatMap(({ mutation }) => mutation ?? []);
	expect(mutations.length).toBeGreaterThan(0);
	expect(mutations.length, "each mutation was applied once").toBe(new Set(mutations).size);

	const creates = storm.ledger.filter(
		({ op, event }) => op === "create" && event === "table:notes",
	);
	const labels = creates.map(({ label }) => label);
	expect(labels.length, "no write was done twice").toBe(new Set(labels).size);
	for (const person of storm.people) {
		expect(person.failures).toEqual([]);
		expect(person.flickers).toEqual([]);
		for (const view of viewNames) {
			expect(person.shown.get(view), view).toEqual(await person.ask(view));
		}
		const made = new Set(creates.map(({ key }) => key));
		expect(
			person.created.filter(({ id }) => !made.has(id)),
			"what was acknowledged is there",
		).toEqual([]);

		// 0 gaps and 0 duplicates: between two resyncs it heard what the log has, once and in order.
		expect(person.stretches.length).toBeGreaterThan(0);
		for (const [n, { after, heard }] of person.stretches.entries()) {
			const told = storm.told(after);
			const isLast = n === person.stretches.length - 1;
			expect(heard).toEqual(isLast ? told : told.slice(0, heard.length));
		}
	}
	expect(labels.length, "and what was not, at most once").toBeLessThanOrEqual(
		storm.people.reduce((sum, { created, unknown }) => sum + created.length + unknown, 0) +
			2 * (storm.counts.batch ?? 0),
	);
});
