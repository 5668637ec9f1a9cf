import { fromErrorBody, UserDOError } from "@userdo/contracts/errors";
import type { InvokeCall, InvokeResult, InvokeStep } from "@userdo/core";
import { queryMethods, type Remote } from "@userdo/core/remote";

/** The part of a Durable Object that this package calls. */
export interface ObjectStub {
	invoke(call: InvokeCall): Promise<InvokeResult>;
	fetch(request: Request): Promise<Response>;
}

/** The part of a namespace of user objects that this package calls. */
export interface ObjectNamespace {
	idFromName(name: string): DurableObjectId;
	idFromString(id: string): DurableObjectId;
	get(id: DurableObjectId): ObjectStub;
}

/** @throws UserDOError `misconfigured` when the environment has no such namespace */
export function getNamespace(env: object, binding: string): ObjectNamespace {
	const namespace: unknown = Reflect.get(env, binding);
	if (typeof Object(namespace).idFromName === "function") return namespace as ObjectNamespace;
	throw new UserDOError("misconfigured", {
		issues: [{ path: binding, message: `${binding} is not a Durable Object binding.` }],
	});
}

/** The object of an id out of a verified token. */
export function getById(namespace: ObjectNamespace, id: string): ObjectStub {
	let objectId: DurableObjectId;
	try {
		objectId = namespace.idFromString(id);
	} catch {
		// Signed by us, but for another namespace: the binding names another class by now.
		throw new UserDOError("unauthorized");
	}
	return namespace.get(objectId);
}

/**
 * Makes one call to the object.
 *
 * @throws UserDOError as the object refused, or the developer's own error with its name and message
 */
export async function invoke(stub: ObjectStub, call: InvokeCall): Promise<unknown> {
	const result = await stub.invoke(call);
	if (result.ok) return result.value;
	if ("error" in result) throw fromErrorBody(result.error);
	const { name, message } = result.thrown;
	throw Object.assign(new Error(message), { name });
}

/** Carries a chain to the object. */
export type Send = (steps: InvokeStep[]) => Promise<unknown>;

/**
 * Stands in for a user's object: it collects what is asked of it and sends it as one call. A method
 * of the object is sent when it is called; a chain on a table when a method is called that gives no
 * further query. A mere property is never sent.
 */
export function createStandIn<T>(send: Send): Remote<T> {
	return chain(send, []) as Remote<T>;
}

function chain(send: Send, steps: readonly InvokeStep[]): unknown {
	// A function, so that the chain can be called; an arrow function, since it has no own property
	// that the traps would have to be truthful about.
	return new Proxy(() => {}, {
		get: (_, name) => {
			if (typeof name === "symbol" || isAskedByTheLanguage(name)) return undefined;
			return chain(send, [...steps, { name }]);
		},
		set: () => false,
		apply: (_, __, args: unknown[]) => {
			const last = steps.at(-1);
			if (last === undefined || last.args !== undefined) throw new TypeError("This is no method.");
			const called = [...steps.slice(0, -1), { name: last.name, args }];
			const builds = called.length > 1 && queryMethods.includes(last.name);
			return builds ? chain(send, called) : send(called);
		},
	});
}

/** `await` looks for `then`, JSON.stringify for `toJSON`, a template string for `toString`. */
function isAskedByTheLanguage(name: string): boolean {
	return name === "then" || name === "toJSON" || name in Object.prototype;
}
