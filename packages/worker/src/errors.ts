import { isUserDOError, toErrorBody, UserDOError } from "@userdo/contracts/errors";
import type { Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { takeResort } from "./last-resort.js";
import { isQuiet, markLoud } from "./quiet.js";
import { reportError, reportMisconfigured } from "./report.js";

/**
 * On every answer of these routes, and on no other: a page of the same app needs a policy of its
 * own. A year of HSTS is what OWASP ASVS 3.4.1 asks for; subdomains are not ours to decide about.
 */
export const answerHeaders = {
	"cache-control": "no-store",
	"content-security-policy": "default-src 'none'; frame-ancestors 'none'",
	"referrer-policy": "no-referrer",
	"strict-transport-security": "max-age=31536000",
	"x-content-type-options": "nosniff",
} as const;

/** Made once: an answer copies them faster than it sets each. */
const jsonHeaders = new Headers({ ...answerHeaders, "content-type": "application/json" });

/** An answer of these routes: JSON, kept by nobody. */
export function answer(c: Context, body: unknown, status: ContentfulStatusCode = 200): Response {
	if (!isQuiet(c)) return c.json(body as object, status, answerHeaders);
	return new Response(JSON.stringify(body), { status, headers: jsonHeaders });
}

function refuse(c: Context, error: UserDOError): Response {
	if (error.retryAfter !== undefined) c.header("retry-after", String(Math.ceil(error.retryAfter)));
	if (error.code === "upgrade_required") c.header("upgrade", "websocket");
	return c.json(toErrorBody(error), error.status as ContentfulStatusCode, answerHeaders);
}

/**
 * Runs a function of the developer's. Hono hands nothing but errors to `onError`: anything else that is
 * thrown would go past it, and out of the Worker.
 */
export async function runOwn<R>(run: () => R | Promise<R>): Promise<R> {
	try {
		return await run();
	} catch (thrown) {
		throw thrown instanceof Error ? thrown : new Error("no error was thrown");
	}
}

/**
 * Answers what a handler threw: a `UserDOError` with its status and body, an `HTTPException` with
 * its own response, anything else with a bare 500 whose `requestId` finds the line in the log.
 *
 * @example
 * const app = new Hono().onError(onError).notFound(notFound);
 */
export async function onError(error: Error, c: Context): Promise<Response> {
	if ("getResponse" in error && typeof error.getResponse === "function") return error.getResponse();
	if (isUserDOError(error) && error.status >= 400 && error.status < 500) return refuse(c, error);
	if (error.name === "SyntaxError" && !(await hasJsonBody(c))) {
		return refuse(c, new UserDOError("invalid_json"));
	}
	const requestId = crypto.randomUUID();
	if (isUserDOError(error, "misconfigured")) {
		reportMisconfigured(error);
		return refuse(c, new UserDOError("misconfigured", { requestId }));
	}
	reportError(c, error, requestId);
	return refuse(c, new UserDOError("internal_error", { requestId }));
}

/** False when a handler's own `c.req.json()` is what failed: that is the sender's fault, not ours. */
async function hasJsonBody(c: Context): Promise<boolean> {
	if (!("text" in c.req.bodyCache)) return true;
	try {
		JSON.parse(await c.req.text());
		return true;
	} catch {
		return false;
	}
}

/**
 * Runs a handler, and answers what it throws as {@link onError} does. Where an app of these parts had an
 * `onError` of its own instead, Hono would put three functions around each of its handlers.
 */
export async function answerErrors<R>(
	c: Context,
	run: () => R | Promise<R>,
): Promise<R | Response> {
	try {
		return await run();
	} catch (error) {
		if (!(error instanceof Error)) throw error;
		// As Hono does: middleware may look at it.
		c.error = error;
		return onError(error, c);
	}
}

/**
 * Answers what no route has: by a collection where there is one, else with 404, or 405 with `Allow`
 * where an endpoint of these parts takes other methods. It is for the app; a handler of your own that
 * has nothing to show calls `c.notFound()`, and then no collection answers either.
 */
export function notFound(c: Context): Promise<Response> {
	// A handler of the developer's may have called this one.
	markLoud(c);
	return answerLast(c);
}

/** {@link notFound} as the app's own handler, with nothing around it. */
export async function answerLast(c: Context): Promise<Response> {
	const { serve, methods } = takeResort(c) ?? {};
	if (serve !== undefined) return serve();
	if (methods === undefined) return refuse(c, new UserDOError("not_found"));
	c.header("allow", [...methods].join(", "));
	return refuse(c, new UserDOError("method_not_allowed"));
}
