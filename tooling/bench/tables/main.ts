import { parseArgs } from "node:util";
import { saveReport } from "../harness/save.ts";
import { print } from "./print.ts";
import { quick, runTables } from "./run.ts";

const { values } = parseArgs({
	options: {
		quick: { type: "boolean", default: false },
		/** Ends with 1 when a goal is missed. */
		check: { type: "boolean", default: false },
		rows: { type: "string", default: "1000,10000,100000" },
		rounds: { type: "string", default: "21" },
		/** May be given several times; all cases where it is not. */
		case: { type: "string", multiple: true },
	},
});

// A signal ends Node without its exit handlers, and they end workerd.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.once(signal, () => process.exit(130));

const options = values.quick
	? quick
	: {
			sizes: values.rows.split(",").map(Number),
			rounds: Number(values.rounds),
			milliseconds: 8,
			warmUp: 12,
		};
const report = await runTables({
	...options,
	...(values.case && { cases: values.case }),
	onResult: ({ name, rows }) => console.error(`${name}, ${rows.toLocaleString("en")} rows`),
});
console.log(`\n${print(report)}\n\n${await saveReport("tables", { options, ...report })}`);
if (values.check && report.results.some(({ isMet }) => !isMet)) process.exitCode = 1;
