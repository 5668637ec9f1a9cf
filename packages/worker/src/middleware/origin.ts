import { UserDOError } from "@userdo/contracts/errors";
import type { Context, MiddlewareHandler } from "hono";
import { isUpgrade, readCredentials } from "../credentials.js";
import { quiet } from "../quiet.js";

export interface OriginOptions {
	/**
	 * Further origins whose pages may use the API with cookies, such as `https://app.example.com`.
	 * A browser only sends the cookies along from the same registrable domain.
	 */
	origins?: readonly string[];
}

/**
 * Keeps other sites' pages from acting with somebody's cookies: on every request that may change
 * something, whatever its content type, and on WebSocket upgrades. Answers CORS for the origins that
 * are listed and for no other.
 *
 * Passes what comes from the same origin or a listed one, what carries a bearer token (no browser
 * adds one by itself), and HTTP requests with neither `Origin` nor `Sec-Fetch-Site`, which no
 * browser sends.
 *
 * @throws UserDOError `misconfigured` at once, for anything in the list that is no origin; `*` too
 */
export function originGuard({ origins = [] }: OriginOptions = {}): MiddlewareHandler {
	const listed = new Set(checkOrigins(origins));
	return quiet(async (c, next) => {
		const origin = c.req.header("origin");
		const isListed = origin !== undefined && listed.has(origin);
		if (isListed && isPreflight(c)) return answerPreflight(c, origin);
		if (!isListed && !passes(c)) throw new UserDOError("cross_site");
		await next();
		// The headers of an upgrade can't be changed, and CORS is not asked about it.
		if (listed.size > 0 && c.res.status !== 101) {
			c.header("vary", "Origin", { append: true });
			if (isListed) allowOrigin(c, origin);
		}
		return undefined;
	});
}

function checkOrigins(origins: readonly string[]): readonly string[] {
	const isList = Array.isArray(origins);
	const wrong = isList ? origins.find((origin) => !isOrigin(origin)) : origins;
	if (isList && wrong === undefined) return origins;
	// The one that people try first.
	const why = String(wrong).includes("*")
		? " Any site could then act as whoever is signed in, since cookies are sent along: name each origin."
		: "";
	throw new UserDOError("misconfigured", {
		message: `origins takes a list of origins such as "https://app.example.com", not ${String(wrong)}.${why}`,
	});
}

function isOrigin(value: unknown): boolean {
	// A star is no mistake to the URL parser.
	if (typeof value !== "string" || !/^https?:[^*]+$/.test(value) || !URL.canParse(value)) {
		return false;
	}
	return new URL(value).origin === value;
}

/** Decides for a request whose origin is not listed. */
function passes(c: Context): boolean {
	// Of whatever method: routes of GET answer HEAD, too.
	const upgrade = isUpgrade(c.req.raw);
	if (!upgrade && ["GET", "HEAD", "OPTIONS"].includes(c.req.method)) return true;
	const origin = c.req.header("origin");
	// Last, since it takes the cookies apart, and few requests come from elsewhere.
	const credentials = () => readCredentials(c.req.raw, c.env);
	// A browser names the origin on every upgrade: without it nobody vouches for the cookies.
	if (upgrade && origin === undefined) return credentials()?.kind !== "cookies";
	return isSameOrigin(c, origin) || credentials()?.kind === "bearer";
}

function isSameOrigin(c: Context, origin: string | undefined): boolean {
	const site = c.req.header("sec-fetch-site");
	const isSameSite = site === undefined || site === "same-origin" || site === "none";
	if (origin === undefined) return isSameSite;
	// Pages with `Referrer-Policy: no-referrer` post with the origin `null`, as sandboxed ones do.
	if (origin === "null") return site === "same-origin";
	return origin === new URL(c.req.url).origin && isSameSite;
}

function isPreflight(c: Context): boolean {
	return c.req.method === "OPTIONS" && c.req.header("access-control-request-method") !== undefined;
}

function answerPreflight(c: Context, origin: string): Response {
	allowOrigin(c, origin);
	c.header("vary", "Origin, Access-Control-Request-Headers");
	c.header("access-control-allow-methods", "GET, HEAD, POST, PUT, PATCH, DELETE");
	const headers = c.req.header("access-control-request-headers");
	if (headers !== undefined) c.header("access-control-allow-headers", headers);
	c.header("access-control-max-age", "600");
	return c.body(null, 204);
}

function allowOrigin(c: Context, origin: string): void {
	c.header("access-control-allow-origin", origin);
	c.header("access-control-allow-credentials", "true");
	c.header("access-control-expose-headers", "Retry-After");
}
