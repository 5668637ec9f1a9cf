import { isMissingTable } from "./errors.js";
import { rows } from "./sql.js";

/** `_userdo_meta`: what the layers remember about themselves, by key. */
export class Meta {
	readonly #sql: SqlStorage;

	constructor(sql: SqlStorage) {
		this.#sql = sql;
	}

	create(): void {
		this.#sql.exec(
			"CREATE TABLE IF NOT EXISTS _userdo_meta (key TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL) STRICT, WITHOUT ROWID",
		);
	}

	/** Writes nothing where the table is not there yet. */
	get(key: string): string | undefined {
		try {
			const [row] = rows(this.#sql, "SELECT value FROM _userdo_meta WHERE key = ?", key);
			return row ? String(row[0]) : undefined;
		} catch (error) {
			if (isMissingTable(error)) return undefined;
			throw error;
		}
	}

	set(key: string, value: string): void {
		this.#sql.exec("INSERT OR REPLACE INTO _userdo_meta (key, value) VALUES (?, ?)", key, value);
	}
}
