import { saveReport } from "../harness/save.ts";
import { readArguments } from "./arguments.ts";
import { print } from "./print.ts";
import { runTables } from "./run.ts";

const { check, cases, ...options } = readArguments(process.argv.slice(2));

// A signal ends Node without its exit handlers, and they end workerd.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.once(signal, () => process.exit(130));

const report = await runTables({
	...options,
	...(cases && { cases }),
	onResult: ({ name, rows }) => console.error(`${name}, ${rows.toLocaleString("en")} rows`),
});
console.log(`\n${print(report)}\n\n${await saveReport("tables", { options, ...report })}`);
if (check && !report.results.every(({ isMet }) => isMet)) process.exitCode = 1;
