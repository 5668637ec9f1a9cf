import type { Json } from "@userdo/contracts";
import { Hono } from "hono";
import { getState, requireSession, type UserDOEnv } from "../context.js";
import { serveEndpoint } from "../endpoint.js";
import { onError } from "../errors.js";
import { callAsSession } from "../get-user-do.js";

export interface DataRoutesOptions {
	/** The largest body, in bytes; a value of 1 MiB and what goes around it. */
	maxBytes?: number;
}

/**
 * `GET /data` and `POST /data`: the signed-in user's key-value pairs. They need the middleware
 * {@link session} before them.
 */
export function dataRoutes({
	maxBytes = (1024 + 16) * 1024,
}: DataRoutesOptions = {}): Hono<UserDOEnv> {
	const app = new Hono<UserDOEnv>();
	app.onError(onError);
	const before = (c: Parameters<typeof getState>[0]) => void requireSession(getState(c));

	serveEndpoint(app, "GET /data", {
		maxBytes: 0,
		before,
		handle: async (c, { query: { key } }) => {
			const state = getState(c);
			if (key === undefined) {
				const data = await callAsSession(c, state, [{ name: "list", args: [] }]);
				return { data: data as Record<string, Json> };
			}
			const value = await callAsSession(c, state, [{ name: "get", args: [key] }]);
			return { data: value === undefined ? {} : { [key]: value as Json } };
		},
	});

	serveEndpoint(app, "POST /data", {
		maxBytes,
		before,
		handle: async (c, { body: { key, value } }) => {
			await callAsSession(c, getState(c), [{ name: "set", args: [key, value] }]);
			return { ok: true };
		},
	});

	return app;
}
