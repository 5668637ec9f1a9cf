/** Numbers that a seed repeats (mulberry32). */
export class Random {
	#state: number;

	constructor(seed: number) {
		this.#state = seed >>> 0;
	}

	/** From 0 up to, and without, 1. */
	next(): number {
		this.#state = (this.#state + 0x6d2b79f5) >>> 0;
		let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
	}

	below(end: number): number {
		return Math.floor(this.next() * end);
	}

	pick<T>(list: readonly T[]): T | undefined {
		return list[this.below(list.length)];
	}

	chance(probability: number): boolean {
		return this.next() < probability;
	}
}
