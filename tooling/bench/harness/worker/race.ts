import type { Race, RaceOptions } from "../race.ts";
import { stopwatch } from "./clock.ts";

export interface Contestant {
	name: string;
	/** The work, once; `i` counts the calls, and all contestants see the same ones. */
	run(i: number): unknown;
	/** What is to be undone after a turn; not timed. */
	settle?(): void;
}

const maxCalls = 20_000;

/**
 * Times contestants in turns, in one run: round by round each has its turn, in changing order, so
 * that what slows the machine down slows all of them.
 */
export async function race(
	contestants: readonly Contestant[],
	{ rounds, milliseconds, warmUp }: RaceOptions,
): Promise<Race> {
	const calls = await calibrate(contestants, milliseconds);
	let start = 0;
	for (let i = 0; i < warmUp; i++, start += calls) {
		for (const contestant of contestants) await turn(contestant, start, calls);
	}
	const times: Record<string, number[]> = {};
	for (const { name } of contestants) times[name] = [];
	for (let round = 0; round < rounds; round++, start += calls) {
		for (const contestant of round % 2 === 0 ? contestants : contestants.toReversed()) {
			const taken = await turn(contestant, start, calls);
			times[contestant.name]?.push((taken * 1000) / calls);
		}
	}
	return { calls, times };
}

/** How many calls the fastest needs to fill that time. */
async function calibrate(contestants: readonly Contestant[], milliseconds: number) {
	for (let calls = 1; ; calls *= 2) {
		let fastest = Number.POSITIVE_INFINITY;
		for (const contestant of contestants) {
			fastest = Math.min(fastest, await turn(contestant, 0, calls));
		}
		if (fastest >= milliseconds) return Math.max(1, Math.ceil((calls * milliseconds) / fastest));
		if (calls >= maxCalls) return maxCalls;
	}
}

/** Milliseconds. */
async function turn({ run, settle }: Contestant, start: number, calls: number): Promise<number> {
	const taken = stopwatch(() => {
		for (let i = 0; i < calls; i++) run(start + i);
	});
	settle?.();
	// An object commits when its code lets go: each turn is a transaction of its own.
	await scheduler.wait(0);
	return taken;
}
