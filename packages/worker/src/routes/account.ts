import { accountEndpoints } from "@userdo/contracts";
import type { Context } from "hono";
import { getState, requireSession, type UserDOEnv } from "../context.js";
import { mailPasswordChanged } from "../email/mailer.js";
import { checkEmailOptions, type EmailLinkOptions, type EmailOptions } from "../email/options.js";
import { serveEndpoint } from "../endpoint.js";
import { answerHeaders } from "../errors.js";
import { callAsSession } from "../get-user-do.js";
import { Hono } from "../hono.js";

export interface AccountRoutesOptions {
	/** How mail leaves: who changes the password is told so. */
	email?: EmailOptions | EmailLinkOptions;
	/** The largest body, in bytes; 64 KiB. */
	maxBytes?: number;
}

/**
 * `POST /api/password/change`, `GET /api/export` and `DELETE /api/me`: what the signed-in user may
 * do with the account as a whole. They need the middleware {@link session} before them.
 */
export function accountRoutes({
	email,
	maxBytes = 64 * 1024,
}: AccountRoutesOptions = {}): Hono<UserDOEnv> {
	if (email !== undefined) checkEmailOptions(email);
	const app = new Hono<UserDOEnv>();

	serveEndpoint(app, accountEndpoints, "POST /api/password/change", {
		maxBytes,
		handle: async (c, { body }) => {
			const state = getState(c);
			const { email: to } = requireSession(state);
			const step = { name: "changePassword", args: [body] };
			const tokens = (await callAsSession(c, state, [step])) as Tokens;
			await mailPasswordChanged(c, email, to);
			if (!state.fromCookies) return tokens;
			state.cookies = tokens;
			return { ok: true };
		},
	});

	serveEndpoint(app, accountEndpoints, "DELETE /api/me", {
		maxBytes,
		handle: async (c, { body }) => {
			const state = getState(c);
			await callAsSession(c, state, [{ name: "deleteAccount", args: [body] }]);
			if (state.fromCookies) state.cookies = "clear";
			return { ok: true };
		},
	});

	serveEndpoint(app, accountEndpoints, "GET /api/export", { maxBytes: 0, handle: exportData });

	return app;
}

interface Tokens {
	ok: true;
	token: string;
	refreshToken: string;
}

async function exportData(c: Context<UserDOEnv>): Promise<Response> {
	const state = getState(c);
	// A stream that nobody reads would stay open: HEAD only asks whether there is something to get.
	const isHead = c.req.method === "HEAD";
	const name = isHead ? "getUser" : "exportData";
	const found = await callAsSession(c, state, [{ name, args: [] }]);
	const day = new Date().toISOString().slice(0, 10);
	return c.newResponse(isHead ? null : (found as ReadableStream), 200, {
		...answerHeaders,
		"content-type": "application/jsonl",
		"content-disposition": `attachment; filename="export-${day}.jsonl"`,
	});
}
