import { describeMachine, writeDocument } from "../harness/save.ts";
import { toMarkdownTable } from "../harness/table.ts";
import { chart } from "./chart.ts";
import { caseLines, heads, memoryLines, sizeLines, startUpLines, verdict } from "./print.ts";
import type { BenchOptions, Report } from "./report.ts";
import { rivals } from "./rivals.ts";

/** Writes the report into the docs, and gives back the paths. */
export async function writeDocuments(options: BenchOptions, report: Report): Promise<string[]> {
	const files = {
		"performance.md": toMarkdown(options, report),
		"performance.svg": chart(report.requests),
		"performance.json": toJson(options, report),
	};
	return Promise.all(Object.entries(files).map(([name, text]) => writeDocument(name, text)));
}

/** Without what each round has measured: nobody reads that in the docs. */
function toJson(options: BenchOptions, { requests, realtime, ...others }: Report): string {
	const report = {
		machine: describeMachine(),
		options,
		requests: requests.map(({ rounds: _, ...result }) => result),
		realtime: realtime.map(({ times: _, ...result }) => result),
		...others,
	};
	return `${JSON.stringify(report, null, "\t")}\n`;
}

export function toMarkdown({ http }: BenchOptions, report: Report): string {
	const { time, model, processors, platform, workerd } = describeMachine();
	const who = rivals.map(({ name, title }) => `- **${name}**: ${title}`).join("\n");
	return `# How fast it is

Written by \`npx pnpm bench --write\` on ${time.slice(0, 10)}, on ${processors} processors (${model}, ${platform}) with workerd ${workerd}. The load came from the same machine: absolute numbers are worth nothing elsewhere, and stand here only next to their ratio.

Everybody runs in plain workerd, with data in memory where there is a tmpfs, and takes turns with the others: ${http.rounds} rounds, ${http.concurrency} requests at a time over connections that are kept. *Of floor* is the median of the rounds' own ratios, for throughput (more is better), median latency and time on the processor (less is better). A *hop* is a call to a Durable Object.

${who}

![Throughput next to the same work by hand](performance.svg)

${toMarkdownTable([heads.requests, ...report.requests.flatMap(caseLines)])}
${section("Many sockets", realtimeLines(report))}${section("Start of a Worker", lines(heads.startUp, startUpLines(report)))}${section("Memory", lines(heads.memory, memoryLines(report)))}${section("Size", lines(heads.sizes, sizeLines(report)))}`;
}

type Lines = readonly (readonly string[])[];

function lines(head: readonly string[], rows: Lines): Lines {
	return rows.length > 0 ? [head, ...rows] : [];
}

function realtimeLines({ realtime }: Report): Lines {
	const head = ["", "sockets", "by hand µs", "ours µs", "of floor", ""];
	return lines(
		head,
		realtime.map(({ name, sockets, byHand, ours, isMet }) => [
			name === "fan-out" ? "one change to all" : "one of all comes back",
			sockets.toLocaleString("en"),
			byHand.microseconds.toFixed(1),
			ours.microseconds.toFixed(1),
			`${ours.roundRatio.toFixed(2)}x`,
			verdict(isMet),
		]),
	);
}

function section(title: string, rows: Lines): string {
	return rows.length > 0 ? `\n## ${title}\n\n${toMarkdownTable(rows)}\n` : "";
}
