import { saveReport } from "../harness/save.ts";
import { readArguments } from "./arguments.ts";
import { print } from "./print.ts";
import { runRealtime } from "./run.ts";

const { check, ...options } = readArguments(process.argv.slice(2));

// A signal ends Node without its exit handlers, and they end workerd.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.once(signal, () => process.exit(130));

const results = await runRealtime({
	...options,
	onResult: ({ name, sockets }) =>
		console.error(`${name}, ${sockets.toLocaleString("en")} sockets`),
});
console.log(`\n${print(results)}\n\n${await saveReport("realtime", { options, results })}`);
if (check && !results.every(({ isMet }) => isMet)) process.exitCode = 1;
