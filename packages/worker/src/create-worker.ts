import { type Collections, endpoints } from "@userdo/contracts";
import { UserDOError } from "@userdo/contracts/errors";
import type { UserDO } from "@userdo/core";
import type { Env } from "hono";
import type { RateLimits } from "./auth-limits.js";
import type { UserDOEnv } from "./context.js";
import type { EmailLinkOptions, EmailOptions } from "./email/options.js";
import { answerLast, onError } from "./errors.js";
import { Hono } from "./hono.js";
import { type OriginOptions, originGuard } from "./middleware/origin.js";
import { session } from "./middleware/session.js";
import { accountRoutes } from "./routes/account.js";
import { authRoutes } from "./routes/auth.js";
import { batchRoutes } from "./routes/batch.js";
import { collectionRoutes } from "./routes/collections.js";
import { dataRoutes } from "./routes/data.js";
import { addOwn, type DocsOptions, docsRoutes } from "./routes/docs.js";
import { meRoutes } from "./routes/me.js";
import { sessionRoutes } from "./routes/sessions.js";
import type { TenantOptions } from "./tenant.js";
import { webSocketRoute } from "./websocket.js";

export interface WorkerOptions<E extends Env = UserDOEnv> extends OriginOptions, TenantOptions<E> {
	/**
	 * The same definition as the object's: what it exposes is served at `/api/<name>`. A route of your
	 * own wins over that.
	 */
	collections?: Collections;
	/** How mail leaves. Without a sender none does; in development it goes to the dev mailbox. */
	email?: EmailOptions | EmailLinkOptions;
	/**
	 * Takes HTML forms where people need them, for pages that work without script: `formRoutes()`, which
	 * takes the pages that answers lead to. Without it bodies are JSON alone, and a Worker has none of it.
	 */
	forms?: Hono<UserDOEnv>;
	/** The largest bodies, in bytes: `auth` 64 KiB, `data` and rows 1 MiB + 16 KiB, `batch` 4 MiB. */
	bodyLimit?: { auth?: number; data?: number; batch?: number };
	/** How often the routes of signing in may be called; `false` switches all limits off. */
	rateLimits?: RateLimits | false;
	/**
	 * What `GET /api/openapi.json` and the page `GET /api/docs` say; `false` switches both off. The
	 * endpoints of UserDO and what is exposed of `collections` stand in it by themselves.
	 */
	docs?: DocsOptions | false;
	/** Asks the object on every request whether the session still lives, at the cost of a hop. */
	strict?: boolean;
}

/** The classes of user objects by their bindings: `{ MY_APP_DO: MyAppDO }`. */
export type UserObjects<O> = { readonly [Binding in keyof O]: UserDO };

/** The environment of a Worker with these classes. */
export interface ObjectsEnv<O extends UserObjects<O>> {
	Bindings: { [Binding in keyof O]: DurableObjectNamespace<O[Binding]> };
}

/**
 * A Hono app with every endpoint of UserDO. Your own routes are added to it as to any Hono app: in
 * their handlers `c.get("user")` is who is signed in, and {@link getUserDOFromContext} that user's
 * object.
 *
 * Its type parameter says what is behind the bindings: the classes by their names, or as for any
 * Hono app what there is (`createUserDOWorker<{ Bindings: Env }>`, with the `Env` of `wrangler
 * types`). Either way {@link getUserDOFromContext} with the binding's name then knows its class.
 *
 * @param binding the name of the Durable Object binding; tokens of another binding are refused, so
 * each binding is a project of its own
 * @throws UserDOError `misconfigured` for options that can't be
 * @example
 * const app = createUserDOWorker<{ MY_APP_DO: MyAppDO }>("MY_APP_DO");
 * app.get("/api/hello", (c) => c.json({ hello: c.get("user")?.email ?? "stranger" }));
 * export default app;
 */
export function createUserDOWorker<E extends Env = UserDOEnv>(
	binding?: string,
	options?: WorkerOptions<E>,
): Hono<UserDOEnv & E>;
export function createUserDOWorker<O extends UserObjects<O>>(
	binding: keyof O & string,
	options?: WorkerOptions<ObjectsEnv<O>>,
): Hono<UserDOEnv & ObjectsEnv<O>>;
export function createUserDOWorker<E extends Env>(
	binding = "USERDO",
	{
		origins = [],
		collections = {},
		email,
		forms,
		bodyLimit = {},
		rateLimits = {},
		docs = {},
		strict = false,
		tenant,
	}: WorkerOptions<E> = {},
): Hono<UserDOEnv & E> {
	const app = new Hono<UserDOEnv & E>();
	app.onError(onError).notFound(answerLast);
	const who = { binding, strict, ...(tenant !== undefined && { tenant }) };
	app.use(originGuard({ origins }), session<E>(who));
	if (forms !== undefined) app.route("/", checkForms(forms));
	app.route("/", authRoutes({ ...(email && { email }), rateLimits, ...maxBytes(bodyLimit.auth) }));
	app.route("/", meRoutes());
	app.route("/", sessionRoutes());
	app.route("/", accountRoutes({ ...(email && { email }), ...maxBytes(bodyLimit.auth) }));
	app.route("/", dataRoutes(maxBytes(bodyLimit.data)));
	app.route("/", batchRoutes({ collections, ...maxBytes(bodyLimit.batch) }));
	app.route("/", webSocketRoute({ rateLimits }));
	if (docs !== false) {
		const described = addOwn(endpoints, docs.endpoints ?? {});
		app.route("/", docsRoutes({ ...docs, endpoints: described, collections }));
	}
	app.route("/", collectionRoutes({ collections, ...maxBytes(bodyLimit.data) }));
	return app;
}

function checkForms(forms: Hono<UserDOEnv>): Hono<UserDOEnv> {
	if (typeof Object(forms).fetch === "function") return forms;
	const message = "The option forms takes what formRoutes() gives.";
	throw new UserDOError("misconfigured", { message, issues: [{ path: "forms", message }] });
}

function maxBytes(limit: number | undefined): { maxBytes?: number } {
	return limit === undefined ? {} : { maxBytes: limit };
}
