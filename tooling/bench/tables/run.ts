import { fileURLToPath } from "node:url";
import { bundleWorker } from "../harness/bundle.ts";
import { call } from "../harness/call.ts";
import type { Race, RaceOptions } from "../harness/race.ts";
import type { RowCounts } from "../harness/rows.ts";
import { standings } from "../harness/statistics.ts";
import { startWorkerd } from "../harness/workerd.ts";
import { goals } from "./goals.ts";

export interface TablesOptions extends RaceOptions {
	sizes: readonly number[];
	/** The names of those to be run. */
	cases: readonly string[];
	onResult?(result: TablesResult): void;
}

export interface Side {
	/** Median of one call. */
	microseconds: number;
	/** Against the work by hand: of the medians, and the median of the rounds' ratios. */
	ratio: number;
	roundRatio: number;
}

export interface TablesResult {
	name: string;
	rows: number;
	/** Calls of one turn. */
	calls: number;
	goal: number;
	isMet: boolean;
	byHand: number;
	ours: Side;
	/** Not judged. */
	others: (Side & { name: string })[];
	/** Microseconds of a call in each round. */
	times: Record<string, number[]>;
}

export interface TablesReport {
	results: TablesResult[];
	/** Rows read and written by one call, by case. */
	rows: Record<string, Record<"ours" | "by hand", RowCounts>>;
}

const entry = fileURLToPath(new URL("./worker/index.ts", import.meta.url));

export async function runTables(options: TablesOptions): Promise<TablesReport> {
	const code = await bundleWorker(entry);
	await using server = await startWorkerd({ code, objects: { BENCH: "TablesBench" } });
	const { sizes, cases, rounds, milliseconds, warmUp } = options;
	const results: TablesResult[] = [];
	for (const rows of sizes) {
		const object = `rows-${rows}`;
		await call(server.url, object, "fill", { rows });
		for (const name of cases) {
			const settings = { name, rows, rounds, milliseconds, warmUp };
			const race = await call<Race>(server.url, object, "race", settings);
			const result = judge(name, rows, race);
			results.push(result);
			options.onResult?.(result);
		}
	}
	// In an object of its own, where nothing was changed before.
	const ask = <T>(action: string, name = "") =>
		call<T>(server.url, "counted", action, { name, rows: 1000 });
	await ask("fill");
	const counted: TablesReport["rows"] = {};
	for (const name of cases) {
		const sides = await ask<Record<string, RowCounts>>("count", name);
		counted[name] = sides as TablesReport["rows"][string];
	}
	return { results, rows: counted };
}

/** Holds a race against its goal. */
export function judge(name: string, rows: number, race: Race): TablesResult {
	const goal = goals[name] ?? Number.NaN;
	const all = standings(race, "by hand");
	const [ours, byHand] = ["ours", "by hand"].map((side) => all.find(({ name }) => name === side));
	if (!ours || !byHand) throw new Error(`The race ${name} lacks one side.`);
	const { name: _, ...side } = ours;
	return {
		name,
		rows,
		calls: race.calls,
		goal,
		isMet: ours.ratio <= goal,
		byHand: byHand.microseconds,
		ours: side,
		others: all.filter((other) => other !== ours && other !== byHand),
		times: race.times,
	};
}
