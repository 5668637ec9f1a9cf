import type { Collections } from "@userdo/contracts";
import type { Context } from "hono";
import { getState, requireSession, type UserDOEnv } from "../context.js";
import { answer, answerErrors } from "../errors.js";
import { findExposed } from "../exposed.js";
import { Hono } from "../hono.js";
import { allowMethod, serveLast } from "../last-resort.js";
import { checkLength } from "../middleware/limits.js";
import { type Handler, handlers, type Target } from "./collection-handlers.js";

export interface CollectionRoutesOptions {
	/** The same definition as the object's. Those without `expose` are not served. */
	collections: Collections;
	/** The largest body, in bytes; 1 MiB + 16 KiB. */
	maxBytes?: number;
}

/**
 * `GET`, `POST` and `PUT /api/<collection>`, `GET`, `PATCH` and `DELETE /api/<collection>/:id`, for
 * the collections that are exposed. They need the middleware {@link session} before them.
 *
 * They answer what no other route does, also one that is registered later. In an app that has another
 * `notFound` than {@link notFound}, register them last.
 *
 * @throws UserDOError `misconfigured` for a name that is an endpoint's, or can't be a table's
 * @example
 * const app = new Hono<UserDOEnv>().onError(onError).notFound(notFound);
 * app.use(originGuard(), session({ binding: "MY_APP_DO" }));
 * app.route("/", collectionRoutes({ collections }));
 */
export function collectionRoutes({
	collections,
	maxBytes = (1024 + 16) * 1024,
}: CollectionRoutesOptions): Hono<UserDOEnv> {
	const exposed = findExposed(collections);
	const app = new Hono<UserDOEnv>();
	for (const [path, methods] of Object.entries(handlers)) {
		serveLast(app, path, (c) => {
			const collection = c.req.param("collection") ?? "";
			const exposure = exposed.get(collection);
			if (exposure === undefined) return undefined;
			const taken = exposure === "write" ? Object.keys(methods) : ["GET"];
			const method = c.req.method === "HEAD" ? "GET" : c.req.method;
			const handle = taken.includes(method) ? methods[method] : undefined;
			if (handle === undefined) {
				for (const method of taken) allowMethod(c, method);
				return undefined;
			}
			const target = { collection, id: c.req.param("id") ?? "", maxBytes };
			return () => answerErrors(c, () => serve(c, handle, target));
		});
	}
	return app;
}

async function serve(c: Context<UserDOEnv>, handle: Handler, target: Target): Promise<Response> {
	requireSession(getState(c));
	// Before these routes it would be a limit of the developer's own routes of that path too.
	await checkLength(c, target.maxBytes);
	return answer(c, await handle(c, target));
}
