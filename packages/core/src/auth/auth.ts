import {
	EmailSchema,
	NewPasswordSchema,
	PasswordSchema,
	type User,
	validate,
} from "@userdo/contracts";
import { UserDOError } from "@userdo/contracts/errors";
import * as z from "zod";
import { objectName } from "../identity.js";
import { type Account, AccountStore } from "./account.js";
import type { PasswordHasher } from "./password.js";
import { type IssuedSession, type Session, Sessions, sessionExpiry } from "./sessions.js";
import { Throttle } from "./throttle.js";
import { hashTokenId, refusedToken, signToken, type TokenKeys, verifyToken } from "./tokens.js";

/** What a call comes with besides its arguments; the Worker fills it in, never the caller. */
export interface CallContext {
	/** The session that calls; absent for the server itself. */
	sid?: string | undefined;
	/** `aud` of the tokens made or checked: the binding's name. */
	audience?: string | undefined;
	ip?: string | undefined;
	userAgent?: string | undefined;
}

/** A signed-in user with both tokens. */
export interface SignedIn {
	user: User;
	/** Access token (JWT). */
	token: string;
	/** Works once: each refresh gives the next one. */
	refreshToken: string;
}

export interface AuthOptions {
	keys: () => Promise<TokenKeys>;
	hasher: PasswordHasher;
	/** Seconds. */
	accessTokenLifetime: number;
	resetTokenLifetime: number;
	/** `aud` for calls that name none. */
	audience: string;
	/** Makes every table of the object, in the transaction of the sign-up. */
	onSignup: () => void;
	/** Called with the ids of sessions that have just ended. */
	onSessionsEnd: (ids: string[]) => void;
}

const CredentialsSchema = z.object({ email: EmailSchema, password: PasswordSchema });
const SignupSchema = z.object({ email: EmailSchema, password: NewPasswordSchema });
const ChangePasswordSchema = z.object({
	oldPassword: PasswordSchema,
	newPassword: NewPasswordSchema,
});
const TokenSchema = z.string().max(4096);

/** The user's account, sessions and passwords, in the user's own object. */
export class Auth {
	readonly sessions: Sessions;
	readonly #account: AccountStore;
	readonly #throttle = new Throttle();
	readonly #ctx: DurableObjectState;
	readonly #options: AuthOptions;

	constructor(ctx: DurableObjectState, options: AuthOptions) {
		this.#ctx = ctx;
		this.#options = options;
		this.#account = new AccountStore(ctx.storage.sql);
		this.sessions = new Sessions(ctx.storage.sql, options.onSessionsEnd);
	}

