import { bearerSubprotocolPrefix } from "@userdo/contracts/events";
import { parse } from "hono/utils/cookie";
import { cookieNames } from "./cookies.js";

/** What a request signs in with, not verified yet. */
export type Credentials =
	| { kind: "bearer"; token: string }
	| { kind: "cookies"; token: string | undefined; readRefreshToken(): string | undefined };

/**
 * A request that says who it is by itself never has its cookies read: else a page that may send
 * headers could mix its own token with somebody's cookies.
 *
 * @returns undefined when there is nothing to sign in with
 */
export function readCredentials(request: Request, env: unknown): Credentials | undefined {
	const authorization = request.headers.get("authorization");
	if (authorization !== null) {
		const [, token] = /^Bearer +([^\s,]+)$/i.exec(authorization) ?? [];
		return token === undefined ? undefined : { kind: "bearer", token };
	}
	const bearers = isUpgrade(request) ? readSubprotocols(request).filter(isBearer) : [];
	if (bearers.length > 0) {
		return { kind: "bearer", token: bearers.join().slice(bearerSubprotocolPrefix.length) };
	}
	const names = cookieNames(env);
	const cookies = request.headers.get("cookie") ?? "";
	const token = readCookie(cookies, names.access);
	// Mostly nobody asks for it.
	const readRefreshToken = () => readCookie(cookies, names.refresh);
	if (token === undefined && readRefreshToken() === undefined) return undefined;
	return { kind: "cookies", token, readRefreshToken };
}

/** By its name: to take all cookies apart takes longer. */
function readCookie(cookies: string, name: string): string | undefined {
	return parse(cookies, name)[name];
}

/** Whether this asks for a WebSocket. */
export function isUpgrade(request: Request): boolean {
	return request.headers.get("upgrade")?.toLowerCase() === "websocket";
}

/** What the client offers besides its token. */
export function readPlainSubprotocols(request: Request): string[] {
	return readSubprotocols(request).filter((name) => !isBearer(name));
}

function readSubprotocols(request: Request): string[] {
	const offered = request.headers.get("sec-websocket-protocol") ?? "";
	return offered.split(",").map((name) => name.trim());
}

function isBearer(name: string): boolean {
	return name.startsWith(bearerSubprotocolPrefix);
}
