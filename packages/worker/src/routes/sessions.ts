import { sessionEndpoints, type UserSession } from "@userdo/contracts";
import { getState, requireSession, type UserDOEnv } from "../context.js";
import { serveEndpoint } from "../endpoint.js";
import { callAsSession } from "../get-user-do.js";
import { Hono } from "../hono.js";

/**
 * `GET /api/sessions`, `DELETE /api/sessions` and `DELETE /api/sessions/:id`: where the user is
 * signed in, and the end of it elsewhere. They need the middleware {@link session} before them.
 */
export function sessionRoutes(): Hono<UserDOEnv> {
	const app = new Hono<UserDOEnv>();
	const maxBytes = 1024;

	serveEndpoint(app, sessionEndpoints, "GET /api/sessions", {
		maxBytes,
		handle: async (c) => {
			const found = await callAsSession(c, getState(c), [{ name: "listSessions", args: [] }]);
			return found as { sessions: UserSession[] };
		},
	});

	serveEndpoint(app, sessionEndpoints, "DELETE /api/sessions", {
		maxBytes,
		handle: async (c) => {
			await callAsSession(c, getState(c), [{ name: "revokeOtherSessions", args: [] }]);
			return { ok: true };
		},
	});

	serveEndpoint(app, sessionEndpoints, "DELETE /api/sessions/:id", {
		maxBytes,
		handle: async (c, { params: { id } }) => {
			const state = getState(c);
			const { sid } = requireSession(state);
			await callAsSession(c, state, [{ name: "revokeSession", args: [id] }]);
			// To end one's own session is to sign out.
			if (id === sid && state.fromCookies) state.cookies = "clear";
			return { ok: true };
		},
	});

	return app;
}
