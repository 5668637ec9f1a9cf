import type { ChangeMessage } from "@userdo/contracts/events";
import { isMissingTable } from "./errors.js";
import type { Meta } from "./meta.js";
import { quoteName, quoteText, rows, type SqlValue } from "./sql.js";
import type { ChangeLog, ChangeOp, ChangePosition, ChangeSource, JsonSnapshot } from "./types.js";

const maxChanges = 10_000;
const maxAge = 7 * 24 * 60 * 60 * 1000;
/** Bytes of a row's JSON that are told; of a larger one only the key is. */
const maxBody = 65_536;

/** SQLite's own clock: a trigger has no other. Rounded, since the fraction is a double. */
export const now = "CAST(round(unixepoch('subsec') * 1000) AS INTEGER)";

const currentEpoch = "(SELECT value FROM _userdo_meta WHERE key = 'epoch')";
const newestSeq = "(SELECT max(seq) FROM _userdo_changes)";

/** A row of the log, in the order of its columns. */
type LoggedChange = readonly [
	seq: number,
	event: string,
	op: ChangeOp,
	key: string,
	body: string | null,
	old: string | null,
	mutation: string | null,
	timestamp: number,
];

export class SqlChangeLog implements ChangeLog {
	readonly #sql: SqlStorage;
	readonly #meta: Meta;
	readonly snapshotColumns = `${currentEpoch} AS epoch, ${newestSeq} AS newest`;
	readonly #sources = new Map<string, ChangeSource>();

	constructor(sql: SqlStorage, meta: Meta) {
		this.#sql = sql;
		this.#meta = meta;
		this.#logReplaced();
	}

	get epoch(): string {
		return this.#meta.get("epoch") ?? "";
	}

	get seq(): number {
		return this.#number("SELECT max(seq) FROM _userdo_changes");
	}

	get snapshot(): JsonSnapshot {
		return this.toSnapshot(this.#one(`SELECT ${this.snapshotColumns}`) ?? {});
	}

	toSnapshot({ epoch, newest }: Record<string, SqlValue>): JsonSnapshot {
		return { epoch: String(epoch ?? ""), seq: Number(newest ?? 0) };
	}

	create(): void {
		this.#meta.create();
		if (this.epoch) return;
		this.#logReplaced();
		// Not AUTOINCREMENT: `prune` keeps the newest row, so a number is never given twice.
		this.#sql.exec(
			`CREATE TABLE IF NOT EXISTS _userdo_changes (
				seq INTEGER PRIMARY KEY, event TEXT NOT NULL, op TEXT NOT NULL, key TEXT NOT NULL,
				body TEXT, old TEXT, mutation TEXT, timestamp INTEGER NOT NULL
			) STRICT`,
		);
		this.#meta.set("epoch", crypto.randomUUID());
	}

	read(after: number, limit: number): ChangeMessage[] {
		const count = Math.min(Math.max(0, Math.trunc(limit)), maxChanges);
		return this.#rows(
			`SELECT seq, event, op, key, ${whole("body")}, ${whole("old")}, mutation, timestamp
			FROM _userdo_changes
			WHERE seq > ? ORDER BY seq LIMIT ${count}`,
			after,
		).map((row) => this.#toMessage(row as unknown as LoggedChange));
	}

