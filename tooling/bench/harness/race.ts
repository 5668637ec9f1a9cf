import { call } from "./call.ts";
import { median } from "./statistics.ts";
import { createStopwatch } from "./stopwatch.ts";
import type { Workerd } from "./workerd.ts";

export interface RaceOptions {
	rounds: number;
	/** How long the turn of the fastest contestant should take. */
	milliseconds: number;
	/** Turns of each that are not counted: the engine compiles what is called often. */
	warmUp: number;
}

export interface Race {
	/** Calls of one turn. */
	calls: number;
	/** Microseconds of one call, for each round, by contestant. */
	times: Record<string, number[]>;
}

/** Milliseconds of so many calls, counted from `start`. */
export type Turn = (name: string, start: number, calls: number) => Promise<number>;

const maxCalls = 50_000;

/**
 * Times the contestants of an object (`raceActions` in `worker/contestants.ts`) in one run: round by
 * round each has its turn, in changing order, so that what slows the machine slows all of them. A
 * turn is one request, so what it writes is committed at its end, and that is timed as well.
 */
export async function race(
	{ url, pid }: Workerd,
	object: string,
	contestants: object,
	options: RaceOptions,
): Promise<Race> {
	const names = await call<string[]>(url, object, "open", contestants);
	const stopwatch = createStopwatch(pid);
	const turn: Turn = async (name, start, calls) => {
		const taken = await stopwatch(() => call(url, object, "turn", { name, start, calls }));
		await call(url, object, "settle", { name });
		return taken;
	};
	return raceTurns(names, turn, options);
}

/**
 * As {@link race}, where a turn is more than a request. What one without any call takes is not
 * counted.
 */
export async function raceTurns(
	names: readonly string[],
	turn: Turn,
	{ rounds, milliseconds, warmUp }: RaceOptions,
): Promise<Race> {
	const each = async (start: number, calls: number, order: readonly string[]) => {
		const taken: Record<string, number> = {};
		for (const name of order) taken[name] = await turn(name, start, calls);
		return taken;
	};

	// What a request takes that calls nothing.
	const idle: number[] = [];
	for (let i = 0; i < 9; i++) idle.push(await turn(names[0] ?? "", 0, 0));
	let start = 0;
	let calls = 1;
	for (;;) {
		const fastest = Math.min(...Object.values(await each(start, calls, names))) - median(idle);
		start += calls;
		if (fastest >= milliseconds / 2) {
			calls = Math.ceil((calls * milliseconds) / fastest);
			break;
		}
		calls *= 2;
		if (calls > maxCalls) break;
	}
	for (let i = 0; i < warmUp; i++, start += calls) await each(start, calls, names);
	const times: Record<string, number[]> = Object.fromEntries(names.map((name) => [name, []]));
	for (let i = 0; i < rounds; i++, start += calls) {
		const taken = await each(start, calls, i % 2 === 0 ? names : names.toReversed());
		for (const name of names) {
			times[name]?.push((((taken[name] ?? 0) - median(idle)) * 1000) / calls);
		}
	}
	return { calls, times };
}
