/** What SQLite gives back. */
export type SqlValue = SqlStorageValue;

/**
 * All rows, as arrays: objects would cost more and lose columns of the same name. Reading to the
 * end matters, since a cursor that is left open keeps the statement from being used again.
 */
export function rows(sql: SqlStorage, text: string, ...values: SqlValue[]): SqlValue[][] {
	return Array.from(sql.exec(text, ...values).raw());
}

export function quoteName(name: string): string {
	return `"${name.replaceAll('"', '""')}"`;
}

export function quoteText(text: string): string {
	return `'${text.replaceAll("'", "''")}'`;
}

/** A cache that holds the newest `size` entries: its keys are shapes that callers choose. */
export class BoundedCache<V> {
	readonly #entries = new Map<string, V>();
	readonly #size: number;

	constructor(size: number) {
		this.#size = size;
	}

	get(key: string, make: () => V): V {
		const found = this.#entries.get(key);
		if (found !== undefined) return found;
		const made = make();
		if (this.#entries.size >= this.#size) {
			const [oldest] = this.#entries.keys();
			if (oldest !== undefined) this.#entries.delete(oldest);
		}
		this.#entries.set(key, made);
		return made;
	}
}
