import { main as growth } from "../growth/main.ts";
import { saveReport } from "../harness/save.ts";
import { readArguments } from "./arguments.ts";
import { writeDocuments } from "./document.ts";
import { print } from "./print.ts";
import { isMet, runBench } from "./report.ts";

// A signal ends Node without its exit handlers, and they end workerd.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.once(signal, () => process.exit(130));

const args = process.argv.slice(2);
if (args.includes("--growth")) await growth(args);
else await main(args);

async function main(args: string[]): Promise<void> {
	const { bench, check, write } = readArguments(args);
	const onResult = ({ name }: { name: string }) => console.error(name);
	const { http, realtime, ...others } = bench;
	const report = await runBench({
		...others,
		http: { ...http, onResult },
		...(realtime && { realtime: { ...realtime, onResult } }),
	});
	console.log(`\n${print(report)}\n\n${await saveReport("http", { options: bench, ...report })}`);
	if (write) console.log((await writeDocuments(bench, report)).join("\n"));
	if (check && !isMet(report)) process.exitCode = 1;
}
