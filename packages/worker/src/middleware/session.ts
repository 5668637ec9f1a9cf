import { isUserDOError } from "@userdo/contracts/errors";
import type { SignedIn } from "@userdo/core";
import { audienceOf } from "@userdo/core/identity";
import {
	loadTokenKeys,
	type TokenClaims,
	type TokenKeys,
	type TokenKind,
	verifyToken,
} from "@userdo/core/tokens";
import type { Context, Env, MiddlewareHandler } from "hono";
import { type RequestState, type Session, setState, type UserDOEnv } from "../context.js";
import { clearTokenCookies, setTokenCookies } from "../cookies.js";
import { type Credentials, readCredentials } from "../credentials.js";
import { callAsServer, callAsSession } from "../get-user-do.js";
import { quiet } from "../quiet.js";
import { getNamespace } from "../stub.js";
import { checkTenantOption, findTenant, type TenantOptions } from "../tenant.js";

export interface SessionOptions<E extends Env = UserDOEnv> extends TenantOptions<E> {
	/** The binding of the user objects; `USERDO`. Tokens of another binding are refused. */
	binding?: string;
	/** Asks the object on every request whether the session still lives, at the cost of a hop. */
	strict?: boolean;
}

/**
 * Finds out who sends a request, for `c.get("user")` and {@link getUserDOFromContext}. A token is
 * verified right here: a bad one never wakes an object. Without `strict`, `c.get("user")` says who
 * signed in within the last minutes, and each call to the object says whether that still holds.
 *
 * Where only the refresh token in its cookie is valid, the object is asked for a new pair first, and
 * the request goes on signed in.
 *
 * @example
 * const app = new Hono<UserDOEnv>().onError(onError);
 * app.use(originGuard(), session({ binding: "MY_APP_DO" }));
 */
export function session<E extends Env = UserDOEnv>({
	binding = "USERDO",
	tenant: option,
	strict = false,
}: SessionOptions<E> = {}): MiddlewareHandler<UserDOEnv & E> {
	checkTenantOption(option);
	const middleware: MiddlewareHandler<UserDOEnv & E> = async (c, next) => {
		const keys = await loadTokenKeys(c.env);
		getNamespace(c.env, binding);
		// Before anything of the request counts: nobody's host name may wake an object.
		const tenant = option === undefined ? undefined : await findTenant(c, option);
		c.set("tenant", tenant);
		const credentials = readCredentials(c.req.raw, c.env);
		const state: RequestState = {
			binding,
			tenant,
			audience: audienceOf(binding, tenant),
			fromCookies: credentials?.kind === "cookies",
			get refreshToken() {
				return credentials?.kind === "cookies" ? credentials.readRefreshToken() : undefined;
			},
		};
		setState(c, state);
		if (credentials !== undefined) state.session = await identify(c, state, { keys, credentials });
		if (strict && state.session !== undefined) await askObject(c, state);
		const user = state.session && { id: state.session.id, email: state.session.email };
		c.set("user", user);
		await next();
		if (state.refreshed !== undefined) await keepLive(c, state);
		writeCookies(c, state);
	};
	// A function of the developer's is handed the context.
	return typeof option === "function" ? middleware : quiet(middleware);
}

async function identify(
	c: Context,
	state: RequestState,
	{ keys, credentials }: { keys: TokenKeys; credentials: Credentials },
): Promise<Session | undefined> {
	const { token } = credentials;
	const claims = token && (await tryVerify(keys, "access", { token, audience: state.audience }));
	if (claims) return toSession(claims);
	const { refreshToken } = state;
	if (refreshToken === undefined) return undefined;
	try {
		state.refreshed = await refresh(c, state, refreshToken);
	} catch (error) {
		// Whatever refuses the cookie, nobody must be kept from signing in anew by it.
		if (!isUserDOError(error) || error.status >= 500) throw error;
		state.refused = error;
		return undefined;
	}
	return toSession(await verifyToken(keys, "access", state.refreshed.token, state.audience));
}

/**
 * Exchanges the refresh token of a cookie; the answer sets the new cookies. The object is asked only
 * when the token is ours. Where it refuses, the cookies stay: any request may be answered after a
 * sign-in that was sent later, and would wipe the new ones.
 *
 * @throws UserDOError `unauthorized`, `refresh_reused`
 */
export async function refresh(
	c: Context,
	state: RequestState,
	refreshToken: string,
): Promise<SignedIn> {
	const signedIn = await exchange(c, state, refreshToken);
	state.cookies = signedIn;
	state.refreshedAt = Date.now();
	return signedIn;
}

/** The next pair for a refresh token, wherever it came from. */
export async function exchange(
	c: Context,
	state: RequestState,
	refreshToken: string,
): Promise<SignedIn> {
	const keys = await loadTokenKeys(c.env);
	const { sub } = await verifyToken(keys, "refresh", refreshToken, state.audience);
	const step = { name: "refreshToken", args: [{ refreshToken }] };
	return (await callAsServer(c, state, { id: sub }, step)) as SignedIn;
}

async function askObject(c: Context, state: RequestState): Promise<void> {
	try {
		await callAsSession(c, state, [{ name: "getUser", args: [] }]);
	} catch (error) {
		// The session is forgotten by now; the request goes on as nobody's.
		if (!isUserDOError(error, "unauthorized")) throw error;
	}
}

async function tryVerify(
	keys: TokenKeys,
	kind: TokenKind,
	{ token, audience }: { token: string; audience: string },
): Promise<TokenClaims | undefined> {
	try {
		return await verifyToken(keys, kind, token, audience);
	} catch (error) {
		if (isUserDOError(error)) return undefined;
		throw error;
	}
}

function toSession({ sub, email, sid, exp }: TokenClaims): Session {
	return { id: sub, email, sid, exp };
}

/**
 * While a slow handler ran, the same browser may have signed in anew or changed its password: the
 * session that was refreshed is dead then, and its cookies would overwrite the new ones.
 */
async function keepLive(c: Context, state: RequestState): Promise<void> {
	const { session: refreshed, cookies, refreshedAt = 0 } = state;
	const isRefreshed = cookies !== undefined && cookies === state.refreshed;
	if (!isRefreshed || refreshed === undefined || Date.now() - refreshedAt < 100) return;
	const { id, sid } = refreshed;
	const step = { name: "isKnownDevice", args: [{ sid }] };
	if ((await callAsServer(c, state, { id }, step)) !== true) delete state.cookies;
}

/** Once, after the handlers: a sign-in must not meet the cookies of a refresh before it. */
function writeCookies(c: Context, { cookies }: RequestState): void {
	// The headers of an upgrade can't be changed. The old refresh token is good until the new one is
	// used, so nothing is lost: the next request gets the cookies.
	if (cookies === undefined || c.res.status === 101) return;
	if (cookies === "clear") clearTokenCookies(c);
	else setTokenCookies(c, cookies);
	// A page that may be cached must not take somebody's cookies into the cache.
	c.header("cache-control", "no-store");
}
