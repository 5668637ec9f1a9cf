import type { Keys } from "@userdo/contracts";
import type { PasswordHasher } from "./auth/password.js";
import type { PasswordPolicy } from "./auth/password-policy.js";

/** What every Worker with UserDO has in its environment. Extend it with your own bindings. */
export interface Env {
	/** Signs every token: at least 32 random bytes. */
	JWT_SECRET: string;
	/** The secret before it was changed: still verifies, no longer signs. */
	JWT_SECRET_PREVIOUS?: string;
	/** Set only by development scripts: cookies without the `__Host-` prefix. */
	USERDO_DEV?: string;
}

/** Set on a subclass: `static override options = { ... }`. */
export interface UserDOOptions {
	/** Seconds; 900. */
	accessTokenLifetime?: number;
	/** Seconds; 1800. */
	resetTokenLifetime?: number;
	/** Seconds; 86400. */
	verificationTokenLifetime?: number;
	/**
	 * Lets nobody in before the address is confirmed: a sign-up makes no account and no session, only
	 * a mail, and its answer does not tell whether the address is taken. Needs the Worker's `email`.
	 */
	requireVerifiedEmail?: boolean;
	/** What a new password has to be, beyond 8 to 256 characters. */
	passwordPolicy?: PasswordPolicy;
	/** What the values of keys are like: `defineKeys` makes it. Keys that it does not name take any JSON. */
	keys?: Keys;
	/** How passwords are stored; PBKDF2 through WebCrypto. */
	passwordHasher?: PasswordHasher;
	/** `aud` of tokens made by a call that names no binding; `USERDO`. */
	audience?: string;
	/** Sockets that a user has open at a time, at most; one more replaces the oldest. 32. */
	maxSockets?: number;
}
