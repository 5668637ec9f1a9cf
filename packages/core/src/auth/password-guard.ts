import { isUserDOError, UserDOError } from "@userdo/contracts/errors";
import type { Account, AccountStore } from "./account.js";
import type { CallContext } from "./auth-types.js";
import { FailedLogins, type LoginSource } from "./failed-logins.js";
import type { PasswordHasher } from "./password.js";
import type { Sessions } from "./sessions.js";
import { Throttle } from "./throttle.js";

/** In a row, by one session. */
const maxWrongPasswords = 10;

export interface PasswordGuardOptions {
	account: AccountStore;
	hasher: PasswordHasher;
	sessions: Sessions;
}

/** Looks at the passwords that are given for an account, and at no more of them than it may. */
export class PasswordGuard {
	readonly #options: PasswordGuardOptions;
	readonly #throttle = new Throttle();
	readonly #failedLogins: FailedLogins;
	/** By session; bounded by the sessions that there are. */
	readonly #wrongPasswords = new Map<string, number>();

	constructor(sql: SqlStorage, options: PasswordGuardOptions) {
		this.#options = options;
		this.#failedLogins = new FailedLogins(sql);
	}

	/**
	 * The account of these credentials.
	 *
	 * @throws UserDOError `invalid_credentials`, alike for an account that is not there; `rate_limited`
	 */
	async signIn(
		{ email, password }: { email: string; password: string },
		context: CallContext,
	): Promise<Account> {
		this.#throttle.begin(context.ip);
		const account = await this.#find(email, password, sourceOf(context));
		if (account === undefined) throw new UserDOError("invalid_credentials");
		this.#throttle.succeed(context.ip);
		return account;
	}

	/** @throws UserDOError `wrong_password` where that is not what was stored; `rate_limited` */
	async requireMatch(
		password: string | undefined,
		stored: string,
		{ ip }: CallContext,
		path = "password",
	): Promise<void> {
		if (password === undefined) throw wrongPassword(path);
		this.#throttle.begin(ip);
		if (!(await this.#options.hasher.verify(password, stored))) throw wrongPassword(path);
		this.#throttle.succeed(ip);
	}

	/** The account's; a wrong one counts as a failed sign-in, and after a hundred none is looked at. */
	async requireOwn(
		password: string | undefined,
		context: CallContext,
		path = "password",
	): Promise<Account> {
		const account = this.#options.account.get();
		if (account === undefined) throw new UserDOError("not_found");
		const source = sourceOf(context);
		if (password === undefined || this.#failedLogins.locks(source)) throw wrongPassword(path);
		this.#throttle.check(context.ip);
		this.#failedLogins.add(source);
		await this.requireMatch(password, account.passwordHash, context, path);
		this.#failedLogins.clear();
		return account;
	}

	/** Asks the one who is signed in for the password again; counted as a sign-in is. */
	async requireAgain(password: string, path: string, context: CallContext): Promise<Account> {
		const { sid = "" } = context;
		let account: Account;
		const wrong = (this.#wrongPasswords.get(sid) ?? 0) + 1;
		// Counted before, or parallel tries would all go through.
		this.#wrongPasswords.set(sid, wrong);
		try {
			account = await this.requireOwn(password, context, path);
		} catch (error) {
			if (!isUserDOError(error, "wrong_password")) this.#wrongPasswords.set(sid, wrong - 1);
			// Whoever has stolen a session, from however many networks, must not guess on by it.
			else if (wrong >= maxWrongPasswords) this.#options.sessions.end(sid);
			throw error;
		}
		this.#wrongPasswords.delete(sid);
		return account;
	}

	async #find(email: string, password: string, source: LoginSource): Promise<Account | undefined> {
		const account = this.#options.account.get();
		const { hasher } = this.#options;
		if (account === undefined || this.#failedLogins.locks(source)) {
			// Exactly one hash, whether the account exists or not, or the time would tell.
			await hasher.hash(password);
			return undefined;
		}
		this.#failedLogins.add(source);
		const found = await this.#verifyCurrent(password, account);
		if (found === undefined || found.email !== email) return undefined;
		this.#failedLogins.clear();
		return found;
	}

	/** The account, if that is its password; looked at again where another was stored meanwhile. */
	async #verifyCurrent(password: string, account: Account): Promise<Account | undefined> {
		if (!(await this.#options.hasher.verify(password, account.passwordHash))) return undefined;
		const current = this.#options.account.get();
		if (current === undefined || current.passwordHash === account.passwordHash) return current;
		return this.#verifyCurrent(password, current);
	}

	/** Stores the password anew where the parameters have changed since. */
	async rehash(account: Account, password: string): Promise<void> {
		const { hasher, account: store } = this.#options;
		if (!hasher.needsRehash(account.passwordHash)) return;
		const passwordHash = await hasher.hash(password);
		const current = store.get();
		if (current?.passwordHash === account.passwordHash) {
			store.update({ passwordHash });
			return;
		}
		// A change or reset in the meantime must not be undone by the password that it replaced; another
		// sign-in may have stored the same one anew.
		if (current && (await this.#verifyCurrent(password, current))) return;
		throw new UserDOError("invalid_credentials");
	}

	/** The password is another now. */
	clear(): void {
		this.#failedLogins.clear();
	}

	/** What was counted is of a storage that has changed since. */
	forget(): void {
		this.#failedLogins.forget();
		this.#wrongPasswords.clear();
	}
}

function wrongPassword(path: string): UserDOError {
	return new UserDOError("wrong_password", {
		issues: [{ path, message: "The current password is wrong." }],
	});
}

function sourceOf({ sid, knownDevice }: CallContext): LoginSource {
	return sid !== undefined || knownDevice === true ? "known" : "unknown";
}
