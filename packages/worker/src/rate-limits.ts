import { UserDOError } from "@userdo/contracts/errors";
import type { LimitCount, LimitResult } from "@userdo/core";
import { networkOf } from "@userdo/core/remote";
import { loadTokenKeys } from "@userdo/core/tokens";
import type { Context } from "hono";
import { getState } from "./context.js";
import { isDevelopment } from "./report.js";
import { getNamespace, invoke } from "./stub.js";

/** At most `limit` tries within any `period`. */
export interface RateLimit {
	limit: number;
	/** Seconds. */
	period: number;
}

/** Counts by a `ratelimits` binding of Cloudflare's, which has the numbers in `wrangler.jsonc`. */
export interface RateLimitBinding {
	/** The binding's name. */
	binding: string;
	/** Its period in seconds, for `Retry-After`; 60. */
	period?: 10 | 60;
}

/** What is counted, under a name that keeps it apart from other counts. */
export interface CountedTry {
	name: string;
	/** Whose try it is. It is hashed before it goes anywhere. */
	key: string;
	rule: RateLimit | RateLimitBinding | false;
	/** Seconds within which a try has to be kept by {@link keepTry}, or it counts no longer. */
	trial?: number;
}

/** A try that was counted by an object. */
export interface Counted {
	/** The hashed key. */
	key: string;
	/** Where it counts for a while only, unless it is kept. */
	trial?: number;
}

/** @throws UserDOError `misconfigured` */
export function checkRule(name: string, rule: CountedTry["rule"]): void {
	if (rule === false || "binding" in rule) return;
	const { limit, period } = rule;
	const isLimit = Number.isInteger(limit) && limit >= 1 && limit <= 1000;
	if (isLimit && period >= 1 && period <= 86_400) return;
	throw new UserDOError("misconfigured", {
		message: `The rate limit ${name} takes a limit of 1 to 1000 and a period of 1 to 86400 seconds.`,
	});
}

/**
 * The network that a request comes from. Only Cloudflare's edge sets CF-Connecting-IP; any other
 * header of the kind is the client's word. Without it all share one count, but on a developer's own
 * machine, where everybody has the same address, there is no telling people apart.
 *
 * @returns undefined in development for an address of the machine itself, or none
 */
export function networkOfRequest(c: Context): string | undefined {
	const ip = c.req.header("cf-connecting-ip");
	if (isDevelopment(c.env) && /^(127\.|::1$|::ffff:127\.|$)/i.test(ip ?? "")) return undefined;
	return networkOf(ip);
}

/**
 * Counts a try, before anything is done for it.
 *
 * @returns undefined where nothing is counted by an object
 * @throws UserDOError `rate_limited` with `retryAfter`; a refused try counts for nothing
 */
export async function countTry(
	c: Context,
	{ name, key, rule, trial }: CountedTry,
): Promise<Counted | undefined> {
	if (rule === false) return undefined;
	const hashed = await hashKey(c, `${name}:${key}`);
	if ("binding" in rule) {
		if (await askBinding(c, rule.binding, hashed)) return undefined;
		throw new UserDOError("rate_limited", { retryAfter: rule.period ?? 60 });
	}
	const { limit, period } = rule;
	const count: LimitCount = { key: hashed, limit, period, ...(trial !== undefined && { trial }) };
	const result = (await callLimiter(c, hashed, "countLimit", [count])) as LimitResult;
	if (result.allowed) {
		return { key: hashed, ...(result.trial !== undefined && { trial: result.trial }) };
	}
	throw new UserDOError("rate_limited", { retryAfter: result.retryAfter });
}

/** Lets a try count to the end that was on trial; any other does so anyway. */
export async function keepTry(c: Context, { key, trial }: Counted): Promise<void> {
	if (trial !== undefined) await callLimiter(c, key, "keepLimit", [key, trial]);
}

/** Takes back the last counted try of a key, or all of them. */
export async function takeBack(c: Context, { key }: Counted, what: "last" | "all"): Promise<void> {
	await callLimiter(c, key, "forgetLimit", [key, what]);
}

/** As {@link takeBack}, of a key that is named as in {@link countTry}: `<name>:<key>`. */
export async function forgetTries(c: Context, key: string, what: "last" | "all"): Promise<void> {
	await takeBack(c, { key: await hashKey(c, key) }, what);
}

/**
 * One in 16 of the limiter's objects, by the first digit of the hash. Each tenant has its own: what a
 * flood does to one's, no other tenant feels.
 */
async function callLimiter(c: Context, hashed: string, name: string, args: unknown[]) {
	const { binding, tenant } = getState(c);
	const namespace = getNamespace(c.env, binding);
	const place = tenant === undefined ? hashed[0] : `${tenant}:${hashed[0]}`;
	const stub = namespace.get(namespace.idFromName(`userdo:limit:${place}`));
	try {
		return await invoke(stub, { authority: { kind: "server" }, steps: [{ name, args }] });
	} catch (error) {
		// It takes hundreds of tries a second, so it is a flood that it can't keep up with.
		if (Reflect.get(Object(error), "overloaded") !== true) throw error;
		throw new UserDOError("rate_limited", { retryAfter: 10 });
	}
}

async function askBinding(c: Context, binding: string, key: string): Promise<boolean> {
	const limiter: unknown = Reflect.get(Object(c.env), binding);
	if (typeof Object(limiter).limit !== "function") {
		throw new UserDOError("misconfigured", {
			issues: [{ path: binding, message: `${binding} is not a ratelimits binding.` }],
		});
	}
	return (
		await (limiter as { limit(options: { key: string }): Promise<{ success: boolean }> }).limit({
			key,
		})
	).success;
}

/**
 * Keyed by the secret: whoever sees the hash of an address could else find it by trying all of them.
 * A JWT's signing input has no colon, so no token can be made of it.
 */
async function hashKey(c: Context, text: string): Promise<string> {
	const { signing } = await loadTokenKeys(c.env);
	const bytes = new TextEncoder().encode(`userdo:limit:${getState(c).audience}:${text}`);
	const mac = new Uint8Array(await crypto.subtle.sign("HMAC", signing.key, bytes));
	return Array.from(mac.subarray(0, 16), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