	covers(position: ChangePosition): boolean {
		const found = this.#one(
			`SELECT ${currentEpoch} AS epoch, ${newestSeq} AS newest,
				(SELECT min(seq) FROM _userdo_changes) AS oldest,
				(SELECT timestamp FROM _userdo_changes WHERE seq = ?) AS timestamp`,
			position.seq,
		);
		if (!found?.epoch || found.epoch !== position.epoch) return false;
		if (position.seq > Number(found.newest)) return false;
		const { timestamp } = found;
		if (position.timestamp && timestamp && position.timestamp !== timestamp) return false;
		return position.seq >= Number(found.oldest) - 1;
	}

	attribute(mutation: string, after: number): void {
		if (this.seq <= after) return;
		this.#sql.exec("UPDATE _userdo_changes SET mutation = ? WHERE seq > ?", mutation, after);
	}

	weigh(after: number): number {
		return this.#number(
			`SELECT sum(ifnull(octet_length(${whole("body")}), 0) + ifnull(octet_length(${whole("old")}), 0))
			FROM _userdo_changes WHERE seq > ?`,
			after,
		);
	}

	prune(time = Date.now()): void {
		const newest = this.seq;
		// From the oldest on, so that only what goes is looked at.
		const young = this.#number(
			"SELECT seq FROM _userdo_changes WHERE timestamp >= ? ORDER BY seq LIMIT 1",
			time - maxAge,
		);
		const keep = Math.min(Math.max(young || newest, newest - maxChanges + 1), newest);
		if (this.#number("SELECT min(seq) FROM _userdo_changes") >= keep) return;
		this.#sql.exec("DELETE FROM _userdo_changes WHERE seq < ?", keep);
	}

	/** @param isNew whether the table was just made, so that it has no triggers yet */
	track(source: ChangeSource, isNew = false): void {
		this.register(source);
		this.create();
		const stored = isNew ? undefined : this.#triggersOf(source.table);
		for (const [name, text] of triggers(source, this.#columns(source))) {
			if (stored?.get(name) === text) continue;
			// Also one of a table that was renamed by hand.
			this.#sql.exec(`DROP TRIGGER IF EXISTS ${quoteName(name)}`);
			this.#sql.exec(text);
		}
	}

	#triggersOf(table: string): Map<string, string> {
		const text = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = ?";
		const found = rows(this.#sql, text, table);
		return new Map(found.map(([name, sql]) => [String(name), String(sql)]));
	}

	register(source: ChangeSource): void {
		this.#sources.set(source.event, source);
	}

	/**
	 * Makes every reader fetch anew, since the rows of that event were changed unlogged. The numbers
	 * go on. What is logged has the shape of before, which can't be read any more: only its keys stay.
	 */
	renew(event: string): void {
		if (this.epoch === "") return;
		const shaped = "event = ? AND (body IS NOT NULL OR old IS NOT NULL)";
		this.#sql.exec(`UPDATE _userdo_changes SET body = NULL, old = NULL WHERE ${shaped}`, event);
		this.#meta.set("epoch", crypto.randomUUID());
	}

	/**
	 * INSERT OR REPLACE would delete the old row unseen. Kept by the connection, not by the database:
	 * this writes nothing, and `deleteAll()`, which opens another connection, undoes it.
	 */
	#logReplaced(): void {
		this.#sql.exec("PRAGMA recursive_triggers = 1");
	}

	#columns({ table, columns }: ChangeSource): readonly string[] {
		if (columns) return columns;
		return rows(this.#sql, "SELECT name FROM pragma_table_info(?)", table).map(([name]) =>
			String(name),
		);
	}

	/** Of each change that is told: no object is built that is not sent. */
	#toMessage(change: LoggedChange): ChangeMessage {
		const [seq, event, op, key, body, old, mutation, timestamp] = change;
		// Without a source it is of a table that is declared no longer: told without its data, so
		// that no `seq` is missing.
		const source = this.#sourceOf(event);
		const data =
			body === null
				? source?.decodeTruncated?.({ op, key })
				: source?.decode(old === null ? { op, body } : { op, body, old });
		const isTruncated = body === null || !source;
		if (data !== undefined && !isTruncated && mutation === null) {
			return { seq, event, data, timestamp };
		}
		return {
			seq,
			event,
			...(data !== undefined && { data }),
			...(isTruncated && { truncated: true as const }),
			...(mutation !== null && { mutation }),
			timestamp,
		};
	}

	#sourceOf(event: string): ChangeSource | undefined {
		return this.#sources.get(event) ?? this.#sources.get(event.slice(0, event.indexOf(":") + 1));
	}

	#number(text: string, ...values: SqlValue[]): number {
		return Number(this.#rows(text, ...values)[0]?.[0] ?? 0);
	}

	#rows(text: string, ...values: SqlValue[]): SqlValue[][] {
		return this.#unlessMissing(() => rows(this.#sql, text, ...values)) ?? [];
	}

	/** The row of a query that has one: cheaper than a list of them, and asked for at each write. */
	#one(text: string, ...values: SqlValue[]): Record<string, SqlValue> | undefined {
		return this.#unlessMissing(() => this.#sql.exec(text, ...values).one());
	}

	/** Nothing where the log is not there yet. */
	#unlessMissing<T>(read: () => T): T | undefined {
		try {
			return read();
		} catch (error) {
			if (isMissingTable(error)) return undefined;
			throw error;
		}
	}
}

const ops = ["create", "update", "delete"] as const;
const statements = { create: "INSERT", update: "UPDATE", delete: "DELETE" } as const;

function triggerName(source: ChangeSource, op: ChangeOp): string {
	return `_userdo_${op}:${source.table}`;
}

/**
 * Name and SQL of the three triggers, as SQLite stores them. SQLite reads all of them whenever it
 * opens the database, which is much of what it takes to wake: the fewer words, the better.
 */
function triggers(source: ChangeSource, columns: readonly string[]): [string, string][] {
	return ops.map((op) => {
		const name = triggerName(source, op);
		const { event, key, ...logged } = source.sql(op === "delete" ? "OLD" : "NEW");
		const isUpdate = op === "update";
		const old = isUpdate ? `, ${ifSmall(source.sql("OLD"))}` : "";
		const text = `CREATE TRIGGER ${quoteName(name)} AFTER ${statements[op]} ON ${quoteName(source.table)}
${isUpdate ? `WHEN ${isDifferent(columns)}` : ""}
BEGIN
INSERT INTO _userdo_changes (event, op, key, timestamp, body${isUpdate ? ", old" : ""})
VALUES (${event}, ${quoteText(op)}, ${key}, ${now}, ${ifSmall(logged)}${old});
END`;
		return [name, text];
	});
}

/** JSON of a text may still be longer than that: {@link whole} sees to it. */
function ifSmall({
	body,
	size = `octet_length(${body})`,
}: {
	body: string;
	size?: string;
}): string {
	return `iif(${size} <= ${maxBody}, ${body}, NULL)`;
}

/** A column of the log, where it is not too large to be told. */
function whole(column: "body" | "old"): string {
	return `iif(octet_length(${column}) <= ${maxBody}, ${column}, NULL)`;
}

/** One comparison of row values, since a chain of ORs would be nested too deeply. */
function isDifferent(columns: readonly string[]): string {
	const of = (row: string) => columns.map((name) => `${row}.${quoteName(name)}`).join(", ");
	return `(${of("OLD")}) IS NOT (${of("NEW")})`;
}
