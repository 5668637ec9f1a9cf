import { toMarkdownTable } from "../harness/table.ts";
import type { Footprint, Growth, GrowthReport } from "./run.ts";

type Lines = readonly (readonly string[])[];

const number = (value: number) => value.toLocaleString("en", { maximumSignificantDigits: 3 });
const count = (value: number) => value.toLocaleString("en");

/** A table for each thing that grows: milliseconds of the processor, next to the smallest. */
export function toTables(report: GrowthReport): { title: string; lines: Lines }[] {
	const { results, footprints } = report;
	return [
		{ title: "Rows of a user's table", lines: timeLines(results, "rows") },
		{ title: "Rows that Cloudflare bills", lines: workLines(results) },
		{ title: "Sockets of a user", lines: timeLines(results, "sockets") },
		{ title: "Users, each with an object", lines: timeLines(results, "users") },
		{ title: "What a user takes", lines: footprintLines(footprints) },
	];
}

function timeLines(results: readonly Growth[], of: Growth["of"]): Lines {
	const some = results.filter((result) => result.of === of);
	const head = ["cpu ms", ...(some[0]?.sizes ?? []).map(count), ""];
	const lines = some.map(({ name, figures, kind }) => [
		name,
		...figures.map(
			({ median, ratio }) => `${number(median.processor)} (${ratio.processor.toFixed(2)}x)`,
		),
		kind,
	]);
	return [head, ...lines];
}

function workLines(results: readonly Growth[]): Lines {
	const some = results.filter(({ work }) => work !== undefined);
	const head = ["read + written", ...(some[0]?.sizes ?? []).map(count)];
	const lines = some.map(({ name, work = [] }) => [
		name,
		...work.map(({ read, written }) => `${count(read)} + ${count(written)}`),
	]);
	return [head, ...lines];
}

function footprintLines([smallest, ...others]: readonly Footprint[]): Lines {
	if (!smallest) return [[""]];
	const lines = [smallest, ...others].map(({ users, signUp, memory, bytes }) => [
		count(users),
		`${number(signUp)} (${(signUp / smallest.signUp).toFixed(2)}x)`,
		`${number(bytes / 1e6)} MB (${(bytes / smallest.bytes).toFixed(2)}x)`,
		`${number(memory / 1000)} KB`,
	]);
	return [["users", "cpu ms of a sign-up", "process", "for each user"], ...lines];
}

/** The report as a page. */
export function toPage(report: GrowthReport, machine: string): string {
	const tables = toTables(report).map(
		({ title, lines }) => `## ${title}\n\n${toMarkdownTable(lines)}\n`,
	);
	return `# How cost grows

Written by \`npx pnpm bench --growth --write\`, on ${machine}. Times are those of all threads of workerd for one request, and stand next to their ratio to the smallest size, as the median of the rounds' ratios; all sizes take turns. How they grow is said by the last two sizes. Objects that nobody asks for ten seconds sleep: of 10,000 users nearly each that is asked has to wake first, and few are in memory.

${tables.join("\n")}`;
}
