import { mkdir, writeFile } from "node:fs/promises";
import { cpus, loadavg } from "node:os";
import { fileURLToPath } from "node:url";
import { version } from "./executable.ts";

/** Writes a report with the circumstances of its run into `results/`, and gives back its path. */
export async function saveReport(bench: string, report: object): Promise<string> {
	const folder = new URL("../results/", import.meta.url);
	await mkdir(folder, { recursive: true });
	const time = new Date().toISOString();
	const machine = {
		processors: cpus().length,
		model: cpus()[0]?.model,
		load: loadavg()[0],
		platform: `${process.platform} ${process.arch}`,
		workerd: version,
	};
	const file = new URL(`${bench}-${time.replaceAll(":", "")}.json`, folder);
	await writeFile(file, `${JSON.stringify({ bench, time, machine, ...report }, null, "\t")}\n`);
	return fileURLToPath(file);
}
