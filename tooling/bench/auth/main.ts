import { parseArgs } from "node:util";
import { saveReport } from "../harness/save.ts";
import { toTable } from "../harness/table.ts";
import { goal, runAuth } from "./run.ts";

const { values } = parseArgs({
	options: {
		tries: { type: "string", default: "50" },
		/** Ends with 1 when the goal is missed. */
		check: { type: "boolean", default: false },
	},
});

// A signal ends Node without its exit handlers, and they end workerd.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.once(signal, () => process.exit(130));

const report = await runAuth(Number(values.tries));
const { known, unknown, difference, isMet, tries } = report;
const ms = (value: number) => value.toFixed(2);
const percent = (value: number) => `${(value * 100).toFixed(1)} %`;
const table = toTable([
	[`refused logins, ${tries} each`, "account ms", "no account ms", "difference", "goal", ""],
	[
		"until the answer",
		ms(known.wall),
		ms(unknown.wall),
		percent(difference.wall),
		`< ${percent(goal)}`,
		difference.wall < goal ? "ok" : "over",
	],
	[
		"on the processor",
		ms(known.processor),
		ms(unknown.processor),
		percent(difference.processor),
		`< ${percent(goal)}`,
		difference.processor < goal ? "ok" : "over",
	],
]);
console.log(`${table}\n\n${await saveReport("auth", report)}`);
if (values.check && !isMet) process.exitCode = 1;
