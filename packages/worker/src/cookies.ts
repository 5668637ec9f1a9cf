import type { SignedIn } from "@userdo/core";
import type { Context } from "hono";
import { decodeJwt } from "jose";
import { isDevelopment } from "./report.js";

/**
 * The names of the two cookies. The prefix makes browsers insist on Secure, on Path=/ and on no
 * Domain, so that no subdomain can plant one (RFC 6265bis section 4.1.3). Development does without:
 * Safari takes no Secure cookie from http://localhost.
 */
export function cookieNames(env: unknown): { access: string; refresh: string } {
	const prefix = isDevelopment(env) ? "" : "__Host-";
	return { access: `${prefix}userdo_at`, refresh: `${prefix}userdo_rt` };
}

/** Puts both tokens into their cookies, for as long as each is valid. */
export function setTokenCookies(
	c: Context,
	{ token, refreshToken }: Pick<SignedIn, "token" | "refreshToken">,
): void {
	const names = cookieNames(c.env);
	write(c, names.access, token, lifetime(token));
	write(c, names.refresh, refreshToken, lifetime(refreshToken));
}

/** Makes the browser forget both tokens. */
export function clearTokenCookies(c: Context): void {
	const names = cookieNames(c.env);
	write(c, names.access, "", 0);
	write(c, names.refresh, "", 0);
}

/** A token is made of characters that stand in a cookie as they are. */
function write(c: Context, name: string, value: string, maxAge: number): void {
	const secure = isDevelopment(c.env) ? "" : " Secure;";
	const cookie = `${name}=${value}; Max-Age=${maxAge}; Path=/; HttpOnly;${secure} SameSite=Lax`;
	c.header("set-cookie", cookie, { append: true });
}

/** Seconds. The tokens come from the object itself, so there is nothing to verify. */
function lifetime(token: string): number {
	const { iat = 0, exp = 0 } = decodeJwt(token);
	return Math.max(0, exp - iat);
}
