import { dataEndpoints, type EndpointResponse } from "@userdo/contracts";
import { getState, type UserDOEnv } from "../context.js";
import { serveEndpoint } from "../endpoint.js";
import { answer } from "../errors.js";
import { callAsSession } from "../get-user-do.js";
import { Hono } from "../hono.js";

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
	serveEndpoint(app, dataEndpoints, "GET /data", {
		maxBytes: 0,
		handle: async (c, { query: { limit, ...query } }) => {
			const options = { ...query, ...(limit !== undefined && { limit: Number(limit) }) };
			const step = { name: "getEntries", args: [options] };
			const entries = (await callAsSession(c, getState(c), [
				step,
			])) as EndpointResponse<"GET /data">;
			// As it is: to look at each of 100,000 keys by a schema would take longer than all the rest.
			return answer(c, entries);
		},
	});

	serveEndpoint(app, dataEndpoints, "POST /data", {
		maxBytes,
		handle: async (c, { body: { key, value, ...options } }) => {
			const isPlain = Object.keys(options).length === 0;
			const step = { name: "set", args: isPlain ? [key, value] : [key, value, options] };
			const { version } = (await callAsSession(c, getState(c), [step])) as { version: number };
			return { ok: true, version };
		},
	});

	serveEndpoint(app, dataEndpoints, "DELETE /data", {
		maxBytes: 1024,
		handle: async (c, { query: { key, ifVersion } }) => {
			const options = ifVersion === undefined ? {} : { ifVersion: Number(ifVersion) };
			const step = { name: "delete", args: [key, options] };
			const deleted = (await callAsSession(c, getState(c), [step])) as boolean;
			return { ok: true, deleted };
		},
	});

	return app;
}
