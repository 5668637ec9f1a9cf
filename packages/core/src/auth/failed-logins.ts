import { rowsIfTable } from "../sql.js";

/** NIST SP 800-63B section 3.2.2: at most 100 failures in a row on one account. */
const maxFailures = 100;

const failuresDdl = `CREATE TABLE IF NOT EXISTS _userdo_failed_logins (
	source TEXT PRIMARY KEY NOT NULL,
	failures INTEGER NOT NULL
) STRICT`;

/** Where a sign-in comes from: a device of a session that lives, or anywhere else. */
export type LoginSource = "known" | "unknown";

type Failures = Record<LoginSource, number>;

/**
 * Failed sign-ins in a row on an account that exists. After a hundred no password is looked at any
 * more, until a new one is set; the answer stays the same as for a wrong one, or it would tell that
 * there is such an account. The owner's own devices have a hundred of their own, so that strangers
 * can't lock them out. Stored, since somebody with patience would outlast any memory.
 */
export class FailedLogins {
	readonly #sql: SqlStorage;
	#failures: Failures | undefined;

	constructor(sql: SqlStorage) {
		this.#sql = sql;
	}

	/** Whether no password from there is looked at any more. */
	locks(source: LoginSource): boolean {
		return this.#count[source] >= maxFailures;
	}

	/** Counts a try before its password is looked at, or parallel tries would all go through. */
	add(source: LoginSource): void {
		this.#failures = { ...this.#count, [source]: this.#count[source] + 1 };
		// Stored after the answer, which a write would hold back: its time must not tell an account that
		// exists from one that doesn't.
		setTimeout(() => this.#save(), 0);
	}

	/** The password was right, or is another now. */
	clear(): void {
		const { known, unknown } = this.#count;
		if (known + unknown === 0) return;
		this.#failures = { known: 0, unknown: 0 };
		this.#save();
	}

	/** What was counted is read anew: the account may be gone, or its making undone. */
	forget(): void {
		this.#failures = undefined;
	}

	get #count(): Failures {
		this.#failures ??= load(this.#sql);
		return this.#failures;
	}

	#save(): void {
		// The account may have been deleted in the meantime: nothing is written for nobody.
		if (rowsIfTable(this.#sql, "SELECT one FROM _userdo_account") === undefined) return;
		const stored = load(this.#sql);
		for (const [source, failures] of Object.entries(this.#count) as [LoginSource, number][]) {
			if (failures === stored[source]) continue;
			this.#sql.exec(failuresDdl);
			const text = "INSERT OR REPLACE INTO _userdo_failed_logins VALUES (?, ?)";
			this.#sql.exec(text, source, failures);
		}
	}
}

function load(sql: SqlStorage): Failures {
	const none: Failures = { known: 0, unknown: 0 };
	const query = "SELECT source, failures FROM _userdo_failed_logins";
	const rows = rowsIfTable<{ source: LoginSource; failures: number }>(sql, query) ?? [];
	return { ...none, ...Object.fromEntries(rows.map((row) => [row.source, row.failures])) };
}
