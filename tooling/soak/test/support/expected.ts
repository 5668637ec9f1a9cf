/** What became of a write, as far as its client knows. */
export type Outcome = "done" | "refused" | "unknown";

/** A batch of which no answer came: all of these are there, or none. */
interface OpenBatch {
	names: string[];
	mark: number;
}

/** What the server must have of one client's rows or keys: a value, or one of several. */
export class Expected {
	readonly #values = new Map<string, Set<number | undefined>>();

	/** A write of that value (undefined: a deletion) was answered, or not. */
	wrote(name: string, value: number | undefined, outcome: Outcome): void {
		if (outcome === "refused") return;
		const known = this.#values.get(name) ?? new Set([undefined]);
		this.#values.set(name, outcome === "done" ? new Set([value]) : known.add(value));
	}

	/** The values that are known for sure. */
	get sure(): [name: string, value: number][] {
		return [...this.#values].flatMap(([name, values]) => {
			const [value] = values;
			return values.size === 1 && value !== undefined ? [[name, value] as [string, number]] : [];
		});
	}

	/** What is wrong with what the server has. All that it has is sure from now on. */
	settle(actual: ReadonlyMap<string, number>): string[] {
		const wrong: string[] = [];
		for (const name of actual.keys()) {
			if (!this.#values.has(name)) wrong.push(`${name} is there, which nobody has written`);
		}
		for (const [name, values] of this.#values) {
			const value = actual.get(name);
			if (!values.has(value)) {
				const right = [...values].map((value) => value ?? "absent").join(" or ");
				wrong.push(`${name} is ${value ?? "absent"}, and must be ${right}`);
			}
			if (value === undefined) this.#values.delete(name);
			else this.#values.set(name, new Set([value]));
		}
		return wrong;
	}
}

/** The batches of one client since the last look, and whether each was done as a whole. */
export class Batches {
	#open: OpenBatch[] = [];
	/** The mark of the last one that was done. */
	#last: number | undefined;

	wrote(batch: OpenBatch, outcome: Outcome): void {
		if (outcome === "unknown") this.#open.push(batch);
		if (outcome !== "done") return;
		// Each has another mark, so what came before can't be seen in it any more.
		this.#last = batch.mark;
	}

	/** @param mark what the key says that each batch sets with its rows */
	settle(rows: ReadonlyMap<string, number>, mark: number | undefined): string[] {
		const wrong: string[] = [];
		for (const { names, mark } of this.#open) {
			const there = names.filter((name) => rows.has(name)).length;
			if (there > 0 && there < names.length) {
				wrong.push(`of the batch ${names.join(", ")} only ${there} are there`);
			}
			if (there > 0) this.#last = Math.max(this.#last ?? 0, mark);
		}
		this.#open = [];
		if (mark !== this.#last) {
			wrong.push(`the mark of batches is ${mark}, and must be ${this.#last}`);
		}
		return wrong;
	}
}
