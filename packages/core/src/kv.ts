import { type Json, type Keys, validate } from "@userdo/contracts";
import { UserDOError } from "@userdo/contracts/errors";
import { getIfVersionSchema, getKeySchema, getTtlSchema, once } from "@userdo/contracts/lazy";
import type { ChangeLog, ChangeSource } from "@userdo/tables";
import * as z from "zod";
import { isLonger } from "./is-longer.js";
import { afterPrefix } from "./key-range.js";
import { parseValue } from "./key-schemas.js";
import { maxAnswer } from "./max-answer.js";
import { unlessMissing } from "./sql.js";
import type { Wake } from "./wake.js";

/** A value's JSON text, in bytes of UTF-8: well below the 2 MB that a row can hold. */
const maxValueBytes = 1024 * 1024;
const maxListed = 10_000;
/** Expired keys that are deleted at once. */
const maxExpired = 100;

const ddl = `CREATE TABLE IF NOT EXISTS _userdo_kv (
	key TEXT PRIMARY KEY NOT NULL,
	value TEXT NOT NULL,
	version INTEGER NOT NULL,
	updated_at INTEGER NOT NULL,
	expires_at INTEGER
) STRICT, WITHOUT ROWID`;
/** Partial, so that a key that stays costs no second row. */
const indexDdl = `CREATE INDEX IF NOT EXISTS _userdo_kv_expiry ON _userdo_kv (expires_at)
	WHERE expires_at IS NOT NULL`;

const changeSource: ChangeSource = {
	table: "_userdo_kv",
	event: "kv:",
	// The value is JSON text already. SQLite's own json() would refuse what is nested very deeply.
	sql: (row) => ({ event: `'kv:' || ${row}.key`, key: `${row}.key`, body: `${row}.value` }),
	columns: ["value"],
	decode: ({ op, body }) => (op === "delete" ? undefined : JSON.parse(body)),
};

const getSetOptionsSchema = once(() =>
	z.strictObject({ ifVersion: getIfVersionSchema().optional(), ttl: getTtlSchema().optional() }),
);
const getDeleteOptionsSchema = once(() => getSetOptionsSchema().pick({ ifVersion: true }));
const getListOptionsSchema = once(() =>
	z.strictObject({
		prefix: z.string().max(512).optional(),
		after: z.string().max(512).optional(),
		limit: z.int().min(1).max(maxListed).optional(),
	}),
);
const getEntriesOptionsSchema = once(() =>
	getListOptionsSchema().extend({ key: getKeySchema().optional() }),
);

/** How a key is set. */
export interface SetOptions {
	/** Only if this is the key's version, 0 for a key that is not set; else `conflict`. */
	ifVersion?: number | undefined;
	/** Seconds until the key is gone, at most ten years; without it the key stays. */
	ttl?: number | undefined;
}

/** Which keys to list. */
export interface ListOptions {
	/** Those that start so. */
	prefix?: string | undefined;
	/** Those after this one, in the order of their UTF-8 bytes. */
	after?: string | undefined;
	/** At most so many, from 1 to 10,000; all without it. */
	limit?: number | undefined;
}

/** Which keys to read with their versions: this one, or as a list. */
export interface EntriesOptions extends ListOptions {
	key?: string | undefined;
}

/** Keys with their values and versions. */
export interface Entries {
	data: Record<string, Json>;
	versions: Record<string, number>;
	/** The last key, where `limit` has left out others after it. */
	next?: string;
}

export interface KeyValueOptions {
	changes: ChangeLog;
	wake?: Wake;
	/** Called after each write. */
	onWrite?: () => void;
	/** What the values of some keys are like. */
	keys?: Keys | undefined;
}

/** The user's key-value pairs, in a table of their own: no key can reach what is internal. */
export class KeyValueStore {
	readonly #storage: DurableObjectStorage;
	readonly #options: KeyValueOptions;
	/**
	 * No key expires before that; undefined where nobody has looked. Saves each write a query. It may be
	 * too early. Too late it is only for keys whose deletion was rolled back: readers don't see them,
	 * and they go when the object has slept.
	 */
	#quietUntil: number | undefined;

	constructor(storage: DurableObjectStorage, options: KeyValueOptions) {
		this.#storage = storage;
		this.#options = options;
		options.wake?.add({
			columns: `(${nextExpiry}) AS expiry`,
			take: ({ expiry }) => {
				this.#quietUntil ??= expiry === null ? Number.POSITIVE_INFINITY : Number(expiry);
			},
		});
		options.changes.register(changeSource);
	}

	/** The value, or undefined for a key that is not set. */
	get(key: string): Json | undefined {
		validate(getKeySchema(), key);
		const [row] = this.#find(key);
		return row && JSON.parse(row.value);
	}

