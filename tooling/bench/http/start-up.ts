import { fileURLToPath } from "node:url";
import { bundleWorker } from "../harness/bundle.ts";
import { processorTime } from "../harness/process.ts";
import { median } from "../harness/statistics.ts";
import { startWorkerd } from "../harness/workerd.ts";
import { classesOf } from "./own-server.ts";

export interface StartUp {
	name: string;
	/** Of the bundle, minified. */
	bytes: number;
	/** Median milliseconds of the processor that parsing and running the bundle takes. */
	processor: number;
	/** Of the floor's, as the median of the rounds' ratios. */
	ratio: number;
}

const names = ["floor", "ours"] as const;

/**
 * What it takes until a Worker can be asked, beyond what an empty one takes. Each start is a new
 * process; they take turns.
 */
export async function measureStartUp(rounds: number): Promise<StartUp[]> {
	const codes = new Map<string, string>();
	for (const name of ["empty", ...names]) {
		const entry = fileURLToPath(new URL(`worker/${name}.ts`, import.meta.url));
		codes.set(name, await bundleWorker(entry, { minify: true }));
	}
	const times: Record<string, number[]> = Object.fromEntries(names.map((name) => [name, []]));
	for (let round = 0; round < rounds; round++) {
		const empty = await start(codes.get("empty") ?? "", {});
		for (const name of round % 2 === 0 ? names : names.toReversed()) {
			const taken = await start(codes.get(name) ?? "", classesOf(name));
			times[name]?.push(taken - empty);
		}
	}
	return names.map((name) => ({
		name,
		bytes: codes.get(name)?.length ?? 0,
		processor: median(times[name] ?? []),
		ratio: median((times[name] ?? []).map((time, i) => time / (times.floor?.[i] ?? Number.NaN))),
	}));
}

async function start(code: string, objects: Record<string, string>): Promise<number> {
	const variables = { JWT_SECRET: "a secret of the start-up, which signs nothing" };
	await using workerd = await startWorkerd({ code, objects, variables });
	await (await fetch(workerd.url)).arrayBuffer();
	return processorTime(workerd.pid);
}
