import type { WriteResult } from "./operations.js";
import { rowsIfTable } from "./sql.js";

/** How long the first result of a mutation is kept at least. */
const maxAge = 24 * 60 * 60 * 1000;
/** Old ones that a batch clears away: more than it can add. */
const maxPruned = 100;
/** Bytes of JSON; of a row with more only the id is kept. */
const maxResult = 64 * 1024;

/** In the order of time, so that old ones are found first; a row of random key would cost more. */
const ddl = `CREATE TABLE IF NOT EXISTS _userdo_mutations (
	n INTEGER PRIMARY KEY,
	id TEXT NOT NULL UNIQUE,
	fingerprint TEXT NOT NULL,
	result TEXT,
	row_id TEXT,
	created_at INTEGER NOT NULL
) STRICT`;

/** What a mutation did when it was done. */
export interface KnownMutation {
	/** Of the operation: the same id must not stand for another one. */
	fingerprint: string;
	/** Absent where it was too large. */
	result?: WriteResult;
	/** The row that is to be read anew instead. */
	rowId?: string;
}

interface StoredMutation extends Record<string, SqlStorageValue> {
	id: string;
	fingerprint: string;
	result: string | null;
	row_id: string | null;
}

/** The writes of clients that were done, by the ids that the clients gave them. */
export class Mutations {
	readonly #sql: SqlStorage;

	constructor(sql: SqlStorage) {
		this.#sql = sql;
	}

	/** Those of these ids that were done. Writes nothing where none ever was. */
	find(ids: readonly string[]): Map<string, KnownMutation> {
		const rows = this.#read(
			`SELECT id, fingerprint, result, row_id FROM _userdo_mutations
			WHERE id IN (SELECT value FROM json_each(?))`,
			JSON.stringify(ids),
		);
		return new Map(rows.map((row) => [row.id, toKnown(row)]));
	}

	/**
	 * Keeps what an operation did. To be called in the transaction in which it was done.
	 *
	 * @returns how many characters of JSON the result has
	 */
	add(id: string, fingerprint: string, result: WriteResult): number {
		const text = JSON.stringify(result);
		const isLarge = "row" in result && new TextEncoder().encode(text).length > maxResult;
		this.#sql.exec(ddl);
		this.#sql.exec(
			`INSERT INTO _userdo_mutations (id, fingerprint, result, row_id, created_at)
			VALUES (?, ?, ?, ?, ?)`,
			id,
			fingerprint,
			isLarge ? null : text,
			isLarge ? String(result.row.id) : null,
			Date.now(),
		);
		return text.length;
	}

	/** Forgets some of those that are old enough. */
	prune(now = Date.now()): void {
		this.#sql.exec(
			`DELETE FROM _userdo_mutations WHERE n IN
			(SELECT n FROM _userdo_mutations ORDER BY n LIMIT ${maxPruned}) AND created_at < ?`,
			now - maxAge,
		);
	}

	#read(query: string, ...bindings: string[]): StoredMutation[] {
		return rowsIfTable<StoredMutation>(this.#sql, query, ...bindings) ?? [];
	}
}

function toKnown({ fingerprint, result, row_id: rowId }: StoredMutation): KnownMutation {
	return {
		fingerprint,
		...(result !== null && { result: JSON.parse(result) as WriteResult }),
		...(rowId !== null && { rowId }),
	};
}