	/** One key, which may not be set, or a list. */
	entries(options: EntriesOptions = {}): Entries {
		const { key, ...others } = validate(getEntriesOptionsSchema(), options);
		return key === undefined ? this.list(others, maxAnswer) : toEntries(this.#find(key));
	}

	/**
	 * Keys in the order of their UTF-8 bytes.
	 *
	 * @param most characters of their values; at least one key is given
	 */
	list(options: ListOptions = {}, most = Number.POSITIVE_INFINITY): Entries {
		const { prefix = "", after = "", limit } = validate(getListOptionsSchema(), options);
		const end = afterPrefix(prefix);
		const bindings = [Date.now(), prefix, after, ...(end === undefined ? [] : [end])];
		const query = `${select} AND key >= ? AND key > ? ${end === undefined ? "" : "AND key < ?"}
			ORDER BY key ${limit === undefined ? "" : `LIMIT ${limit + 1}`}`;
		const page: StoredPair[] = [];
		let length = 0;
		let isCut = false;
		for (const row of this.#open<StoredPair>(query, ...bindings) ?? []) {
			length += row.value.length;
			isCut = page.length === limit || (page.length > 0 && length > most);
			if (isCut) break;
			page.push(row);
		}
		const last = page.at(-1);
		return { ...toEntries(page), ...(last && isCut && { next: last.key }) };
	}

	/** The pairs after that key, by key; values as JSON text. */
	page(after: string, limit: number): StoredPair[] {
		const query = `${select} AND key > ? ORDER BY key LIMIT ${limit}`;
		return this.#exec<StoredPair>(query, Date.now(), after) ?? [];
	}

	/**
	 * Sets a key, and says its version. The value that stands there already is not written again.
	 *
	 * @throws UserDOError `invalid_input` for a bad key, for a value that JSON can't hold or the key's
	 * schema refuses; `conflict` at `ifVersion`; `payload_too_large` above 1 MiB
	 */
	set(key: string, value: unknown, options?: SetOptions): number {
		validate(getKeySchema(), key);
		const { ifVersion, ttl } = checkOptions(getSetOptionsSchema, options);
		const text = encode(parseValue(this.#options.keys, key, value));
		const now = Date.now();
		if (ifVersion === undefined && ttl === undefined) {
			const version = this.#replace(key, text, now);
			if (version !== undefined) return version;
		}
		const expiresAt = ttl === undefined ? null : now + ttl * 1000;
		const before = this.#current(key, text, now);
		requireVersion(before, ifVersion);
		const version = before?.same
			? before.version
			: (this.#upsert(`${upsert} ${returning}`, key, text, now, expiresAt) ?? 0);
		if (before?.same && before.expires_at !== expiresAt) this.#exec(prolong, expiresAt, key);
		if (expiresAt !== null && this.#quietUntil !== undefined) {
			this.#quietUntil = Math.min(this.#quietUntil, expiresAt);
		}
		this.#options.onWrite?.();
		return version;
	}

	/**
	 * Whether there was such a key.
	 *
	 * @throws UserDOError `conflict` at `ifVersion`
	 */
	delete(key: string, options?: Pick<SetOptions, "ifVersion">): boolean {
		validate(getKeySchema(), key);
		const { ifVersion } = checkOptions(getDeleteOptionsSchema, options);
		const before = this.#current(key, "", Date.now());
		requireVersion(before, ifVersion);
		if (before) this.#exec("DELETE FROM _userdo_kv WHERE key = ?", key);
		this.#options.onWrite?.();
		return before !== undefined;
	}

	/** Deletes keys that have expired; of very many some. Readers don't see them in any case. */
	expire(): void {
		const now = Date.now();
		this.#quietUntil ??= this.nextExpiry() ?? Number.POSITIVE_INFINITY;
		if (now < this.#quietUntil) return;
		const expired = "SELECT key FROM _userdo_kv WHERE expires_at <= ? ORDER BY expires_at";
		const text = `DELETE FROM _userdo_kv WHERE key IN (${expired} LIMIT ${maxExpired})`;
		this.#exec(text, now);
		this.#quietUntil = undefined;
		this.#options.onWrite?.();
	}

	/** When the next key expires. */
	nextExpiry(): number | undefined {
		if (this.#quietUntil === Number.POSITIVE_INFINITY) return undefined;
		return this.#exec<{ next: number | null }>(nextExpiry)?.[0]?.next ?? undefined;
	}

	/** Makes the table and its change triggers, where they are missing. */
	create(): void {
		const { changes } = this.#options;
		this.#storage.transactionSync(() => {
			changes.create();
			this.#storage.sql.exec(ddl);
			this.#storage.sql.exec(indexDdl);
			changes.track(changeSource);
		});
	}

	#find(key: string): StoredPair[] {
		return this.#exec<StoredPair>(`${select} AND key = ?`, Date.now(), key) ?? [];
	}

	/** The key as a write finds it, and whether it has that value. Deletes it where it has expired. */
	#current(key: string, text: string, now: number): Current | undefined {
		const query = `SELECT version, expires_at, value = ? AS same FROM _userdo_kv WHERE key = ?`;
		const [row] = this.#exec<Current>(query, text, key) ?? [];
		if (row === undefined || row.expires_at === null || row.expires_at > now) return row;
		this.#exec("DELETE FROM _userdo_kv WHERE key = ?", key);
		return undefined;
	}

	/**
	 * Sets a key by one statement, and says its version; undefined where that key has this very value, or
	 * expires, which takes a look at it before.
	 */
	#replace(key: string, text: string, now: number): number | undefined {
		const version = this.#upsert(replace, key, text, now, null);
		if (version !== undefined) this.#options.onWrite?.();
		return version;
	}

	#upsert(
		query: string,
		...bindings: [key: string, text: string, now: number, expiresAt: number | null]
	): number | undefined {
		const write = () => this.#exec<{ version: number }>(query, ...bindings);
		const written = write();
		if (written !== undefined) return written[0]?.version;
		this.create();
		return write()?.[0]?.version;
	}

