/** What SQLite gives back. */
export type SqlValue = SqlStorageValue;

/**
 * All rows, as arrays: objects would cost more and lose columns of the same name. Reading to the
 * end matters, since a cursor that is left open keeps the statement from being used again.
 */
export function rows(sql: SqlStorage, text: string, ...values: SqlValue[]): SqlValue[][] {
	const found: SqlValue[][] = [];
	// The hot path of every read: Array.from() costs a short query a tenth more.
	for (const row of sql.exec(text, ...values).raw()) found.push(row);
	return found;
}

/** As {@link rows}, but no more of them once their texts have that many characters; one at least. */
export function rowsWithin(
	sql: SqlStorage,
	{ text, values, most }: { text: string; values: readonly SqlValue[]; most: number },
): { found: SqlValue[][]; isCut: boolean } {
	const found: SqlValue[][] = [];
	let length = 0;
	for (const row of sql.exec(text, ...values).raw()) {
		for (const value of row) if (typeof value === "string") length += value.length;
		if (length > most && found.length > 0) return { found, isCut: true };
		found.push(row);
	}
	return { found, isCut: false };
}

/** Bytes of a row, or of one value: Cloudflare's limit. A local SQLite takes twice as much. */
export const maxBytes = 2_000_000;

/** Whether the texts have more bytes of UTF-8 than that. */
export function isOver(limit: number, texts: readonly string[]): boolean {
	// A character has at most 3 bytes: mostly nothing needs to be encoded to be measured.
	if (texts.reduce((sum, { length }) => sum + length * 3, 0) <= limit) return false;
	const encoder = new TextEncoder();
	return texts.reduce((sum, text) => sum + encoder.encode(text).length, 0) > limit;
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

	get(key: string): V | undefined {
		return this.#entries.get(key);
	}

	set(key: string, value: V): void {
		if (this.#entries.size >= this.#size) {
			const [oldest] = this.#entries.keys();
			if (oldest !== undefined) this.#entries.delete(oldest);
		}
		this.#entries.set(key, value);
	}

	getOrMake(key: string, make: () => V): V {
		const found = this.#entries.get(key);
		if (found !== undefined) return found;
		const made = make();
		this.set(key, made);
		return made;
	}
}
