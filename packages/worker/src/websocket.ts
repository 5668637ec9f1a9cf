import { socketEndpoints } from "@userdo/contracts";
import { fromErrorBody, UserDOError } from "@userdo/contracts/errors";
import type { LimitCount, SocketSession } from "@userdo/core";
import { sessionHeader } from "@userdo/core/remote";
import type { Context, Env } from "hono";
import { AuthLimits, type RateLimits } from "./auth-limits.js";
import { getState, requireSession, type Session, type UserDOEnv } from "./context.js";
import { isUpgrade, readPlainSubprotocols } from "./credentials.js";
import { serveEndpoint } from "./endpoint.js";
import { notFound, onError } from "./errors.js";
import { forgetDeadSession } from "./get-user-do.js";
import { Hono } from "./hono.js";
import { type OriginOptions, originGuard } from "./middleware/origin.js";
import { session } from "./middleware/session.js";
import { getById, getNamespace } from "./stub.js";
import type { TenantOptions } from "./tenant.js";

export interface WebSocketRouteOptions {
	/** Of these only `socket` counts here; `false` switches it off. */
	rateLimits?: RateLimits | false;
}

/** Options of {@link createWebSocketHandler}: the same as the app's. */
export interface WebSocketHandlerOptions<E extends Env = UserDOEnv>
	extends OriginOptions,
		TenantOptions<E>,
		WebSocketRouteOptions {}

/**
 * `GET /api/ws`: opens a WebSocket to the signed-in user's object. It needs the middleware
 * {@link originGuard} and {@link session} before it: a page of another site must not listen in.
 *
 * A client without cookies signs in by the subprotocols `userdo.v1, bearer.<access token>`. A token
 * in the address is not looked at: addresses end up in logs.
 */
export function webSocketRoute({ rateLimits }: WebSocketRouteOptions = {}): Hono<UserDOEnv> {
	const limits = new AuthLimits(rateLimits);
	const app = new Hono<UserDOEnv>();
	app.onError(onError);
	serveEndpoint(app, socketEndpoints, "GET /api/ws", {
		maxBytes: 0,
		before: async (c) => {
			if (!isUpgrade(c.req.raw)) throw new UserDOError("upgrade_required");
			requireSession(getState(c));
		},
		handle: (c) => connect(c, limits),
	});
	return app;
}

async function connect(c: Context<UserDOEnv>, limits: AuthLimits): Promise<Response> {
	const state = getState(c);
	const current = requireSession(state);
	const limit = await limits.socket(c, current.id);
	return forgetDeadSession(state, async () => {
		const stub = getById(getNamespace(c.env, state.binding), current.id);
		const response = await stub.fetch(toObjectRequest(c.req.raw, current, limit));
		if (response.status === 101) return response;
		throw fromErrorBody(await response.json().catch(() => undefined), response.status);
	});
}

/** Only what the object needs: no cookie, no token, and no header that the client made up. */
function toObjectRequest(
	request: Request,
	{ sid, email }: Session,
	limit: LimitCount | undefined,
): Request {
	const headers = new Headers({
		upgrade: "websocket",
		[sessionHeader]: toAscii(JSON.stringify({ sid, email, limit } satisfies SocketSession)),
	});
	const subprotocols = readPlainSubprotocols(request).filter(Boolean);
	if (subprotocols.length > 0) headers.set("sec-websocket-protocol", subprotocols.join(", "));
	for (const name of ["sec-websocket-extensions", "sec-websocket-key", "sec-websocket-version"]) {
		const value = request.headers.get(name);
		if (value !== null) headers.set(name, value);
	}
	return new Request(request.url, { headers });
}

/** A header holds no character beyond Latin-1, and an email address may. */
function toAscii(json: string): string {
	return json.replace(
		/[^\x20-\x7e]/g,
		(unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
	);
}

/** Answers WebSocket upgrades; see {@link createWebSocketHandler}. */
export interface WebSocketHandler {
	fetch(request: Request, env: unknown, ctx: ExecutionContext): Promise<Response>;
}

/**
 * Handles WebSocket upgrades on `/api/ws` by itself, for a Worker that keeps them apart from its
 * app. The app of {@link createUserDOWorker} takes them as well, by the same rules.
 *
 * @param binding the binding of the user objects
 * @param options the same `tenant`, `origins` and `rateLimits` as the app's
 * @example
 * const wsHandler = createWebSocketHandler("MY_APP_DO");
 * if (request.headers.get("upgrade") === "websocket") return wsHandler.fetch(request, env, ctx);
 */
export function createWebSocketHandler<E extends Env = UserDOEnv>(
	binding = "USERDO",
	{ origins = [], rateLimits = {}, tenant }: WebSocketHandlerOptions<E> = {},
): WebSocketHandler {
	const app = new Hono<UserDOEnv & E>().onError(onError).notFound(notFound);
	app.use(
		originGuard({ origins }),
		session<E>({ binding, ...(tenant !== undefined && { tenant }) }),
	);
	app.route("/", webSocketRoute({ rateLimits }));
	return { fetch: async (request, env, ctx) => app.fetch(request, Object(env), ctx) };
}
