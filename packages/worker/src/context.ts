import { UserDOError } from "@userdo/contracts/errors";
import type { Env, SignedIn } from "@userdo/core";
import type { Context } from "hono";

/** Who is signed in, as the access token says. */
export interface SessionUser {
	/** The id of the user's Durable Object: 64 hex digits. */
	id: string;
	email: string;
}

/** What handlers of an app made of these parts find in their context. */
export interface UserDOEnv {
	Bindings: Env;
	Variables: {
		/** Undefined while nobody is signed in. */
		user: SessionUser | undefined;
		/** Whose users this request is about; undefined without the option `tenant`. */
		tenant: string | undefined;
	};
}

/** A verified session of the request. That it still lives only the user's object knows. */
export interface Session extends SessionUser {
	sid: string;
	/** Seconds since 1970 at which the access token expires. */
	exp: number;
}

/** What {@link session} knows of a request. */
export interface RequestState {
	readonly binding: string;
	readonly tenant?: string | undefined;
	/** `aud` of the tokens: the binding, and the tenant where there are some. */
	readonly audience: string;
	/** Whether the credentials came in cookies, which an answer may then change. */
	readonly fromCookies: boolean;
	/** The refresh token that came in its cookie, unverified. */
	readonly refreshToken?: string | undefined;
	session?: Session | undefined;
	/** Whether this user is signed in on this device already, for a sign-in. */
	knownDevice?: boolean;
	/** Why the refresh token in the cookie was refused. */
	refused?: UserDOError;
	/** What the refresh token in the cookie was exchanged for, before the handlers ran. */
	refreshed?: SignedIn;
	/** When that was, in milliseconds since 1970. */
	refreshedAt?: number;
	/** What the answer does to the cookies. */
	cookies?: Pick<SignedIn, "token" | "refreshToken"> | "clear";
}

// Not a context variable: no handler can make a session up.
const states = new WeakMap<Context, RequestState>();

export function setState(c: Context, state: RequestState): void {
	states.set(c, state);
}

/** Undefined where the middleware `session()` has not run. */
export function findState(c: Context): RequestState | undefined {
	return states.get(c);
}

/** @throws UserDOError `misconfigured` where the middleware `session()` has not run */
export function getState(c: Context): RequestState {
	const state = states.get(c);
	if (state !== undefined) return state;
	throw new UserDOError("misconfigured", {
		issues: [
			{ path: "session", message: "These routes need the middleware session() before them." },
		],
	});
}

/** @throws UserDOError `unauthorized`, or why the session could not be refreshed */
export function requireSession(state: RequestState): Session {
	if (state.session !== undefined) return state.session;
	throw state.refused ?? new UserDOError("unauthorized");
}