	/**
	 * The rows; undefined where the table does not exist. Asked for each time, as no memory of it
	 * could be trusted: a transaction that made the table may have been rolled back.
	 */
	#exec<Row extends Record<string, SqlStorageValue>>(
		query: string,
		...bindings: (string | number | null)[]
	): Row[] | undefined {
		return this.#open<Row>(query, ...bindings)?.toArray();
	}

	#open<Row extends Record<string, SqlStorageValue>>(
		query: string,
		...bindings: (string | number | null)[]
	): SqlStorageCursor<Row> | undefined {
		return unlessMissing(() => this.#storage.sql.exec<Row>(query, ...bindings));
	}
}

interface StoredPair extends Record<string, SqlStorageValue> {
	key: string;
	/** JSON text */
	value: string;
	version: number;
}

interface Current extends Record<string, SqlStorageValue> {
	version: number;
	expires_at: number | null;
	/** 0 or 1 */
	same: number;
}

const nextExpiry = "SELECT min(expires_at) AS next FROM _userdo_kv WHERE expires_at IS NOT NULL";

/** To readers a key is gone at once, whenever it is deleted. */
const select = `SELECT key, value, version FROM _userdo_kv
	WHERE (expires_at IS NULL OR expires_at > ?)`;

/**
 * The version is the number that the log gives this very change, which it never gives twice: a key
 * that was deleted and set again never has a version that somebody has seen before.
 */
const upsert = `INSERT INTO _userdo_kv (key, value, version, updated_at, expires_at)
	VALUES (?, ?, (SELECT ifnull(max(seq), 0) + 1 FROM _userdo_changes), ?, ?)
	ON CONFLICT (key) DO UPDATE SET value = excluded.value, version = excluded.version,
		updated_at = excluded.updated_at, expires_at = excluded.expires_at`;
const returning = "RETURNING version";
const replace = `${upsert}
	WHERE _userdo_kv.value IS NOT excluded.value AND _userdo_kv.expires_at IS NULL ${returning}`;

/** Not a change: nobody hears of it, and the version stays. */
const prolong = "UPDATE _userdo_kv SET expires_at = ? WHERE key = ?";

function toEntries(rows: readonly StoredPair[]): Entries {
	return {
		data: Object.fromEntries(rows.map(({ key, value }) => [key, JSON.parse(value)])),
		versions: Object.fromEntries(rows.map(({ key, version }) => [key, version])),
	};
}

/** Mostly there are none, and to look at an empty object takes a while. */
function checkOptions<Options extends SetOptions>(
	getSchema: () => z.ZodType<Options>,
	options: unknown,
): Options | Record<string, never> {
	return options === undefined ? {} : validate(getSchema(), options);
}

function requireVersion(before: Current | undefined, ifVersion: number | undefined): void {
	if (ifVersion === undefined || ifVersion === (before?.version ?? 0)) return;
	const message = "The key was changed in the meantime.";
	throw new UserDOError("conflict", { issues: [{ path: "ifVersion", message }] });
}

/** The value as JSON text. */
function encode(value: unknown): string {
	const text = stringify(value);
	if (text === undefined) {
		throw new UserDOError("invalid_input", {
			issues: [{ path: "value", message: "The value must be JSON." }],
		});
	}
	if (isLonger(text, maxValueBytes)) {
		const message = "A value has at most 1 MiB of JSON.";
		throw new UserDOError("payload_too_large", { message, issues: [{ path: "value", message }] });
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
