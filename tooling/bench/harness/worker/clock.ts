/** Milliseconds between two times that workerd's clock can tell. */
const stepLength = 3;

/**
 * Milliseconds that synchronous code takes. Even with precise_timers the clock of workerd moves in
 * steps (without, not at all), so this starts on a step, and tells how far beyond the last
 * one the end is by how often the clock can be read until the next.
 */
export function stopwatch(run: () => void): number {
	const { time: start } = nextStep();
	run();
	const end = nextStep();
	// Two, since others may have had the processor in one: it has fewer readings then.
	const whole = Math.max(nextStep().readings, nextStep().readings, end.readings);
	const rest = stepLength * (end.readings / whole);
	return end.time - rest - start;
}

function nextStep(): { time: number; readings: number } {
	const before = performance.now();
	let time = before;
	let readings = 0;
	for (; time === before; readings++) time = performance.now();
	return { time, readings };
}