	async signup(input: unknown, context: CallContext): Promise<SignedIn> {
		const { email, password } = validate(SignupSchema, input);
		this.#requireHome(email);
		this.#requireNoAccount();
		const keys = await this.#options.keys();
		const passwordHash = await this.#options.hasher.hash(password);
		// Another sign-up may have come in while this one was hashing.
		this.#requireNoAccount();
		this.#ctx.storage.transactionSync(() => {
			this.#options.onSignup();
			this.sessions.create();
			this.#account.create({
				email,
				passwordHash,
				createdAt: Date.now(),
				home: this.#ctx.id.toString(),
				resetHash: null,
				verifiedAt: null,
			});
		});
		const issued = this.sessions.start(keys, context.userAgent);
		return this.#signedIn(keys, issued, context);
	}

	async login(input: unknown, context: CallContext): Promise<SignedIn> {
		const { email, password } = validate(CredentialsSchema, input);
		this.#throttle.begin(context.ip);
		const keys = await this.#options.keys();
		const account = await this.#findByPassword(email, password);
		if (account === undefined) throw new UserDOError("invalid_credentials");
		this.#throttle.succeed(context.ip);
		await this.#rehash(account, password);
		return this.#signedIn(keys, this.sessions.start(keys, context.userAgent), context);
	}

	async refreshToken(refreshToken: unknown, context: CallContext): Promise<SignedIn> {
		const keys = await this.#options.keys();
		const token = validate(TokenSchema, refreshToken);
		const { sub, sid, jti } = await verifyToken(keys, "refresh", token, this.#audience(context));
		this.#requireOwn(sub, refusedToken("refresh"));
		return this.#signedIn(keys, this.sessions.refresh(keys, sid, jti), context);
	}

	/** The session of an access token of this user. */
	async verifyToken(token: unknown, context: CallContext): Promise<Session> {
		const keys = await this.#options.keys();
		const text = validate(TokenSchema, token);
		const { sub, sid } = await verifyToken(keys, "access", text, this.#audience(context));
		this.#requireOwn(sub, refusedToken("access"));
		return this.sessions.require(sid);
	}

	/** Ends all sessions but the one that calls. */
	async changePassword(input: unknown, context: CallContext): Promise<void> {
		const { oldPassword, newPassword } = validate(ChangePasswordSchema, input);
		this.#throttle.begin(context.ip);
		const account = this.#requireAccount();
		const { hasher } = this.#options;
		if (!(await hasher.verify(oldPassword, account.passwordHash))) {
			throw new UserDOError("wrong_password", {
				issues: [{ path: "oldPassword", message: "The current password is wrong." }],
			});
		}
		this.#throttle.succeed(context.ip);
		const passwordHash = await hasher.hash(newPassword);
		// The session may have ended, or another change have won, while this one was hashing.
		if (context.sid !== undefined) this.sessions.require(context.sid);
		if (this.#requireAccount().passwordHash !== account.passwordHash) {
			throw new UserDOError("conflict");
		}
		this.#setPassword(passwordHash, context.sid);
	}

	/** Sets the password without asking for the old one, and ends all sessions. */
	async resetPassword(newPassword: unknown): Promise<void> {
		const password = validate(z.object({ newPassword: NewPasswordSchema }), { newPassword });
		this.#requireAccount();
		this.#setPassword(await this.#options.hasher.hash(password.newPassword));
	}

	/** A token that sets a new password once; null where nobody signed up. The one before is void. */
	async createPasswordReset(context: CallContext): Promise<string | null> {
		const keys = await this.#options.keys();
		const account = this.#account.get();
		if (account === undefined) return null;
		const jti = crypto.randomUUID();
		const sub = this.#ctx.id.toString();
		const token = await signToken(
			keys,
			"reset",
			{ sub, email: account.email, sid: "", jti },
			{ audience: this.#audience(context), lifetime: this.#options.resetTokenLifetime },
		);
		this.#account.update({ resetHash: hashTokenId(jti) });
		return token;
	}

	async confirmPasswordReset(token: unknown, newPassword: unknown, context: CallContext) {
		const input = validate(z.object({ token: TokenSchema, newPassword: NewPasswordSchema }), {
			token,
			newPassword,
		});
		const keys = await this.#options.keys();
		const { sub, jti } = await verifyToken(keys, "reset", input.token, this.#audience(context));
		this.#requireOwn(sub, refusedToken("reset"));
		if (this.#account.get()?.resetHash !== hashTokenId(jti)) throw refusedToken("reset");
		// Spent before the hashing: of two confirmations at once only one may pass.
		this.#account.update({ resetHash: null });
		this.#setPassword(await this.#options.hasher.hash(input.newPassword));
	}

	/** @throws UserDOError `not_found` where nobody signed up */
	user(): User {
		const { email, createdAt, verifiedAt } = this.#requireAccount();
		return {
			id: this.#ctx.id.toString(),
			email,
			emailVerified: verifiedAt !== null,
			createdAt: new Date(createdAt).toISOString(),
		};
	}

	async #findByPassword(email: string, password: string): Promise<Account | undefined> {
		const account = this.#account.get();
		const { hasher } = this.#options;
		if (account === undefined) {
			// Exactly one hash, whether the account exists or not, or the time would tell.
			await hasher.hash(password);
			return undefined;
		}
		const right = await hasher.verify(password, account.passwordHash);
		// The password may have been changed while this one was hashed.
		const current = this.#account.get()?.passwordHash === account.passwordHash;
		return right && current && account.email === email ? account : undefined;
	}

	/** Stores the password anew where the parameters have changed since. */
	async #rehash(account: Account, password: string): Promise<void> {
		const { hasher } = this.#options;
		if (!hasher.needsRehash(account.passwordHash)) return;
		const passwordHash = await hasher.hash(password);
		// A change or reset in the meantime must not be undone by the password that it replaced.
		if (this.#account.get()?.passwordHash !== account.passwordHash) {
			throw new UserDOError("invalid_credentials");
		}
		this.#account.update({ passwordHash });
	}

	#setPassword(passwordHash: string, keep?: string): void {
		this.#account.update({ passwordHash, resetHash: null });
		this.sessions.endAll(keep);
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

	#audience(context: CallContext): string {
		return context.audience ?? this.#options.audience;
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
	#requireHome(email: string): void {
		const { name } = this.#ctx.id;
		if (name === undefined || name.endsWith(objectName(email))) return;
		throw new UserDOError("invalid_input", {
			message: "This object is not that email's: address it with getUserDO(namespace, email).",
			issues: [{ path: "email", message: "This object has another name than this email's." }],
		});
	}
}
