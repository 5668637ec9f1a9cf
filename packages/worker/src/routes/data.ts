import type { EndpointResponse } from "@userdo/contracts";
import { type Context, Hono } from "hono";
import { getState, requireSession, type UserDOEnv } from "../context.js";
import { serveEndpoint } from "../endpoint.js";
import { onError } from "../errors.js";
import { callAsSession } from "../get-user-do.js";

export interface DataRoutesOptions {
	/** The largest body, in bytes; a value of 1 MiB and what goes around it. */
	maxBytes?: number;
}

/**
 * `GET`, `POST` and `DELETE /data`: the signed-in user's key-value pairs. They need the middleware
 * {@link session} before them.
 */
export function dataRoutes({
	maxBytes = (1024 + 16) * 1024,
}: DataRoutesOptions = {}): Hono<UserDOEnv> {
	const app = new Hono<UserDOEnv>();
	app.onError(onError);
	const before = (c: Context) => void requireSession(getState(c));

	serveEndpoint(app, "GET /data", {
		maxBytes: 0,
		before,
		handle: async (c, { query: { limit, ...query } }) => {
			const options = { ...query, ...(limit !== undefined && { limit: Number(limit) }) };
			const step = { name: "getEntries", args: [options] };
			return (await callAsSession(c, getState(c), [step])) as EndpointResponse<"GET /data">;
		},
	});

	serveEndpoint(app, "POST /data", {
		maxBytes,
		before,
		handle: async (c, { body: { key, value, ...options } }) => {
			const step = { name: "set", args: [key, value, options] };
			const { version } = (await callAsSession(c, getState(c), [step])) as { version: number };
			return { ok: true, version };
		},
	});

	serveEndpoint(app, "DELETE /data", {
		maxBytes: 1024,
		before,
		handle: async (c, { query: { key, ifVersion } }) => {
			const options = ifVersion === undefined ? {} : { ifVersion: Number(ifVersion) };
			const step = { name: "delete", args: [key, options] };
			const deleted = (await callAsSession(c, getState(c), [step])) as boolean;
			return { ok: true, deleted };
		},
	});

	return app;
}
