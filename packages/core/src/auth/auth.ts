import { authEndpoints, type User, validate } from "@userdo/contracts";
import { UserDOError } from "@userdo/contracts/errors";
import { getNewPasswordSchema, getPasswordSchema, once } from "@userdo/contracts/lazy";
import * as z from "zod";
import { audienceOf, objectName } from "../identity.js";
import { type Account, AccountStore } from "./account.js";
import type { AuthOptions, CallContext, SignedIn } from "./auth-types.js";
import { requireSignupAllowed, runAfterwards } from "./hooks.js";
import { PasswordGuard } from "./password-guard.js";
import { requireGoodPassword } from "./password-policy.js";
import { type IssuedSession, type Session, Sessions, sessionExpiry } from "./sessions.js";
import { hashTokenId, refusedToken, signToken, type TokenKeys, verifyToken } from "./tokens.js";
import { type PendingSignup, Verification } from "./verification.js";

const getTokenSchema = once(() => z.string().max(4096));
const getConfirmEmailSchema = once(() =>
	z.object({ token: getTokenSchema(), password: getPasswordSchema().optional() }),
);
const getResetSchema = once(() => z.object({ newPassword: getNewPasswordSchema() }));
const getConfirmResetSchema = once(() =>
	z.object({ token: getTokenSchema(), newPassword: getNewPasswordSchema() }),
);

// Not those of the endpoints: a Worker may leave these out.
const getChangePasswordSchema = once(() =>
	z.object({ oldPassword: getPasswordSchema(), newPassword: getNewPasswordSchema() }),
);
const getDeleteAccountSchema = once(() => z.object({ password: getPasswordSchema() }));

/** The user's account, sessions and passwords, in the user's own object. */
export class Auth {
	readonly sessions: Sessions;
	readonly verification: Verification;
	readonly #account: AccountStore;
	readonly #guard: PasswordGuard;
	readonly #ctx: DurableObjectState;
	readonly #options: AuthOptions;
	/** Kept, since to ask for it takes longer than all the rest of a user. */
	readonly #id: string;
	#lives = 0;
	#erasing: Promise<void> | undefined;

