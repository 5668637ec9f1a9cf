import { type ErrorBody, isUserDOError, toErrorBody, UserDOError } from "@userdo/contracts/errors";
import { type AnyTable, queryMethods, tableMethods } from "@userdo/tables";
import type { CallContext } from "./auth/auth-types.js";
import { hookNames } from "./auth/hooks.js";
import type { Sessions } from "./auth/sessions.js";
import { isTableGroup } from "./collections.js";

/** Who is calling: a signed-in user's session, or the server itself. */
export type InvokeAuthority = { kind: "session"; sid: string } | { kind: "server" };

/** One link of a chain: a property, or with `args` a call. */
export interface InvokeStep {
	name: string;
	args?: unknown[];
}

/** A call as it travels: `posts.where(a, b, c).get()` is three steps in one hop. */
export interface InvokeCall {
	authority: InvokeAuthority;
	/** `aud` of tokens made or checked in this call: the binding's name. */
	audience?: string;
	/** Whose user the object is, where users belong to tenants; part of its name and of `aud`. */
	tenant?: string;
	/** The client's address, for throttling. */
	ip?: string;
	userAgent?: string;
	/** Whether this user is signed in on the device that calls. */
	knownDevice?: boolean;
	steps: readonly InvokeStep[];
}

/** What came of a call. `thrown` is an error of the developer's own code. */
export type InvokeResult =
	| { ok: true; value: unknown }
	| { ok: false; error: ErrorBody }
	| { ok: false; thrown: { name: string; message: string } };

type Callable = (...args: unknown[]) => unknown;

interface BaseMethod {
	/** Whether a mere session may call it. */
	session: boolean;
	/** How many arguments the caller may give before the call's context, for methods that take it. */
	before?: number;
}

/**
 * What may be called of the base class, and by whom. `resetPassword` and `eraseAccount` ask for no
 * password, so a session, which may be stolen, must never reach them.
 */
const baseMethods: Readonly<Record<string, BaseMethod>> = {
	getUser: { session: true },
	get: { session: true },
	set: { session: true },
	delete: { session: true },
	list: { session: true },
	getEntries: { session: true },
	listRows: { session: true },
	countRows: { session: true },
	getRow: { session: true },
	runOperation: { session: true },
	runBatch: { session: true },
	exportData: { session: true, before: 0 },
	listSessions: { session: true, before: 0 },
	revokeSession: { session: true },
	revokeOtherSessions: { session: true, before: 0 },
	changePassword: { session: true, before: 1 },
	deleteAccount: { session: true, before: 1 },
	logout: { session: true, before: 0 },
	signup: { session: false, before: 1 },
	startSignup: { session: false, before: 1 },
	createEmailVerification: { session: false, before: 0 },
	confirmEmail: { session: true, before: 1 },
	login: { session: false, before: 1 },
	isKnownDevice: { session: false },
	verifyToken: { session: false, before: 1 },
	refreshToken: { session: false, before: 1 },
	resetPassword: { session: false },
	eraseAccount: { session: false },
	createPasswordReset: { session: false, before: 0 },
	confirmPasswordReset: { session: false, before: 1 },
	countLimit: { session: false },
	forgetLimit: { session: false },
	keepLimit: { session: false },
};

export interface InvokeTarget {
	/** The prototype at which the developer's classes end. */
	base: object;
	tables: ReadonlyMap<string, AnyTable>;
	sessions: Sessions;
}

/** Runs a call on the object. Never rejects: what went wrong is in the result. */
export async function dispatch(
	object: object,
	call: InvokeCall,
	target: InvokeTarget,
): Promise<InvokeResult> {
	try {
		const { authority } = call;
		if (authority.kind === "session") target.sessions.require(authority.sid);
		return { ok: true, value: await run(object, call, target) };
	} catch (error) {
		if (isUserDOError(error)) return { ok: false, error: toErrorBody(error) };
		return { ok: false, thrown: describe(error) };
	}
}

