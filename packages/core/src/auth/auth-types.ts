import type { User } from "@userdo/contracts";
import type { Wake } from "../wake.js";
import type { Hooks } from "./hooks.js";
import type { PasswordHasher } from "./password.js";
import type { PasswordPolicy } from "./password-policy.js";
import type { TokenKeys } from "./tokens.js";

/** What a call comes with besides its arguments; the Worker fills it in, never the caller. */
export interface CallContext {
	/** The session that calls; absent for the server itself. */
	sid?: string | undefined;
	/** `aud` of the tokens made or checked: the binding's name. */
	audience?: string | undefined;
	/** Whose user the object is, where users belong to tenants. */
	tenant?: string | undefined;
	ip?: string | undefined;
	userAgent?: string | undefined;
	/** Whether this user is signed in on the device that calls. */
	knownDevice?: boolean | undefined;
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
	wake: Wake;
	keys: () => Promise<TokenKeys>;
	hasher: PasswordHasher;
	passwordPolicy: PasswordPolicy;
	/** Seconds. */
	accessTokenLifetime: number;
	resetTokenLifetime: number;
	verificationTokenLifetime: number;
	/** Whether an account begins only when the link of its sign-up is followed. */
	requireVerifiedEmail: boolean;
	/** `aud` for calls that name none. */
	audience: string;
	/** Waits for calls that began in another life of the account. */
	settle: (life: number) => Promise<void>;
	/** Makes every table of the object, in the transaction of the sign-up. */
	onSignup: () => void;
	/** Called with the ids of sessions that have just ended. */
	onSessionsEnd: (ids: string[]) => void;
	/** Called when a session goes on under another id. */
	onSessionReplaced: (from: string, to: string) => void;
	/** Called when what was read of the storage counts no longer. */
	onForget: () => void;
	/** Called when the storage is being emptied. */
	onErase: () => void;
	/** The developer's own. */
	hooks: Hooks;
}
