import { existsSync, readFileSync } from "node:fs";
import { setTimeout } from "node:timers/promises";

/**
 * Milliseconds that workerd takes for something. On Linux those of its thread on the processor: what
 * other programs take of a busy machine is not in it. Elsewhere those that pass.
 *
 * The clocks inside of workerd stand still while code runs, or move in steps of 3 ms.
 */
export function createStopwatch(pid: number): (run: () => Promise<unknown>) => Promise<number> {
	const file = `/proc/${pid}/schedstat`;
	if (!existsSync(file)) {
		return async (run) => {
			const start = performance.now();
			await run();
			return performance.now() - start;
		};
	}
	const read = () => Number(readFileSync(file, "utf8").split(" ")[0]) / 1e6;
	return async (run) => {
		const start = read();
		await run();
		// Linux adds a thread's time up when it lets go of the processor.
		await setTimeout(1);
		return read() - start;
	};
}
