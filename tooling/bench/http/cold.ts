import { median } from "../harness/statistics.ts";
import { type LoadOptions, load, type Sample } from "./load.ts";

interface ColdOptions extends Omit<LoadOptions, "call"> {
	/** How many objects there are. */
	objects: number;
	/** Puts one of them to an end. */
	restart(object: number): Promise<unknown>;
	/** Calls one of them. */
	call(object: number): Promise<unknown>;
}

/** Each call wakes an object. That they are put to an end before is not timed. */
export async function loadCold({ objects, restart, calls, start, ...options }: ColdOptions) {
	const waves: (Sample & { calls: number })[] = [];
	for (let done = 0; done < calls; done += objects) {
		const count = Math.min(objects, calls - done);
		for (let object = 0; object < count; object++) await restart(object);
		waves.push({ ...(await load({ ...options, start: 0, calls: count })), calls: count });
	}
	const sum = (toValue: (wave: (typeof waves)[number]) => number) =>
		waves.reduce((total, wave) => total + toValue(wave), 0);
	return {
		throughput: calls / sum((wave) => wave.calls / wave.throughput),
		latency: median(waves.map(({ latency }) => latency)),
		processor: sum((wave) => wave.processor * wave.calls) / calls,
	};
}
