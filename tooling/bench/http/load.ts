import { processorTime } from "../harness/process.ts";
import { median } from "../harness/statistics.ts";

/** What was measured of many calls. */
export interface Sample {
	/** Calls in a second. */
	throughput: number;
	/** Median milliseconds of a call. */
	latency: number;
	/** Milliseconds of all threads of the server, for each call. */
	processor: number;
}

export interface LoadOptions {
	/** Of the server. */
	pid: number;
	/** Calls at a time; each is followed by the next one as soon as it is done. */
	concurrency: number;
	/** Number of the first call. */
	start: number;
	calls: number;
	call(i: number): Promise<unknown>;
}

/** Makes calls, and measures them from the first one to the last answer. */
export async function load({ pid, concurrency, start, calls, call }: LoadOptions): Promise<Sample> {
	const latencies: number[] = [];
	let next = start;
	const work = async () => {
		while (next < start + calls) {
			const called = performance.now();
			await call(next++);
			latencies.push(performance.now() - called);
		}
	};
	const processor = processorTime(pid);
	const began = performance.now();
	await Promise.all(Array.from({ length: Math.min(concurrency, calls) }, work));
	return {
		throughput: (calls * 1000) / (performance.now() - began),
		latency: median(latencies),
		processor: (processorTime(pid) - processor) / calls,
	};
}
