import { type Json, KeySchema, validate } from "@userdo/contracts";
import { UserDOError } from "@userdo/contracts/errors";
import type { ChangeLog, ChangeSource } from "@userdo/tables";

/** A value's JSON text, in bytes of UTF-8: well below the 2 MB that a row can hold. */
const maxValueBytes = 1024 * 1024;

const ddl = `CREATE TABLE IF NOT EXISTS _userdo_kv (
	key TEXT PRIMARY KEY NOT NULL,
	value TEXT NOT NULL,
	version INTEGER NOT NULL,
	updated_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID`;

const changeSource: ChangeSource = {
	table: "_userdo_kv",
	event: "kv:",
	// The value is JSON text already. SQLite's own json() would refuse what is nested very deeply.
	sql: (row) => ({ event: `'kv:' || ${row}.key`, key: `${row}.key`, body: `${row}.value` }),
	columns: ["value"],
	decode: ({ op, body }) => (op === "delete" ? undefined : JSON.parse(body)),
};

/** The user's key-value pairs, in a table of their own: no key can reach what is internal. */
export class KeyValueStore {
	readonly #storage: DurableObjectStorage;
	readonly #changes: ChangeLog;
	readonly #onWrite: () => void;

	constructor(storage: DurableObjectStorage, changes: ChangeLog, onWrite: () => void) {
		this.#storage = storage;
		this.#changes = changes;
		this.#onWrite = onWrite;
		changes.register(changeSource);
	}

	/** The value, or undefined for a key that is not set. */
	get(key: string): Json | undefined {
		validate(KeySchema, key);
		const [row] = this.#exec("SELECT value FROM _userdo_kv WHERE key = ?", key) ?? [];
		return row && JSON.parse(row.value);
	}

	/** Every key with its value, by key. */
	list(): Record<string, Json> {
		const rows = this.#exec("SELECT key, value FROM _userdo_kv ORDER BY key") ?? [];
		return Object.fromEntries(rows.map(({ key, value }) => [key, JSON.parse(value)]));
	}

	/** The pairs after that key, by key; values as JSON text. */
	page(after: string, limit: number): StoredPair[] {
		const query = `SELECT key, value FROM _userdo_kv WHERE key > ? ORDER BY key LIMIT ${limit}`;
		return this.#exec(query, after) ?? [];
	}

	/**
	 * Sets a key. The value that stands there already is not written again.
	 *
	 * @throws UserDOError `invalid_input` for a bad key or a value that JSON can't hold;
	 * `payload_too_large` above 1 MiB
	 */
	set(key: string, value: unknown): void {
		validate(KeySchema, key);
		const bindings = [key, encode(value), Date.now()];
		if (this.#exec(upsert, ...bindings) === undefined) {
			this.create();
			this.#exec(upsert, ...bindings);
		}
		this.#onWrite();
	}

	/** Whether there was such a key. */
	delete(key: string): boolean {
		validate(KeySchema, key);
		const deleted = this.#exec("DELETE FROM _userdo_kv WHERE key = ? RETURNING key, value", key);
		this.#onWrite();
		return deleted !== undefined && deleted.length > 0;
	}

	/** Makes the table and its change triggers, where they are missing. */
	create(): void {
		this.#storage.transactionSync(() => {
			this.#changes.create();
			this.#storage.sql.exec(ddl);
			this.#changes.track(changeSource);
		});
	}

	/**
	 * The rows; undefined where the table does not exist. Asked for each time, as no memory of it
	 * could be trusted: a transaction that made the table may have been rolled back.
	 */
	#exec(query: string, ...bindings: (string | number)[]): StoredPair[] | undefined {
		try {
			return this.#storage.sql.exec<StoredPair>(query, ...bindings).toArray();
		} catch (error) {
			if (/no such table: _userdo_kv/.test(String(error))) return undefined;
			throw error;
		}
	}
}

interface StoredPair extends Record<string, SqlStorageValue> {
	key: string;
	/** JSON text */
	value: string;
}

const upsert = `INSERT INTO _userdo_kv VALUES (?, ?, 1, ?) ON CONFLICT (key) DO UPDATE
	SET value = excluded.value, version = version + 1, updated_at = excluded.updated_at
	WHERE value IS NOT excluded.value`;

/** The value as JSON text. */
function encode(value: unknown): string {
	const text = stringify(value);
	if (text === undefined) {
		throw new UserDOError("invalid_input", {
			issues: [{ path: "value", message: "The value must be JSON." }],
		});
	}
	if (new TextEncoder().encode(text).length > maxValueBytes) {
		throw new UserDOError("payload_too_large", {
			issues: [{ path: "value", message: "A value has at most 1 MiB of JSON." }],
		});
	}
	return text;
}

function stringify(value: unknown): string | undefined {
	try {
		return JSON.stringify(value);
	} catch {
		// A cycle or a bigint.
		return undefined;
	}
}
