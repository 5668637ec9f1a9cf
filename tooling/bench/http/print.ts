import { toTable } from "../harness/table.ts";
import { print as printRealtime } from "../realtime/print.ts";
import type { Report } from "./report.ts";
import type { HttpResult } from "./run-http.ts";

type Line = readonly string[];

const number = (value: number) =>
	value.toLocaleString("en", { maximumSignificantDigits: 3, useGrouping: true });
/** A ratio, or nothing where it could not be measured. */
export const ratio = (value: number) => (Number.isFinite(value) ? `${value.toFixed(2)}x` : "–");
const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;
const kilobytes = (bytes: number) => `${(bytes / 1000).toFixed(1)} KB`;
export const verdict = (isMet: boolean | undefined) =>
	isMet === undefined ? "not judged" : isMet ? "ok" : "missed";

export const heads = {
	requests: ["", "/s", "of floor", "ms", "of floor", "cpu ms", "of floor", "hops", "goal", ""],
	startUp: ["until it can be asked", "bundle", "cpu ms", "of floor"],
	memory: ["an object's process", "before", "after", "of floor"],
	sizes: ["minified, by gzip", "", "goal", ""],
} as const;

/** A line for each contestant of a case, below one with its title. */
export function caseLines({ title, figures, hops, goal, isMet }: HttpResult): Line[] {
	const lines = Object.entries(figures).map(([who, { median, ratio: of }]) => {
		const isJudged = who === "ours" && goal !== undefined;
		return [
			`  ${who}`,
			number(median.throughput),
			ratio(of.throughput),
			number(median.latency),
			ratio(of.latency),
			number(median.processor),
			ratio(of.processor),
			String(hops[who] ?? ""),
			isJudged ? `>= ${ratio(goal.throughput)}, <= ${ratio(goal.latency)}` : "",
			isJudged ? verdict(isMet) : "",
		];
	});
	return [[title, ...heads.requests.slice(1).map(() => "")], ...lines];
}

export function startUpLines({ startUp }: Report): Line[] {
	return startUp.map(({ name, bytes, processor, ratio: of }) => [
		name,
		kilobytes(bytes),
		number(processor),
		ratio(of),
	]);
}

export function memoryLines({ memory }: Report): Line[] {
	return memory.map(({ name, sockets, rows, before, bytes, ratio: of }) => [
		`${name}, ${sockets.toLocaleString("en")} sockets, ${rows.toLocaleString("en")} rows`,
		megabytes(before),
		megabytes(bytes),
		ratio(of),
	]);
}

export function sizeLines({ sizes }: Report): Line[] {
	return sizes.map(({ title, bytes, goal, isMet }) => [
		title,
		kilobytes(bytes),
		`<= ${kilobytes(goal)}`,
		verdict(isMet),
	]);
}

/** The report as text for a terminal. */
export function print(report: Report): string {
	const parts = [
		toTable([heads.requests, ...report.requests.flatMap(caseLines)]),
		report.realtime.length > 0 ? printRealtime(report.realtime) : "",
		report.startUp.length > 0 ? toTable([heads.startUp, ...startUpLines(report)]) : "",
		report.memory.length > 0 ? toTable([heads.memory, ...memoryLines(report)]) : "",
		toTable([heads.sizes, ...sizeLines(report)]),
	];
	return parts.filter(Boolean).join("\n\n");
}
