import { tableExists } from "../sql.js";

const hour = 60 * 60 * 1000;
/** Sign-ups of one address that may wait for their links to be followed. */
const maxAttempts = 5;

/**
 * `reset`: a link to set a new password. `verify`: one to confirm the account's address. `attempt`:
 * one to confirm the address of a sign-up that is no account yet. `taken`: word to an account's
 * owner that somebody tried to sign up anew.
 */
export type MailKind = "reset" | "verify" | "attempt" | "taken";

/** Mails of a kind within an hour; `pause` is the least time between two, in milliseconds. */
const limits: Readonly<Record<MailKind, { hourly: number; pause: number }>> = {
	reset: { hourly: 3, pause: 0 },
	verify: { hourly: 3, pause: 60_000 },
	attempt: { hourly: 3, pause: 0 },
	taken: { hourly: 3, pause: 0 },
};

export interface MailedToken {
	/** SHA-256 of its `jti`. */
	hash: string;
	/** Milliseconds since 1970. */
	expiresAt: number;
	/** Of the account that the link makes. */
	passwordHash?: string;
}

const mailsDdl = `CREATE TABLE IF NOT EXISTS _userdo_mails (
	id INTEGER PRIMARY KEY,
	kind TEXT NOT NULL,
	sent_at INTEGER NOT NULL,
	forget_at INTEGER NOT NULL,
	token_hash TEXT,
	password_hash TEXT
) STRICT`;

/**
 * What was mailed to this address lately: it bounds the number of mails, and says what their links
 * are good for. In storage, since an object that sleeps forgets what it counts in memory. Reading
 * it never creates anything.
 */
export class MailLog {
	readonly #sql: SqlStorage;

	constructor(sql: SqlStorage) {
		this.#sql = sql;
	}

	/** Whether one more of that kind may be sent. */
	allows(kind: MailKind, now = Date.now()): boolean {
		const { hourly, pause } = limits[kind];
		const sent = this.#select(
			"SELECT sent_at FROM _userdo_mails WHERE kind = ? AND sent_at > ?",
			kind,
			now - hour,
		).map((row) => Number(row.sent_at));
		return sent.length < hourly && sent.every((at) => now - at >= pause);
	}

	/** Notes a mail. Of attempts the newest five count, of other links the newest one. */
	add(kind: MailKind, token?: MailedToken, now = Date.now()): void {
		this.#sql.exec(mailsDdl);
		this.prune(now);
		if (kind === "verify") {
			this.#sql.exec("UPDATE _userdo_mails SET token_hash = NULL WHERE kind = ?", kind);
		}
		this.#sql.exec(
			`INSERT INTO _userdo_mails (kind, sent_at, forget_at, token_hash, password_hash)
				VALUES (?, ?, ?, ?, ?)`,
			kind,
			now,
			Math.max(token?.expiresAt ?? 0, now + hour),
			token?.hash ?? null,
			token?.passwordHash ?? null,
		);
		this.#sql.exec(
			`DELETE FROM _userdo_mails WHERE kind = 'attempt' AND id NOT IN
				(SELECT id FROM _userdo_mails WHERE kind = 'attempt' ORDER BY id DESC LIMIT ?)`,
			maxAttempts,
		);
	}

	/** What the link with that token is good for, as long as it is. */
	find(tokenHash: string): { kind: MailKind; passwordHash: string | null } | undefined {
		const [row] = this.#select(
			`SELECT kind, password_hash AS passwordHash FROM _userdo_mails WHERE token_hash = ?`,
			tokenHash,
		);
		return row as { kind: MailKind; passwordHash: string | null } | undefined;
	}

	/** Makes all links void that confirm the address. */
	spend(): void {
		if (!this.#exists) return;
		this.#sql.exec("DELETE FROM _userdo_mails WHERE kind = 'attempt'");
		this.#sql.exec("UPDATE _userdo_mails SET token_hash = NULL");
	}

	/** Forgets what is over. */
	prune(now = Date.now()): void {
		if (this.#exists) this.#sql.exec("DELETE FROM _userdo_mails WHERE forget_at <= ?", now);
	}

	/** When the next entry is over; undefined when there is none. Milliseconds since 1970. */
	nextEnd(): number | undefined {
		const [row] = this.#select("SELECT min(forget_at) AS at FROM _userdo_mails");
		return typeof row?.at === "number" ? row.at : undefined;
	}

	/** Takes the table away. */
	drop(): void {
		this.#sql.exec("DROP TABLE IF EXISTS _userdo_mails");
	}

	get #exists(): boolean {
		return tableExists(this.#sql, "_userdo_mails");
	}

	#select(query: string, ...values: SqlStorageValue[]): Record<string, SqlStorageValue>[] {
		return this.#exists ? this.#sql.exec(query, ...values).toArray() : [];
	}
}