/** What was thrown may be anything, even what has no text. */
function describe(error: unknown): { name: string; message: string } {
	if (error instanceof Error) return { name: error.name, message: error.message };
	return { name: "Error", message: typeof error === "string" ? error : "no error was thrown" };
}

function run(object: object, call: InvokeCall, { base, tables }: InvokeTarget): unknown {
	const [head, ...rest] = call.steps;
	if (head === undefined) throw unknownMethod("");
	if (head.args === undefined) return runOnTable(object, [head, ...rest], tables);
	if (rest.length > 0) throw unknownMethod(rest[0]?.name ?? "");
	const method: Callable = Reflect.get(object, head.name);
	const known = Object.hasOwn(baseMethods, head.name) ? baseMethods[head.name] : undefined;
	if (known === undefined && !developerMethods(object, base).has(head.name)) {
		throw unknownMethod(head.name);
	}
	if (known?.session === false && call.authority.kind === "session") {
		throw new UserDOError("forbidden");
	}
	const args = known?.before === undefined ? head.args : withContext(head.args, known.before, call);
	return method.apply(object, args);
}

/** The context has its own place, which no argument of the caller can take. */
function withContext(args: unknown[], before: number, call: InvokeCall): unknown[] {
	return [...Array.from({ length: before }, (_, index) => args[index]), toContext(call)];
}

function toContext(call: InvokeCall): CallContext {
	const { authority, audience, tenant, ip, userAgent, knownDevice } = call;
	const sid = authority.kind === "session" ? authority.sid : undefined;
	return { sid, audience, tenant, ip, userAgent, knownDevice };
}

/** A chain on a table, which is the object's own or one of those that `tables()` has declared. */
function runOnTable(
	owner: object,
	[head, ...rest]: readonly [InvokeStep, ...InvokeStep[]],
	tables: InvokeTarget["tables"],
): unknown {
	// Not read: the caller chooses the name, and `db` is a getter.
	const found: unknown = Reflect.getOwnPropertyDescriptor(owner, head.name)?.value;
	for (const known of tables.values()) if (known === found) return runChain(known, head, rest);
	const [next, ...others] = rest;
	if (!isTableGroup(found) || next?.args !== undefined || next === undefined) {
		throw unknownMethod(head.name);
	}
	return runOnTable(found, [next, ...others], tables);
}

/** `where`, `orderBy` and so on give a query, on which the next step goes on; the last must not. */
function runChain(table: AnyTable, { name }: InvokeStep, steps: readonly InvokeStep[]): unknown {
	let value: unknown = table;
	for (const [index, step] of steps.entries()) {
		const last = index === steps.length - 1;
		const builds = queryMethods.includes(step.name);
		const method = tableMethods.includes(step.name) && Reflect.get(Object(value), step.name);
		if (typeof method !== "function" || step.args === undefined || builds === last) {
			throw unknownMethod(`${name}.${step.name}`);
		}
		value = method.apply(value, step.args);
	}
	if (steps.length === 0) throw unknownMethod(name);
	return value;
}

const methodsByClass = new WeakMap<object, ReadonlySet<string>>();
/** Those the runtime calls; nobody else may. */
const handlers = new Set(["constructor", "fetch", "alarm"]);

/** The public methods of the classes between the object and UserDO, by name. */
function developerMethods(object: object, base: object): ReadonlySet<string> {
	const start = Object.getPrototypeOf(object);
	const found = methodsByClass.get(start);
	if (found !== undefined) return found;
	const names = new Set<string>();
	for (let at = start; at !== null && at !== base; at = Object.getPrototypeOf(at)) {
		for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(at))) {
			const hidden =
				handlers.has(name) ||
				hookNames.has(name) ||
				name.startsWith("_") ||
				name.startsWith("webSocket");
			if (typeof value === "function" && !hidden && !(name in base)) names.add(name);
		}
	}
	methodsByClass.set(start, names);
	return names;
}

function unknownMethod(path: string): UserDOError {
	return new UserDOError("not_found", {
		message: "There is no such method.",
		issues: [{ path, message: "This is no public method of the object." }],
	});
}
