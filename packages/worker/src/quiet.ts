import type { Context } from "hono";

const handlers = new WeakSet<object>();
const loud = new WeakSet<Context>();

/** Notes that this handler leaves the headers of the answer alone until there is one. */
export function quiet<Handler extends object>(handler: Handler): Handler {
	handlers.add(handler);
	return handler;
}

/** Notes that somebody whom no route names may have set headers for this request. */
export function markLoud(c: Context): void {
	loud.add(c);
}

/**
 * Whether all handlers that have run for this request are quiet. Else one may have called `c.header()`,
 * which only Hono's own `c.json()` and the like know of.
 */
export function isQuiet(c: Context): boolean {
	// Not by hono/route: that looks in vain where a bundler has made a second copy of Hono.
	if (loud.has(c)) return false;
	const { matchedRoutes, routeIndex } = c.req;
	return matchedRoutes.every(({ handler }, index) => index > routeIndex || handlers.has(handler));
}
