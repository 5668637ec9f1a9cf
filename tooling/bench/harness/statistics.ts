import type { Race } from "./race.ts";

export interface Standing {
	name: string;
	/** Median microseconds of one call. */
	microseconds: number;
	/** Its median against the baseline's. */
	ratio: number;
	/** The median of the ratios of each round: what slows a whole round is not in it. */
	roundRatio: number;
}

export function median(values: readonly number[]): number {
	const sorted = values.toSorted((a, b) => a - b);
	const middle = sorted.length >> 1;
	const upper = sorted[middle] ?? Number.NaN;
	return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2;
}

/** How all did in a race, next to that one of them. */
export function standings({ times }: Race, baseline: string): Standing[] {
	const base = times[baseline];
	if (!base) throw new Error(`Nobody in this race is called ${baseline}.`);
	return Object.entries(times).map(([name, rounds]) => ({
		name,
		microseconds: median(rounds),
		ratio: median(rounds) / median(base),
		roundRatio: median(rounds.map((time, i) => time / (base[i] ?? Number.NaN))),
	}));
}
