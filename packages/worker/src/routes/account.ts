import { type Context, Hono } from "hono";
import { getState, requireSession, type UserDOEnv } from "../context.js";
import { serveEndpoint } from "../endpoint.js";
import { answerHeaders, onError } from "../errors.js";
import { callAsSession } from "../get-user-do.js";

export interface AccountRoutesOptions {
	/** The largest body, in bytes; 64 KiB. */
	maxBytes?: number;
}

/**
 * `POST /api/password/change`, `GET /api/export` and `DELETE /api/me`: what the signed-in user may
 * do with the account as a whole. They need the middleware {@link session} before them.
 */
export function accountRoutes({
	maxBytes = 64 * 1024,
}: AccountRoutesOptions = {}): Hono<UserDOEnv> {
	const app = new Hono<UserDOEnv>();
	app.onError(onError);
	const before = (c: Context) => void requireSession(getState(c));

	serveEndpoint(app, "POST /api/password/change", {
		maxBytes,
		before,
		handle: async (c, { body }) => {
			await callAsSession(c, getState(c), [{ name: "changePassword", args: [body] }]);
			return { ok: true };
		},
	});

	serveEndpoint(app, "DELETE /api/me", {
		maxBytes,
		before,
		handle: async (c, { body }) => {
			const state = getState(c);
			await callAsSession(c, state, [{ name: "deleteAccount", args: [body] }]);
			if (state.fromCookies) state.cookies = "clear";
			return { ok: true };
		},
	});

	serveEndpoint(app, "GET /api/export", { maxBytes: 0, before, handle: exportData });

	return app;
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
