import { rowsIfTable, toFields } from "../sql.js";
import type { Wake } from "../wake.js";

/** Who owns this object. Times are milliseconds since 1970. */
export interface Account {
	readonly email: string;
	readonly passwordHash: string;
	readonly createdAt: number;
	/** The object that holds the user's data: this one, until an email change makes it a signpost. */
	readonly home: string;
	/** SHA-256 of the `jti` of the one live reset token. */
	readonly resetHash: string | null;
	/** When its owner followed a link that was mailed to the address. */
	readonly verifiedAt: number | null;
}

const accountDdl = `CREATE TABLE IF NOT EXISTS _userdo_account (
	one INTEGER PRIMARY KEY CHECK (one = 1),
	email TEXT NOT NULL,
	password_hash TEXT NOT NULL,
	created_at INTEGER NOT NULL,
	home TEXT NOT NULL,
	reset_hash TEXT,
	verified_at INTEGER
) STRICT`;

/** The one row that says whose object this is. Nothing stands in storage before {@link create}. */
export class AccountStore {
	readonly #sql: SqlStorage;
	/** Undefined: not read yet. Null: there is none. */
	#account: Account | null | undefined;
	readonly #wake: Wake;

	constructor(sql: SqlStorage, wake: Wake) {
		this.#sql = sql;
		this.#wake = wake;
		wake.add({
			columns: `(SELECT ${json} FROM _userdo_account) AS account`,
			take: ({ account }) => {
				this.#account = account === null ? null : JSON.parse(String(account));
			},
		});
	}

	get(): Account | undefined {
		if (this.#account === undefined) this.#wake.read();
		if (this.#account === undefined) this.#account = load(this.#sql);
		return this.#account ?? undefined;
	}

	create(account: Account): void {
		this.#sql.exec(accountDdl);
		this.#write(account);
		// Read anew when asked for: the transaction around this may yet be rolled back.
		this.forget();
	}

	/** What was read is of a storage that has changed since. */
	forget(): void {
		this.#account = undefined;
	}

	/** Changes the account that exists. */
	update(change: Partial<Account>): void {
		const account = this.get();
		if (account !== undefined) this.#write({ ...account, ...change });
	}

	#write(account: Account): void {
		this.#sql.exec(
			"INSERT OR REPLACE INTO _userdo_account VALUES (1, ?, ?, ?, ?, ?, ?)",
			account.email,
			account.passwordHash,
			account.createdAt,
			account.home,
			account.resetHash,
			account.verifiedAt,
		);
		this.#account = account;
	}
}

const columns: Record<keyof Account, string> = {
	email: "email",
	passwordHash: "password_hash",
	createdAt: "created_at",
	home: "home",
	resetHash: "reset_hash",
	verifiedAt: "verified_at",
};
const { selected, json } = toFields(columns);

function load(sql: SqlStorage): Account | null {
	const rows = rowsIfTable(sql, `SELECT ${selected} FROM _userdo_account`);
	return (rows?.[0] as unknown as Account | undefined) ?? null;
}
