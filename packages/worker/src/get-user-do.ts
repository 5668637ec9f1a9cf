import { normalizeEmail } from "@userdo/contracts";
import { isUserDOError, UserDOError } from "@userdo/contracts/errors";
import type { InvokeCall, Remote, UserDO } from "@userdo/core";
import { objectName } from "@userdo/core/identity";
import type { Context, Env } from "hono";
import { findState, type RequestState, requireSession } from "./context.js";
import { createStandIn, getById, getNamespace, invoke, type ObjectNamespace } from "./stub.js";

export interface GetUserDOOptions {
	/** The binding's name: the audience of tokens that calls like `login` make; `USERDO`. */
	audience?: string;
	/** Whose user it is, for a Worker with the option `tenant`: `c.get("tenant")`. */
	tenant?: string;
}

/**
 * The object of that email address, with the authority of the server: for cron handlers, queues,
 * scripts. It asks for no session and may call `login`, `resetPassword` and the like, so never pass
 * it an address that a request merely claims; there {@link getUserDOFromContext} is the right one.
 *
 * @throws UserDOError `misconfigured` for a `tenant` that can't be one
 * @example
 * const userDO = getUserDO(env.MY_APP_DO, "ada@example.com", { audience: "MY_APP_DO" });
 * await userDO.createPost("Hello", "from the server");
 */
export function getUserDO<T extends UserDO = UserDO>(
	namespace: DurableObjectNamespace<T>,
	email: string,
	{ audience, tenant }: GetUserDOOptions = {},
): Remote<T> {
	const objects = namespace as unknown as ObjectNamespace;
	const name = objectName(email, tenant);
	return createStandIn<T>((steps) =>
		invoke(objects.get(objects.idFromName(name)), {
			authority: { kind: "server" },
			...(audience !== undefined && { audience }),
			...(tenant !== undefined && { tenant }),
			steps,
		}),
	);
}

/**
 * The signed-in user's own object, with the authority of the request's session. Every call is one
 * hop, in which the object first checks that the session still lives; a chain on a table
 * (`posts.where(...).limit(10).get()`) is one hop too. The base class's own methods for the server
 * only (`resetPassword`, `login` and the like) answer `forbidden`.
 *
 * It never throws itself. Its calls reject with a `UserDOError`: `unauthorized` without a session of
 * that binding, `forbidden` when the email is not the session's own, what the object refused with;
 * or with an error of your own, as your object threw it.
 *
 * @param email the session's own: `c.get("user").email`
 * @param binding the binding that the session was made for, which is also the default
 * @example
 * app.post("/api/posts", async (c) => {
 *   const user = c.get("user");
 *   if (!user) return c.json({ error: "Unauthorized" }, 401);
 *   const userDO = getUserDOFromContext<MyAppDO>(c, user.email, "MY_APP_DO");
 *   return c.json({ post: await userDO.createPost("Hello", "World") });
 * });
 */
export function getUserDOFromContext<E extends Env, Binding extends string>(
	c: Context<E>,
	email: string,
	binding: Binding,
): Remote<ObjectOf<E, Binding>>;
export function getUserDOFromContext<T extends UserDO = UserDO>(
	c: Context,
	email: string,
	binding?: string,
): Remote<T>;
export function getUserDOFromContext(c: Context, email: string, binding?: string): Remote<UserDO> {
	return createStandIn<UserDO>(async (steps) => {
		const state = findState(c);
		if (state === undefined || (binding ?? state.binding) !== state.binding) {
			throw new UserDOError("unauthorized");
		}
		const { email: own } = requireSession(state);
		// Mostly it is that very text, and to normalize one takes a while.
		if (email !== own && normalizeEmail(email) !== own) throw new UserDOError("forbidden");
		return callAsSession(c, state, steps);
	});
}

/** The class behind a binding, where the app's type knows it. */
export type ObjectOf<E extends Env, Binding extends string> = E extends {
	Bindings: { readonly [Name in Binding]: DurableObjectNamespace<infer T extends UserDO> };
}
	? T
	: UserDO;

/** Calls the signed-in user's object. */
export async function callAsSession(
	c: Context,
	state: RequestState,
	steps: InvokeCall["steps"],
): Promise<unknown> {
	const { id, sid } = requireSession(state);
	const call: InvokeCall = {
		authority: { kind: "session", sid },
		...describeProject(state),
		...describeClient(c),
		steps,
	};
	return forgetDeadSession(state, () =>
		invoke(getById(getNamespace(c.env, state.binding), id), call),
	);
}

/** Calls as the server, for what comes before a session: signing up and in, refreshing. */
export function callAsServer(
	c: Context,
	state: RequestState,
	/** The id of a verified token, or an email that shows by its password that it may. */
	target: { id: string } | { email: string },
	step: { name: string; args: unknown[] },
): Promise<unknown> {
	const { binding, tenant, knownDevice } = state;
	const namespace = getNamespace(c.env, binding);
	const stub =
		"id" in target
			? getById(namespace, target.id)
			: namespace.get(namespace.idFromName(objectName(target.email, tenant)));
	return invoke(stub, {
		authority: { kind: "server" },
		...describeProject(state),
		...(knownDevice !== undefined && { knownDevice }),
		...describeClient(c),
		steps: [step],
	});
}

/** Of what binding and tenant the tokens are. */
function describeProject({
	binding,
	tenant,
}: RequestState): Pick<InvokeCall, "audience" | "tenant"> {
	return { audience: binding, ...(tenant !== undefined && { tenant }) };
}

/** Runs a call of the session, which the request forgets when the object says that it is dead. */
export async function forgetDeadSession<R>(state: RequestState, call: () => Promise<R>) {
	try {
		return await call();
	} catch (error) {
		if (isUserDOError(error, "unauthorized")) {
			state.session = undefined;
			// What it was refreshed to is as dead.
			if (state.cookies === state.refreshed) delete state.cookies;
		}
		throw error;
	}
}

/** Only Cloudflare's edge sets CF-Connecting-IP; any other header of the kind is the client's word. */
function describeClient(c: Context): Pick<InvokeCall, "ip" | "userAgent"> {
	const ip = c.req.header("cf-connecting-ip");
	const userAgent = c.req.header("user-agent");
	return { ...(ip && { ip }), ...(userAgent && { userAgent: userAgent.slice(0, 256) }) };
}
