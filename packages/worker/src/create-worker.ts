import type { Collections } from "@userdo/contracts";
import { type Env, Hono } from "hono";
import type { RateLimits } from "./auth-limits.js";
import type { UserDOEnv } from "./context.js";
import type { EmailOptions } from "./email/options.js";
import { notFound, onError } from "./errors.js";
import { type OriginOptions, originGuard } from "./middleware/origin.js";
import { session } from "./middleware/session.js";
import { accountRoutes } from "./routes/account.js";
import { authRoutes } from "./routes/auth.js";
import { batchRoutes } from "./routes/batch.js";
import { collectionRoutes } from "./routes/collections.js";
import { dataRoutes } from "./routes/data.js";
import { meRoutes } from "./routes/me.js";
import { sessionRoutes } from "./routes/sessions.js";
import { webSocketRoute } from "./websocket.js";

export interface WorkerOptions extends OriginOptions {
	/**
	 * The same definition as the object's: what it exposes is served at `/api/<name>`. A route of your
	 * own wins over that.
	 */
	collections?: Collections;
	/** How mail leaves. Without it none does; in development it goes to the dev mailbox. */
	email?: EmailOptions;
	/** The largest bodies, in bytes: `auth` 64 KiB, `data` and rows 1 MiB + 16 KiB, `batch` 4 MiB. */
	bodyLimit?: { auth?: number; data?: number; batch?: number };
	/** How often the routes of signing in may be called; `false` switches all limits off. */
	rateLimits?: RateLimits | false;
	/** Asks the object on every request whether the session still lives, at the cost of a hop. */
	strict?: boolean;
}

/**
 * A Hono app with every endpoint of UserDO. Your own routes are added to it as to any Hono app: in
 * their handlers `c.get("user")` is who is signed in, and {@link getUserDOFromContext} that user's
 * object.
 *
 * @param binding the name of the Durable Object binding; tokens of another binding are refused, so
 * each binding is a project of its own
 * @throws UserDOError `misconfigured` for options that can't be
 * @example
 * const app = createUserDOWorker("MY_APP_DO");
 * app.get("/api/hello", (c) => c.json({ hello: c.get("user")?.email ?? "stranger" }));
 * export default app;
 */
export function createUserDOWorker<E extends Env = UserDOEnv>(
	binding = "USERDO",
	{
		origins = [],
		collections = {},
		email,
		bodyLimit = {},
		rateLimits = {},
		strict = false,
	}: WorkerOptions = {},
): Hono<UserDOEnv & E> {
	const app = new Hono<UserDOEnv>().onError(onError).notFound(notFound);
	app.use(originGuard({ origins }), session({ binding, strict }));
	app.route("/", authRoutes({ ...(email && { email }), rateLimits, ...maxBytes(bodyLimit.auth) }));
	app.route("/", meRoutes());
	app.route("/", sessionRoutes());
	app.route("/", accountRoutes({ ...(email && { email }), ...maxBytes(bodyLimit.auth) }));
	app.route("/", dataRoutes(maxBytes(bodyLimit.data)));
	app.route("/", batchRoutes({ collections, ...maxBytes(bodyLimit.batch) }));
	app.route("/", webSocketRoute({ rateLimits }));
	app.route("/", collectionRoutes({ collections, ...maxBytes(bodyLimit.data) }));
	// What the developer's bindings and variables are only their own handlers need to know.
	return app as unknown as Hono<UserDOEnv & E>;
}

function maxBytes(limit: number | undefined): { maxBytes?: number } {
	return limit === undefined ? {} : { maxBytes: limit };
}
