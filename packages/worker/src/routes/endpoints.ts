import { defineEndpoints, type Endpoints, parseEndpointName } from "@userdo/contracts";
import { UserDOError } from "@userdo/contracts/errors";
import type { Context, Env, MiddlewareHandler } from "hono";
import type { SessionUser, UserDOEnv } from "../context.js";
import { serveEndpoint } from "../endpoint.js";
import type { EndpointInput } from "../endpoint-input.js";
import { onError } from "../errors.js";
import { Hono } from "../hono.js";
import type { EndpointAnswer } from "../reply.js";

/**
 * What a handler finds in its context: where the endpoint says `auth: "session"`, `c.get("user")` is
 * always somebody.
 */
type EndpointEnv<E, Own extends Env> = UserDOEnv &
	Own &
	(E extends { auth: "session" } ? { Variables: { user: SessionUser } } : unknown);

/** Answers an endpoint of a contract; `Own` are bindings and variables of your own. */
export type EndpointHandler<E, Own extends Env = UserDOEnv> = (
	c: Context<EndpointEnv<E, Own>>,
	input: EndpointInput<E>,
) => EndpointAnswer<E> | Promise<EndpointAnswer<E>>;

/** A handler, and what goes for its endpoint alone. */
export interface EndpointSettings<E, Own extends Env = UserDOEnv> {
	/**
	 * Runs before the endpoint looks at anything of the request: `rateLimit()`, say. It may read the body
	 * by `c.req.text()` and the like, which no limit holds back yet.
	 */
	before?: MiddlewareHandler | readonly MiddlewareHandler[];
	/** The largest body, in bytes. */
	maxBytes?: number;
	handle: EndpointHandler<E, Own>;
}

/** A handler for each endpoint of a contract. */
export type EndpointHandlers<Contract, Own extends Env = UserDOEnv> = {
	readonly [Name in keyof Contract]-?:
		| EndpointHandler<Contract[Name], Own>
		| EndpointSettings<Contract[Name], Own>;
};

export interface EndpointRoutesOptions {
	/** The largest body, in bytes; 1 MiB + 16 KiB. */
	maxBytes?: number;
}

/**
 * Endpoints of your own, by their contract: input is validated before a handler gets it, and an answer
 * goes out as its schema gives it back, without what that does not name. They are refused and answered
 * as the built-in ones are, and need the middleware {@link session} before them where one of them says
 * `auth: "session"`. Of two that fit a request, the one with a fixed segment where the other has a
 * parameter answers.
 *
 * They win over a collection's. Of two routes of one path the first that the app got answers, so
 * choose other paths than those of parts that stand before these.
 *
 * @throws UserDOError `misconfigured` for handlers that are not those of the contract, and for two
 * endpoints that no request could tell apart
 * @example
 * app.route("/", endpointRoutes(blogEndpoints, {
 *   "GET /api/posts/:id": async (c, { params }) => {
 *     const blog = getUserDOFromContext<BlogDO>(c, c.get("user").email);
 *     return { post: await blog.readPost(params.id) };
 *   },
 * }));
 */
export function endpointRoutes<const Contract extends Endpoints, Own extends Env = UserDOEnv>(
	contract: Contract,
	handlers: EndpointHandlers<Contract, Own>,
	{ maxBytes = (1024 + 16) * 1024 }: EndpointRoutesOptions = {},
): Hono<UserDOEnv & Own> {
	const names = checkHandlers(contract, handlers);
	const app = new Hono<UserDOEnv>();
	app.onError(onError);
	for (const name of names) {
		const given: unknown = handlers[name];
		const {
			before = [],
			handle,
			...own
		} = (typeof given === "function" ? { handle: given } : given) as EndpointSettings<
			Contract[typeof name]
		>;
		const [method = "", path = ""] = name.split(" ");
		for (const middleware of [before].flat()) app.on(method, path, middleware);
		serveEndpoint(app, contract, name, {
			maxBytes: own.maxBytes ?? maxBytes,
			isOwn: true,
			// That a session is there is seen to before it runs.
			handle: handle as Parameters<typeof serveEndpoint<Contract, typeof name>>[3]["handle"],
		});
	}
	return app as unknown as Hono<UserDOEnv & Own>;
}

/** The names, those with a fixed segment before those that have a parameter in its place. */
function checkHandlers<Contract extends Endpoints>(
	contract: Contract,
	handlers: object,
): (keyof Contract & string)[] {
	// Whoever wrote it by hand has not been told yet of what can't be.
	defineEndpoints<Endpoints>(contract);
	const missing = Object.keys(contract).find((name) => !Object.hasOwn(handlers, name));
	if (missing !== undefined) throw misconfigured(missing, "This endpoint has no handler.");
	const surplus = Object.keys(handlers).find((name) => !Object.hasOwn(contract, name));
	if (surplus !== undefined) throw misconfigured(surplus, "The contract has no such endpoint.");
	// The mark of a parameter sorts behind every letter.
	const rank = (name: string) => parseEndpointName(name)?.shape.replaceAll(":", "\uffff") ?? "";
	const names = Object.keys(contract) as (keyof Contract & string)[];
	return names.sort((one, other) => (rank(one) < rank(other) ? -1 : 1));
}

function misconfigured(name: string, message: string): UserDOError {
	return new UserDOError("misconfigured", {
		message: `${name}: ${message}`,
		issues: [{ path: name, message }],
	});
}