	constructor(ctx: DurableObjectState, options: AuthOptions) {
		this.#ctx = ctx;
		this.#id = ctx.id.toString();
		this.#options = options;
		this.#account = new AccountStore(ctx.storage.sql, options.wake);
		this.sessions = new Sessions(ctx.storage.sql, options.onSessionsEnd, options.wake);
		this.#guard = new PasswordGuard(ctx.storage.sql, {
			account: this.#account,
			hasher: options.hasher,
			sessions: this.sessions,
		});
		this.verification = new Verification(ctx, {
			account: this.#account,
			lifetime: options.verificationTokenLifetime,
			required: options.requireVerifiedEmail,
			createAccount: (account, run) => this.#createAccount(account, run),
		});
	}

	async signup(input: unknown, context: CallContext): Promise<SignedIn | PendingSignup> {
		const { email, password } = validate(authEndpoints["POST /api/signup"].body, input);
		this.#requireHome(email, context.tenant);
		await requireSignupAllowed(this.#options.hooks, email);
		if (!this.verification.required) this.#requireNoAccount();
		await this.#requireGoodPassword(password, "password", email);
		const keys = await this.#options.keys();
		const passwordHash = await this.#options.hasher.hash(password);
		if (this.verification.required) {
			await this.#options.settle(this.#lives);
			return this.verification.begin(keys, { email, passwordHash }, this.#audience(context));
		}
		const account = { email, passwordHash, verifiedAt: null };
		const issued = await this.#createAccount(account, () =>
			this.sessions.start(keys, context.userAgent),
		);
		return this.#signedIn(keys, issued, context);
	}

	async login(input: unknown, context: CallContext): Promise<SignedIn> {
		const { email, password } = validate(authEndpoints["POST /api/login"].body, input);
		const keys = await this.#options.keys();
		const account = await this.#guard.signIn({ email, password }, context);
		if (account.verifiedAt === null) this.verification.requireOptional();
		await this.#guard.rehash(account, password);
		// Before there is a session: where it throws, nobody is signed in.
		await this.#whileUnchanged(() => this.#options.hooks.onLogin(this.user()));
		return this.#signedIn(keys, this.sessions.start(keys, context.userAgent), context);
	}

	async refreshToken(refreshToken: unknown, context: CallContext): Promise<SignedIn> {
		const keys = await this.#options.keys();
		const token = validate(getTokenSchema(), refreshToken);
		const { sub, sid, jti } = await verifyToken(keys, "refresh", token, this.#audience(context));
		this.#requireOwn(sub, refusedToken("refresh"));
		// Sessions may be older than the option.
		if (this.#account.get()?.verifiedAt === null) this.verification.requireOptional();
		return this.#signedIn(keys, this.sessions.refresh(keys, sid, jti), context);
	}

	/** The session of an access token of this user. */
	async verifyToken(token: unknown, context: CallContext): Promise<Session> {
		const keys = await this.#options.keys();
		const text = validate(getTokenSchema(), token);
		const { sub, sid } = await verifyToken(keys, "access", text, this.#audience(context));
		this.#requireOwn(sub, refusedToken("access"));
		return this.sessions.require(sid);
	}

	/**
	 * Ends all sessions. The one that calls gets a new one in its place, since somebody may have copied
	 * its tokens, and its sockets go on.
	 */
	async changePassword(input: unknown, context: CallContext): Promise<SignedIn | undefined> {
		const { oldPassword, newPassword } = validate(getChangePasswordSchema(), input);
		const { sid } = context;
		await this.#requireGoodPassword(newPassword, "newPassword");
		const account = await this.#guard.requireAgain(oldPassword, "oldPassword", context);
		const keys = await this.#options.keys();
		const passwordHash = await this.#options.hasher.hash(newPassword);
		this.#requireUnchanged(account, context);
		if (sid === undefined) {
			await this.#setPassword(passwordHash);
			return undefined;
		}
		const { userAgent } = this.sessions.require(sid);
		// First, or the session that calls might be the one that the new one replaces.
		this.sessions.endAll(sid);
		const issued = this.sessions.start(keys, userAgent);
		this.#options.onSessionReplaced(sid, issued.session.id);
		await this.#setPassword(passwordHash, issued.session.id);
		return this.#signedIn(keys, issued, context);
	}

	/**
	 * Deletes the account with all that is stored.
	 *
	 * @throws UserDOError `wrong_password`, `rate_limited`
	 */
	async deleteAccount(input: unknown, context: CallContext): Promise<void> {
		const { password } = validate(getDeleteAccountSchema(), input);
		const account = await this.#guard.requireAgain(password, "password", context);
		this.#requireUnchanged(account, context);
		await this.erase();
	}

	/** Deletes the account with all that is stored, and asks for no password. */
	async erase(): Promise<void> {
		this.#requireAccount();
		this.#erasing ??= this.#erase().finally(() => {
			this.#erasing = undefined;
		});
		await this.#erasing;
	}

	async #erase(): Promise<void> {
		await this.#options.hooks.onDelete(this.user());
		await this.#empty();
	}

	/** How many accounts this instance has seen deleted: what began in another life is void. */
	get lives(): number {
		return this.#lives;
	}

	/** Deletes what a call has written that began before the account was deleted. */
	async sweep(): Promise<void> {
		if (this.#account.get() === undefined) await this.#empty();
	}

	async #empty(): Promise<void> {
		const { storage } = this.#ctx;
		this.#lives++;
		// Before compatibility date 2026-02-24 deleteAll() leaves the alarm.
		const emptied = Promise.all([storage.deleteAlarm(), storage.deleteAll()]);
		// In the same turn: no other call may see one of the two and not the other.
		this.#forget();
		this.#options.onErase();
		await emptied;
	}

	#forget(): void {
		this.#account.forget();
		this.#guard.forget();
		this.sessions.forget();
		this.#options.onForget();
	}

	/** Sets the password without asking for the old one, and ends all sessions. */
	async resetPassword(newPassword: unknown): Promise<void> {
		const password = validate(getResetSchema(), { newPassword });
		this.#requireAccount();
		const lives = this.#lives;
		await this.#requireGoodPassword(password.newPassword, "newPassword");
		const passwordHash = await this.#options.hasher.hash(password.newPassword);
		this.#requireSameLife(lives, new UserDOError("not_found"));
		await this.#setPassword(passwordHash);
	}

	/** A token that confirms the address once; null where there is nothing to confirm. */
	async createEmailVerification(context: CallContext): Promise<string | null> {
		return this.verification.create(await this.#options.keys(), this.#audience(context));
	}

	/**
	 * A link alone confirms nothing: it may have been mailed for a stranger's sign-up with this
	 * address, whose reader would let the stranger in. It takes a session of the account, or the
	 * password that the account or the sign-up was made with.
	 */
	async confirmEmail(input: unknown, context: CallContext): Promise<void> {
		const { token, password } = validate(getConfirmEmailSchema(), input);
		const keys = await this.#options.keys();
		const claims = await verifyToken(keys, "verify", token, this.#audience(context));
		this.#requireOwn(claims.sub, refusedToken("verify"));
		const { kind, passwordHash } = this.verification.find(claims.jti);
		if (kind === "attempt") {
			await requireSignupAllowed(this.#options.hooks, claims.email);
			await this.#guard.requireMatch(password, passwordHash ?? "", context);
		} else if (context.sid === undefined) {
			await this.#guard.requireOwn(password, context);
		}
		await this.verification.confirm(claims.email, claims.jti);
	}

	/**
	 * A token that sets a new password once; null where nobody signed up, or three were made within
	 * the hour. The one before is void.
	 */
	async createPasswordReset(context: CallContext): Promise<string | null> {
		const keys = await this.#options.keys();
		const account = this.#account.get();
		if (account === undefined) return null;
		const lives = this.#lives;
		const jti = crypto.randomUUID();
		const sub = this.#ctx.id.toString();
		const token = await signToken(
			keys,
			"reset",
			{ sub, email: account.email, sid: "", jti },
			{ audience: this.#audience(context), lifetime: this.#options.resetTokenLifetime },
		);
		const { mails } = this.verification;
		// Asked after the last wait, so that of many requests at once none slips through.
		if (lives !== this.#lives || !mails.allows("reset")) return null;
		this.#ctx.storage.transactionSync(() => {
			mails.add("reset");
			this.#account.update({ resetHash: hashTokenId(jti) });
		});
		return token;
	}

	async confirmPasswordReset(token: unknown, newPassword: unknown, context: CallContext) {
		const input = validate(getConfirmResetSchema(), { token, newPassword });
		const keys = await this.#options.keys();
		const { sub, jti } = await verifyToken(keys, "reset", input.token, this.#audience(context));
		this.#requireOwn(sub, refusedToken("reset"));
		if (this.#account.get()?.resetHash !== hashTokenId(jti)) throw refusedToken("reset");
		// Before the token is spent, which must not be for a password that is refused.
		await this.#requireGoodPassword(input.newPassword, "newPassword");
		if (this.#account.get()?.resetHash !== hashTokenId(jti)) throw refusedToken("reset");
		// Spent before the hashing: of two confirmations at once only one may pass.
		this.#account.update({ resetHash: null });
		const lives = this.#lives;
		const passwordHash = await this.#options.hasher.hash(input.newPassword);
		this.#requireSameLife(lives, refusedToken("reset"));
		// The token was mailed, so who has it reads the address's mail.
		this.verification.mails.spend();
		this.#account.update({ verifiedAt: this.#requireAccount().verifiedAt ?? Date.now() });
		await this.#setPassword(passwordHash);
	}

	/** @throws UserDOError `not_found` where nobody signed up */
	user(): User {
		const { email, createdAt, verifiedAt } = this.#requireAccount();
		return {
			id: this.#id,
			email,
			emailVerified: verifiedAt !== null,
			createdAt: new Date(createdAt).toISOString(),
		};
	}

	/** Makes the account and its tables, then runs the rest; where any of it throws, there is none. */
	async #createAccount<T>(
		account: Pick<Account, "email" | "passwordHash" | "verifiedAt">,
		run: () => T,
	): Promise<T> {
		await this.#options.settle(this.#lives);
		return this.#allOrNothing(async () => {
			// Another sign-up may have come in while this one was hashing.
			this.#requireNoAccount();
			this.#options.onSignup();
			this.sessions.create();
			const home = this.#ctx.id.toString();
			this.#account.create({ ...account, createdAt: Date.now(), home, resetHash: null });
			this.#guard.clear();
			await this.#options.hooks.onSignup(this.user());
			return run();
		});
	}

	async #setPassword(passwordHash: string, keep?: string): Promise<void> {
		this.#account.update({ passwordHash, resetHash: null });
		this.#guard.clear();
		this.sessions.endAll(keep);
		const user = this.user();
		const { hooks } = this.#options;
		await runAfterwards("onPasswordChanged", () => hooks.onPasswordChanged(user));
	}

	/** The session may have ended, or another change have won, while this one was hashing. */
	#requireUnchanged({ passwordHash }: Account, { sid }: CallContext): void {
		if (sid !== undefined) this.sessions.require(sid);
		if (this.#requireAccount().passwordHash !== passwordHash) throw new UserDOError("conflict");
	}

	/** Runs what takes time before a sign-in; the password may change, or the account go, meanwhile. */
	async #whileUnchanged(run: () => void | Promise<void>): Promise<void> {
		const { passwordHash } = this.#requireAccount();
		const lives = this.#lives;
		await run();
		const isSame = this.#account.get()?.passwordHash === passwordHash;
		if (!isSame || lives !== this.#lives) throw new UserDOError("invalid_credentials");
	}

	#requireSameLife(lives: number, refused: UserDOError): void {
		if (lives !== this.#lives) throw refused;
	}

	/** Runs a transaction that lets no other call in; where it throws, all is as it was before. */
	async #allOrNothing<T>(run: () => Promise<T>): Promise<T> {
		let failed: { error: unknown } | undefined;
		try {
			return await this.#ctx.storage.transaction(() =>
				run().catch((error: unknown) => {
					failed = { error };
					throw error;
				}),
			);
		} catch (error) {
			this.#forget();
			// What comes out of the transaction has lost its own fields.
			throw failed === undefined ? error : failed.error;
		}
	}

	async #signedIn(
		keys: TokenKeys,
		{ session, refreshId }: IssuedSession,
		context: CallContext,
	): Promise<SignedIn> {
		const user = this.user();
		const claims = { sub: user.id, email: user.email, sid: session.id };
		const audience = this.#audience(context);
		const [token, refreshToken] = await Promise.all([
			signToken(
				keys,
				"access",
				{ ...claims, jti: crypto.randomUUID() },
				{ audience, lifetime: this.#options.accessTokenLifetime },
			),
			signToken(
				keys,
				"refresh",
				{ ...claims, jti: refreshId },
				{ audience, lifetime: Math.floor((sessionExpiry(session) - Date.now()) / 1000) },
			),
		]);
		return { user, token, refreshToken };
	}

	#requireGoodPassword(password: string, path: string, email = this.#account.get()?.email) {
		return requireGoodPassword(password, this.#options.passwordPolicy, { path, email });
	}

	#audience(context: CallContext): string {
		return audienceOf(context.audience ?? this.#options.audience, context.tenant);
	}

	#requireAccount(): Account {
		const account = this.#account.get();
		if (account === undefined) throw new UserDOError("not_found");
		return account;
	}

	#requireNoAccount(): void {
		if (this.#account.get() === undefined) return;
		throw new UserDOError("email_taken", {
			issues: [{ path: "email", message: "An account with this email exists already." }],
		});
	}

	#requireOwn(sub: string, refused: UserDOError): void {
		if (sub !== this.#ctx.id.toString()) throw refused;
	}

	/** An account in an object of another name could never be found again by its email. */
	#requireHome(email: string, tenant: string | undefined): void {
		const { name } = this.#ctx.id;
		if (name === undefined || name === objectName(email, tenant)) return;
		throw new UserDOError("invalid_input", {
			message: "This object is not that email's: address it with getUserDO(namespace, email).",
			issues: [{ path: "email", message: "This object has another name than this email's." }],
		});
	}
}
