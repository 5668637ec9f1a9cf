import { UserDOError } from "@userdo/contracts/errors";
import type { AccountStore } from "./account.js";
import { type MailKind, MailLog } from "./mail-log.js";
import { hashTokenId, refusedToken, signToken, type TokenKeys } from "./tokens.js";

/** What the Worker mails for a sign-up that waits for its link; over HTTP nobody sees it. */
export type SignupMail =
	/** To whoever signed up. */
	| { kind: "confirm"; token: string }
	/** To the owner of the account that is there. */
	| { kind: "taken" }
	/** There were enough mails to this address within the hour. */
	| { kind: "none" };

/** A sign-up with `requireVerifiedEmail`: alike for an address that is free and one that is taken. */
export interface PendingSignup {
	user: null;
	mail: SignupMail;
}

export interface VerificationOptions {
	account: AccountStore;
	/** Seconds that a link works. */
	lifetime: number;
	/** Whether an account begins only when the link of its sign-up is followed. */
	required: boolean;
	/** Makes the account and its tables, and runs the rest with it, all or nothing. */
	createAccount: (
		account: { email: string; passwordHash: string; verifiedAt: number },
		run: () => void,
	) => Promise<void>;
}

/** Proofs that an email address is its user's own. */
export class Verification {
	readonly mails: MailLog;
	readonly #ctx: DurableObjectState;
	readonly #options: VerificationOptions;

	constructor(ctx: DurableObjectState, options: VerificationOptions) {
		this.#ctx = ctx;
		this.#options = options;
		this.mails = new MailLog(ctx.storage.sql);
	}

	get required(): boolean {
		return this.#options.required;
	}

	/** @throws UserDOError `email_not_verified` where accounts begin by a link only */
	requireOptional(): void {
		if (this.required) throw new UserDOError("email_not_verified");
	}

	/**
	 * Keeps a sign-up until its link is followed. The link of one sign-up never lets in who made
	 * another one: each has its own password and token.
	 */
	async begin(
		keys: TokenKeys,
		{ email, passwordHash }: { email: string; passwordHash: string },
		audience: string,
	): Promise<PendingSignup> {
		const { account } = this.#options;
		const { jti, token } = await this.#sign(keys, email, audience);
		// An account, verified or not, is never changed by a sign-up: its owner might take the link for
		// their own and would let a stranger's password in. A reset is how they prove who they are.
		const kind = account.get() === undefined ? "attempt" : "taken";
		if (!this.mails.allows(kind)) return { user: null, mail: { kind: "none" } };
		if (kind === "taken") {
			this.#ctx.storage.transactionSync(() => this.mails.add(kind));
			return { user: null, mail: { kind } };
		}
		const expiresAt = Date.now() + this.#options.lifetime * 1000;
		this.#ctx.storage.transactionSync(() =>
			this.mails.add(kind, { hash: hashTokenId(jti), expiresAt, passwordHash }),
		);
		// Else an address at which nobody ever clicks would keep its storage for ever.
		if ((await this.#ctx.storage.getAlarm()) === null) {
			await this.#ctx.storage.setAlarm(this.mails.nextEnd() ?? expiresAt);
		}
		return { user: null, mail: { kind: "confirm", token } };
	}

	/** A token that confirms the account's address; null where nothing is to be mailed. */
	async create(keys: TokenKeys, audience: string): Promise<string | null> {
		const account = this.#options.account.get();
		if (account === undefined || account.verifiedAt !== null) return null;
		const { jti, token } = await this.#sign(keys, account.email, audience);
		// Asked after the last wait, so that of many requests at once none slips through.
		if (!this.mails.allows("verify")) return null;
		// The account may have been deleted while the token was signed.
		if (this.#options.account.get()?.createdAt !== account.createdAt) return null;
		const expiresAt = Date.now() + this.#options.lifetime * 1000;
		this.#ctx.storage.transactionSync(() =>
			this.mails.add("verify", { hash: hashTokenId(jti), expiresAt }),
		);
		return token;
	}

	/**
	 * What a link is for.
	 *
	 * @throws UserDOError `invalid_token`
	 */
	find(jti: string): { kind: MailKind; passwordHash: string | null } {
		const mail = this.mails.find(hashTokenId(jti));
		const exists = this.#options.account.get() !== undefined;
		if (mail === undefined || exists !== (mail.kind === "verify")) throw refusedToken("verify");
		return mail;
	}

	/**
	 * Follows a link, whose token is verified: it confirms the account's address, or makes an account
	 * of the one sign-up that it was mailed for.
	 *
	 * @throws UserDOError `invalid_token`
	 */
	async confirm(email: string, jti: string): Promise<void> {
		const { account, createAccount } = this.#options;
		const mail = this.find(jti);
		const exists = account.get() !== undefined;
		const verifiedAt = Date.now();
		if (exists) {
			this.#ctx.storage.transactionSync(() => {
				this.mails.spend();
				account.update({ verifiedAt });
			});
			return;
		}
		// Before there is an account: a hook that runs at its creation may set an alarm of its own.
		await this.#ctx.storage.deleteAlarm();
		try {
			const passwordHash = mail.passwordHash ?? "";
			await createAccount({ email, passwordHash, verifiedAt }, () => this.mails.spend());
		} catch (error) {
			// Of two that follow a link at once the second one finds it spent.
			if (account.get() !== undefined) throw refusedToken("verify");
			const next = this.mails.nextEnd();
			if (next !== undefined) await this.#ctx.storage.setAlarm(next);
			throw error;
		}
	}

	/** Forgets sign-ups whose links nobody followed, and leaves an empty storage. */
	async expire(now = Date.now()): Promise<void> {
		const { storage } = this.#ctx;
		// The alarm of an object with an account is not ours.
		if (this.#options.account.get() !== undefined) return;
		this.mails.prune(now);
		const next = this.mails.nextEnd();
		if (next !== undefined) {
			await storage.setAlarm(next);
			return;
		}
		this.mails.drop();
		const others = storage.sql.exec("SELECT 1 FROM sqlite_master WHERE name NOT GLOB '_cf_*'");
		if (others.toArray().length === 0) await storage.deleteAll();
	}

	async #sign(keys: TokenKeys, email: string, audience: string) {
		const jti = crypto.randomUUID();
		const claims = { sub: this.#ctx.id.toString(), email, sid: "", jti };
		const { lifetime } = this.#options;
		return { jti, token: await signToken(keys, "verify", claims, { audience, lifetime }) };
	}
}
