import { mkdir, writeFile } from "node:fs/promises";
import { cpus, loadavg } from "node:os";
import { fileURLToPath } from "node:url";
import { version } from "./executable.ts";

/** The circumstances of a run. */
export function describeMachine() {
	return {
		time: new Date().toISOString(),
		processors: cpus().length,
		model: cpus()[0]?.model,
		load: loadavg()[0],
		platform: `${process.platform} ${process.arch}`,
		workerd: version,
	};
}

/** Writes a report with the circumstances of its run into `results/`, and gives back its path. */
export async function saveReport(bench: string, report: object): Promise<string> {
	const folder = new URL("../results/", import.meta.url);
	await mkdir(folder, { recursive: true });
	const { time, ...machine } = describeMachine();
	const file = new URL(`${bench}-${time.replaceAll(":", "")}.json`, folder);
	await writeFile(file, `${JSON.stringify({ bench, time, machine, ...report }, null, "\t")}\n`);
	return fileURLToPath(file);
}

/** Writes a file of the docs, and gives back its path. */
export async function writeDocument(name: string, text: string): Promise<string> {
	const folder = new URL("../../../docs/", import.meta.url);
	await mkdir(folder, { recursive: true });
	const file = new URL(name, folder);
	await writeFile(file, text);
	return fileURLToPath(file);
}
