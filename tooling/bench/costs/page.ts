import { toMarkdownTable } from "../harness/table.ts";
import { type Assumptions, costOf, priceOf, usageOf } from "./month.ts";
import { prices, subscription, type Usage } from "./prices.ts";
import { type Operation, work } from "./work.ts";

/** A user who is there every day. */
const assumptions: Assumptions = {
	day: { me: 5, connect: 5, list: 20, get: 5, create: 5, set: 5, method: 5 },
	busy: 5,
	processor: 2,
	stored: 1e6,
};

const sizes = [1000, 100_000, 10_000_000];

const names: Record<keyof Usage, string> = {
	workerRequests: "requests to the Worker",
	workerProcessor: "processor of the Worker",
	objectRequests: "calls to objects",
	objectDuration: "time that objects are busy",
	rowsRead: "rows read",
	rowsWritten: "rows written",
	stored: "storage",
};

const titles: Record<Operation, string> = {
	signup: "sign-up, with ten tables",
	login: "sign-in, with its limits",
	me: "`GET /api/me`",
	get: "`GET /data?key=`",
	set: "`POST /data`",
	create: "`POST /api/posts`, two indexes",
	list: "`GET /api/posts`, 20 rows",
	method: "a method that counts 20 rows",
	connect: "a socket opens",
};

const dollars = (value: number) =>
	`$${value.toLocaleString("en", { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;
const count = (value: number) => value.toLocaleString("en", { maximumFractionDigits: 1 });

/** The page of the docs. */
export function costsPage(): string {
	const operations = Object.entries(work) as [Operation, (typeof work)[Operation]][];
	const { day, busy, processor, stored } = assumptions;
	const does = Object.entries(day).map(
		([name, times]) => `${times} x ${titles[name as Operation]}`,
	);
	const usages = sizes.map((users) => usageOf(users, assumptions));
	const months = usages.map(costOf);
	const parts = Object.entries(names) as [keyof Usage, string][];
	return `# What it costs

Written by \`npx pnpm bench:costs\` from \`tooling/bench/costs\`, where the prices, the formula and the assumptions are code: change them there and write it again. Prices are those of Cloudflare's Workers Paid plan (${dollars(subscription)} a month) as of November 2026.

## An operation

What it takes is counted by workerd, and a test holds this table to it. It does not grow with the table: 20 rows of a million are ${work.list.read} rows read as well. While a socket is open a call reads two rows more and a write four, to see what is to be told. The price is that of a million calls once nothing is included any more, for an object that is busy for ${busy} ms and a Worker that computes for ${processor} ms.

${toMarkdownTable([
	["", "calls to objects", "rows read", "rows written", "a million"],
	...operations.map(([name, { hops, read, written }]) => [
		titles[name],
		count(hops),
		count(read),
		count(written),
		dollars(priceOf(name, assumptions)),
	]),
])}

A written row costs as much as a thousand that are read. A row of a table is one, and one more for each index and for the log of changes; \`realtime: false\` saves that one. Events that sockets are told, their pings and the time that objects sleep with open sockets cost nothing.

## A month

Everybody comes every day: ${does.join(", ")}. They store ${count(stored / 1e6)} MB each.

${toMarkdownTable([
	["users", ...sizes.map(count)],
	...parts.map(([part, name]) => [name, ...months.map((month) => dollars(month.parts[part]))]),
	["**all**", ...months.map(({ total }) => `**${dollars(total)}**`)],
	["for a user", ...months.map(({ total }, i) => `$${(total / (sizes[i] ?? 1)).toFixed(4)}`)],
])}

What is used, and what of it is included:

${toMarkdownTable([
	["users", ...sizes.map(count), "included"],
	...parts.map(([part, name]) => [
		unit(part, name),
		...usages.map((usage) => count(usage[part])),
		count(prices[part].included),
	]),
])}

All of it is linear in users, beyond what is included: an object is a user's own, and none grows by the others.
`;
}

function unit(part: keyof Usage, name: string): string {
	if (part === "workerProcessor") return `${name}, ms`;
	if (part === "objectDuration") return `${name}, GB-s`;
	return part === "stored" ? `${name}, GB` : name;
}
