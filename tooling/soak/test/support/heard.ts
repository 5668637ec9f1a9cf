interface Change {
	seq: number;
	/** Listeners of notes hear of no other. */
	isNote: boolean;
	name: string;
}

/** Changes that are read once more at each look: none may become another one. */
const overlapping = 20;

/** What the log has told, and how far each of two listeners has come in it. */
export class Heard {
	gaps = 0;
	doubles = 0;
	/** The changes that not everybody has heard yet, and those just before them. */
	#told: string[] = [];
	#places = [0, 0];
	#newest: Change[] = [];

	/** After which `seq` to read the log. */
	get overlap(): number {
		return (this.#newest[0]?.seq ?? 1) - 1;
	}

	/** @returns what is wrong with the log itself */
	add(log: readonly Change[]): string[] {
		const wrong: string[] = [];
		for (const [n, { seq, name }] of this.#newest.entries()) {
			if (log[n]?.seq !== seq || log[n].name !== name)
				wrong.push(`change ${seq} is another one now`);
		}
		for (const [n, { seq }] of log.entries()) {
			if (seq !== this.overlap + n + 1) wrong.push(`the log lacks what is before change ${seq}`);
		}
		const fresh = log.slice(this.#newest.length);
		this.#told.push(...fresh.filter(({ isNote }) => isNote).map(({ name }) => name));
		this.#newest = log.slice(-overlapping);
		return wrong;
	}

	/** Compares what a listener has heard with what comes next in the log. */
	compare(listener: number, changes: readonly string[]): void {
		let place = this.#places[listener] ?? 0;
		for (const name of changes) {
			const at = this.#told.indexOf(name, place);
			if (at === -1) this.doubles++;
			else {
				this.gaps += at - place;
				place = at + 1;
			}
		}
		this.#places[listener] = place;
		this.#trim();
	}

	get isComplete(): boolean {
		return this.#places.every((place) => place === this.#told.length);
	}

	#trim(): void {
		const past = Math.min(...this.#places);
		this.#told.splice(0, past);
		this.#places = this.#places.map((place) => place - past);
	}
}
