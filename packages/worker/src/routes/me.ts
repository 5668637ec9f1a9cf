import { meEndpoints, type User } from "@userdo/contracts";
import { getState, type UserDOEnv } from "../context.js";
import { serveEndpoint } from "../endpoint.js";
import { callAsSession } from "../get-user-do.js";
import { Hono } from "../hono.js";

/**
 * `GET /api/me`: the signed-in user, as the object knows it at this moment. Needs the middleware
 * {@link session} before it.
 */
export function meRoutes(): Hono<UserDOEnv> {
	const app = new Hono<UserDOEnv>();
	serveEndpoint(app, meEndpoints, "GET /api/me", {
		maxBytes: 0,
		handle: async (c) => {
			const found = await callAsSession(c, getState(c), [{ name: "getUser", args: [] }]);
			return { user: (found as { user: User }).user };
		},
	});
	return app;
}
