import { type RealtimeOptions, type RealtimeResult, runRealtime } from "../realtime/run.ts";
import { type Memory, type MemoryOptions, measureMemory } from "./memory.ts";
import { type HttpOptions, type HttpResult, runHttp } from "./run-http.ts";
import { measureSizes, type Size } from "./sizes.ts";
import { measureStartUp, type StartUp } from "./start-up.ts";

export interface BenchOptions {
	http: HttpOptions;
	/** Absent where only some cases are asked for, as the two below. */
	realtime?: RealtimeOptions;
	/** Starts of each. */
	starts?: number;
	memory?: MemoryOptions;
}

export interface Report {
	requests: HttpResult[];
	realtime: RealtimeResult[];
	startUp: StartUp[];
	memory: Memory[];
	sizes: Size[];
}

/** Whether it runs, not how fast. */
export const quick = {
	http: { rows: 100, rounds: 1, milliseconds: 1, warmUp: 0, concurrency: 2, peers: true },
	memory: { sockets: 5, rows: 100 },
	starts: 1,
} as const satisfies BenchOptions;

export async function runBench({ http, realtime, starts, memory }: BenchOptions): Promise<Report> {
	return {
		requests: await runHttp(http),
		realtime: realtime ? await runRealtime(realtime) : [],
		startUp: starts === undefined ? [] : await measureStartUp(starts),
		memory: memory ? await measureMemory(memory) : [],
		sizes: await measureSizes(),
	};
}

/** Whether every goal is met. */
export function isMet({ requests, realtime, sizes }: Report): boolean {
	const isWithin = requests.every(({ goal, isMet }) => goal === undefined || isMet === true);
	return isWithin && [...realtime, ...sizes].every(({ isMet }) => isMet === true);
}
