import { type RaceOptions, raceTurns, type Turn } from "../harness/race.ts";
import { median } from "../harness/statistics.ts";
import type { Sample } from "./load.ts";

export interface Figures {
	median: Sample;
	/** The medians of the ratios of each round: what slows a whole round is not in them. */
	ratio: Sample;
}

/** One turn of somebody: so many calls, counted from `start`. */
export type LoadTurn = (start: number, calls: number) => Promise<Sample>;

export interface LoadRace {
	/** Calls of one turn. */
	calls: number;
	rounds: Record<string, Sample[]>;
}

/** Each has its turn in each round, in changing order. */
export async function raceLoads(
	turns: Record<string, LoadTurn>,
	options: RaceOptions,
): Promise<LoadRace> {
	const rounds: Record<string, Sample[]> = {};
	const turn: Turn = async (name, start, calls) => {
		if (calls === 0) return 0;
		const sample = await (turns[name] as LoadTurn)(start, calls);
		rounds[name] = [...(rounds[name] ?? []), sample];
		return (calls * 1000) / sample.throughput;
	};
	const { calls } = await raceTurns(Object.keys(turns), turn, options);
	// Those before found out how many calls make a turn, and warmed up.
	for (const [name, samples] of Object.entries(rounds)) {
		rounds[name] = samples.slice(-options.rounds);
	}
	return { calls, rounds };
}

const measures = ["throughput", "latency", "processor"] as const;

/** How somebody did next to another. */
export function compare(samples: readonly Sample[], base: readonly Sample[]): Figures {
	const of = (toValues: (measure: keyof Sample) => number[]) =>
		Object.fromEntries(
			measures.map((measure) => [measure, median(toValues(measure))]),
		) as unknown as Sample;
	return {
		median: of((measure) => samples.map((sample) => sample[measure])),
		ratio: of((measure) =>
			samples.map((sample, round) => sample[measure] / (base[round]?.[measure] ?? Number.NaN)),
		),
	};
}
