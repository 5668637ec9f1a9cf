import { tableExists } from "../sql.js";

/** NIST SP 800-63B section 3.2.2: at most 100 failures in a row on one account. */
const maxFailures = 100;

const failuresDdl = `CREATE TABLE IF NOT EXISTS _userdo_failed_logins (
	one INTEGER PRIMARY KEY CHECK (one = 1),
	failures INTEGER NOT NULL
) STRICT`;

/**
 * Failed sign-ins in a row on an account that exists, from wherever they came. After a hundred no
 * password is looked at any more, until a new one is set; the answer stays the same as for a wrong
 * one, or it would tell that there is such an account. Stored, since somebody with patience would
 * outlast any memory.
 */
export class FailedLogins {
	readonly #sql: SqlStorage;
	#failures: number | undefined;

	constructor(sql: SqlStorage) {
		this.#sql = sql;
	}

	/** Whether only a device that was signed in before may still try. */
	get locked(): boolean {
		return this.#count >= maxFailures;
	}

	/** Counts a try before its password is looked at, or parallel tries would all go through. */
	add(): void {
		this.#failures = this.#count + 1;
		// Stored after the answer, which a write would hold back: its time must not tell an account that
		// exists from one that doesn't.
		setTimeout(() => this.#save(), 0);
	}

	/** The password was right, or is another now. */
	clear(): void {
		if (this.#count === 0) return;
		this.#failures = 0;
		this.#save();
	}

	/** What was counted is read anew: the account may be gone, or its making undone. */
	forget(): void {
		this.#failures = undefined;
	}

	get #count(): number {
		this.#failures ??= load(this.#sql);
		return this.#failures;
	}

	#save(): void {
		// The account may have been deleted in the meantime: nothing is written for nobody.
		if (!tableExists(this.#sql, "_userdo_account") || this.#count === load(this.#sql)) return;
		this.#sql.exec(failuresDdl);
		this.#sql.exec("INSERT OR REPLACE INTO _userdo_failed_logins VALUES (1, ?)", this.#count);
	}
}

function load(sql: SqlStorage): number {
	if (!tableExists(sql, "_userdo_failed_logins")) return 0;
	const [row] = sql.exec("SELECT failures FROM _userdo_failed_logins").toArray();
	return Number(row?.failures ?? 0);
}
