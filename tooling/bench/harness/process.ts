import { existsSync, readdirSync, readFileSync } from "node:fs";

/**
 * Milliseconds of the processor that all threads of a process have taken; NaN elsewhere than on Linux.
 * Not of /proc/<pid>/stat, which counts hundredths of a second.
 */
export function processorTime(pid: number): number {
	const folder = `/proc/${pid}/task`;
	if (!existsSync(folder)) return Number.NaN;
	const nanoseconds = readdirSync(folder).map((thread) =>
		Number(readFileSync(`${folder}/${thread}/schedstat`, "utf8").split(" ")[0]),
	);
	return nanoseconds.reduce((sum, time) => sum + time, 0) / 1e6;
}

/** Bytes of a process that are in memory; NaN elsewhere than on Linux. */
export function residentBytes(pid: number): number {
	const file = `/proc/${pid}/status`;
	if (!existsSync(file)) return Number.NaN;
	const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(file, "utf8")) ?? [];
	return Number(kilobytes) * 1024;
}
