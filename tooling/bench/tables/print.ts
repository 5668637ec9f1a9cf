import { toTable } from "../harness/table.ts";
import type { TablesReport } from "./run.ts";

const time = (microseconds: number) => microseconds.toFixed(microseconds < 100 ? 1 : 0);
const ratio = (value: number) => `${value.toFixed(2)}x`;
const count = (rows: number) => rows.toLocaleString("en");

/** The report as text for a terminal. */
export function print({ results, rows }: TablesReport): string {
	const times = [["case", "rows", "by hand µs", "ours µs", "of medians", "of rounds", "goal", ""]];
	for (const { name, rows, byHand, ours, goal, isMet, others } of results) {
		times.push([
			name,
			count(rows),
			time(byHand.microseconds),
			time(ours.microseconds),
			ratio(ours.ratio),
			ratio(ours.roundRatio),
			ratio(goal),
			isMet === undefined ? "not judged" : isMet ? "ok" : "over",
		]);
		for (const other of others) {
			times.push([
				`  ${other.name}`,
				"",
				time(other.microseconds),
				"",
				ratio(other.ratio),
				ratio(other.roundRatio),
			]);
		}
	}
	const counts = [["rows of one call", "written by hand", "ours", "read by hand", "ours"]];
	for (const [name, { ours, "by hand": byHand }] of Object.entries(rows)) {
		const numbers = [byHand.written, ours.written, byHand.read, ours.read];
		counts.push([name, ...numbers.map(count)]);
	}
	const isJudged = results.every(({ isMet }) => isMet !== undefined);
	const reason = isJudged
		? ""
		: "\n\nNot judged: turns were too short to be told from an idle request.";
	return `${toTable(times)}${reason}\n\n${toTable(counts)}`;
}
