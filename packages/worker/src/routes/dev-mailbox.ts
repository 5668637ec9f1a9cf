import { UserDOError } from "@userdo/contracts/errors";
import type { Context } from "hono";
import { getState, type UserDOEnv } from "../context.js";
import { readMailbox } from "../email/dev-mailbox.js";
import { mailboxPolicy, renderMailbox } from "../email/dev-mailbox-page.js";
import { answer, notFound, onError } from "../errors.js";
import { Hono } from "../hono.js";
import { answerPage } from "../page.js";
import { isDevelopment } from "../report.js";

/**
 * `GET /api/dev/mailbox`: the mails that development keeps instead of sending them, as a page, or as
 * JSON for `Accept: application/json`. Elsewhere there is no such path.
 */
export function devMailboxRoute(): Hono<UserDOEnv> {
	const app = new Hono<UserDOEnv>();
	app.onError(onError);
	app.get("/api/dev/mailbox", (c) => {
		if (!isDevelopment(c.env) || isFromEdge(c) || !isLocal(c)) return notFound(c);
		if (!isSameOrigin(c)) throw new UserDOError("cross_site");
		const mails = readMailbox(getState(c).tenant);
		if (c.req.header("accept")?.includes("application/json")) return answer(c, { mails });
		return answerPage(c, renderMailbox(mails), mailboxPolicy);
	});
	return app;
}

/**
 * Whether this came by way of Cloudflare: a Worker that was deployed with `USERDO_DEV` by mistake, or
 * a tunnel. Everybody could read everybody's reset links there.
 */
function isFromEdge(c: Context): boolean {
	return c.req.header("cf-ray") !== undefined;
}

/** A name that leads here for a moment makes another site's page one of the same origin. */
function isLocal(c: Context): boolean {
	const { hostname } = new URL(c.req.url);
	return /^(localhost|.+\.localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
}

/** Listed origins may use the API; they have no business in the mails. */
function isSameOrigin(c: Context): boolean {
	const { origin } = new URL(c.req.url);
	const site = c.req.header("sec-fetch-site") ?? "none";
	return ["same-origin", "none"].includes(site) && (c.req.header("origin") ?? origin) === origin;
}
