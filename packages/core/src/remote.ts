import type { AnyTable, RemoteTable, Table } from "@userdo/tables";
import type { Hooks } from "./auth/hooks.js";

export { queryMethods } from "@userdo/tables/methods";
// What a Worker needs to reach an object, apart from the class: a Worker that holds no object of its
// own must not carry one.
export { networkOf } from "./network.js";

/** The header in which the Worker says whose socket an upgrade is. It never comes from outside. */
export const sessionHeader = "x-userdo-session";

/**
 * A user's object as a Worker sees it: its methods answer with promises, and a chain on one of its
 * tables (`posts.where(...).limit(10).get()`) travels as one call when its last method is called.
 */
export type Remote<T> = {
	readonly [Name in keyof T as Name extends Hidden
		? never
		: T[Name] extends AnyTable | Callable | TableGroup
			? Name
			: never]: T[Name] extends AnyTable
		? ToRemoteTable<T[Name]>
		: T[Name] extends Callable
			? (...args: RemoteArgs<Name, Parameters<T[Name]>>) => Promise<Awaited<ReturnType<T[Name]>>>
			: { readonly [Table in keyof T[Name]]: ToRemoteTable<T[Name][Table]> };
};

type ToRemoteTable<T> =
	T extends Table<infer Row, infer Input, infer Relations>
		? RemoteTable<Row, Input, Relations>
		: never;

/** What `tables()` returns. */
type TableGroup = Readonly<Record<string, AnyTable>>;

type Callable = (...args: never[]) => unknown;

/** What the runtime or the object itself calls, and what carries all other calls. */
type Hidden =
	| "fetch"
	| "alarm"
	| "invoke"
	| "countLimit"
	| "forgetLimit"
	| "keepLimit"
	| keyof Hooks
	| `webSocket${string}`
	| `_${string}`;

/** Methods of the base class that take the call's context last, which the Worker fills in. */
type RemoteArgs<Name, Args extends unknown[]> = Name extends
	| "logout"
	| "createPasswordReset"
	| "createEmailVerification"
	| "exportData"
	| "listSessions"
	| "revokeOtherSessions"
	? []
	: Name extends
				| "signup"
				| "startSignup"
				| "confirmEmail"
				| "login"
				| "verifyToken"
				| "refreshToken"
				| "changePassword"
				| "deleteAccount"
				| "confirmPasswordReset"
		? [Args[0]]
		: Args;
