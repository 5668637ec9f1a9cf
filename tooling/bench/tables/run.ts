import { fileURLToPath } from "node:url";
import { bundleWorker } from "../harness/bundle.ts";
import { call } from "../harness/call.ts";
import { type RaceOptions, race } from "../harness/race.ts";
import type { RowCounts } from "../harness/rows.ts";
import { startWorkerd } from "../harness/workerd.ts";
import { goals, judge, type TablesResult } from "./judge.ts";

export interface TablesOptions extends RaceOptions {
	/** Rows of the tables. */
	sizes: readonly number[];
	/** The names of those to be run; all where there is none. */
	cases?: readonly string[];
	onResult?(result: TablesResult): void;
}

export interface TablesReport {
	results: TablesResult[];
	/** Rows read and written by one call, by case. */
	rows: Record<string, Record<"ours" | "by hand", RowCounts>>;
}

/** Whether it runs, not how fast. */
export const quick = { sizes: [1000], rounds: 3, milliseconds: 1, warmUp: 1 };

export const entry = fileURLToPath(new URL("./worker/index.ts", import.meta.url));

export async function runTables({
	sizes,
	cases = Object.keys(goals),
	onResult,
	...options
}: TablesOptions): Promise<TablesReport> {
	const code = await bundleWorker(entry);
	await using server = await startWorkerd({ code, objects: { BENCH: "TablesBench" } });
	const results: TablesResult[] = [];
	for (const rows of sizes) {
		const object = `rows-${rows}`;
		await call(server.url, object, "fill", { rows });
		for (const name of cases) {
			const result = judge(name, rows, await race(server, object, { name, rows }, options));
			results.push(result);
			onResult?.(result);
		}
	}
	return { results, rows: await countRows(server.url, cases) };
}

/** In an object of its own, where nothing was changed before. */
async function countRows(url: string, cases: readonly string[]): Promise<TablesReport["rows"]> {
	const rows = 1000;
	await call(url, "counted", "fill", { rows });
	const counted: TablesReport["rows"] = {};
	for (const name of cases) counted[name] = await call(url, "counted", "count", { name, rows });
	return counted;
}
