import type { Context, MiddlewareHandler } from "hono";
import {
	checkRule,
	countTry,
	networkOfRequest,
	type RateLimit,
	type RateLimitBinding,
} from "../rate-limits.js";

export type RateLimitOptions = (RateLimit | RateLimitBinding) & {
	/** Keeps this count apart from others. Routes that share a name share a count. */
	name: string;
	/** Whose try it is, instead of the client's network (an IPv6 /64 is one). It is hashed. */
	by?: (c: Context) => string | undefined;
};

/**
 * Limits how often a route of your own is called, before anything is done for it: by the client's
 * network, or by what you say. Needs the middleware {@link session} before it.
 *
 * Counts in the memory of one of 16 objects of the same class, which store nothing, or by a
 * `ratelimits` binding. That is one more hop.
 *
 * @throws UserDOError `misconfigured` at once, for numbers that can't be; `rate_limited` with
 * `retryAfter` in a request
 * @example
 * app.post("/api/contact", rateLimit({ name: "contact", limit: 5, period: 60 }), handler);
 */
export function rateLimit({ name, by, ...rule }: RateLimitOptions): MiddlewareHandler {
	checkRule(name, rule);
	return async (c, next) => {
		const key = by === undefined ? networkOfRequest(c) : by(c);
		if (key !== undefined) await countTry(c, { name: `route:${name}`, key, rule });
		await next();
	};
}
