/** What a race measured; it goes from the worker to Node as JSON. */
export interface Race {
	/** Calls of one turn. */
	calls: number;
	/** Microseconds of one call, for each round, by contestant. */
	times: Record<string, number[]>;
}

export interface RaceOptions {
	rounds: number;
	/** How long the turn of the fastest contestant should take. */
	milliseconds: number;
	/** Turns of each that are not counted: the engine compiles what is called often. */
	warmUp: number;
}
