import { parseArgs } from "node:util";
import { saveReport } from "../harness/save.ts";
import { goals } from "./goals.ts";
import { print } from "./print.ts";
import { runTables } from "./run.ts";

const { values } = parseArgs({
	options: {
		/** Only 1,000 rows, and few rounds: whether it runs, not how fast. */
		quick: { type: "boolean", default: false },
		/** Ends with 1 when a goal is missed. */
		check: { type: "boolean", default: false },
		rows: { type: "string", default: "1000,10000,100000" },
		rounds: { type: "string", default: "11" },
		/** May be given again. */
		case: { type: "string", multiple: true, default: Object.keys(goals) },
	},
});

// A signal ends Node without its exit handlers, and they end workerd.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.once(signal, () => process.exit(130));

const options = values.quick
	? { sizes: [1000], rounds: 5, milliseconds: 1, warmUp: 2 }
	: {
			sizes: values.rows.split(",").map(Number),
			rounds: Number(values.rounds),
			milliseconds: 12,
			warmUp: 10,
		};
const report = await runTables({
	...options,
	cases: values.case,
	onResult: ({ name, rows }) =>
		process.stderr.write(`${name}, ${rows.toLocaleString("en")} rows\n`),
});
console.log(`\n${print(report)}\n\n${await saveReport("tables", { options, ...report })}`);
if (values.check && report.results.some(({ isMet }) => !isMet)) process.exitCode = 1;
