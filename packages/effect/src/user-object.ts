import { type Duration, Effect } from "effect";
import { attempt, type CallFailure } from "./attempt.js";
import { fail } from "./failure.js";
import { retryLost } from "./retry-lost.js";

export interface ObjectCallOptions {
	/**
	 * It only reads, or can be done twice: where the object was lost it is tried again. Otherwise it
	 * is sent once, and when it is lost or times out nobody knows whether it was done.
	 */
	idempotent?: boolean;
	/** How long it may take with all its tries, before it fails with `timeout`; 10 seconds. */
	timeout?: Duration.Input;
}

/** A user's object whose calls are effects. `T` is what `getUserDOFromContext` returns. */
export interface UserObject<T> {
	/** Makes one call: of a method, or a chain on a table. */
	call<A>(
		send: (userDO: T) => PromiseLike<A>,
		options?: ObjectCallOptions,
	): Effect.Effect<A, CallFailure>;
}

/**
 * Wraps a user's object, for a service of your own.
 *
 * @param open called once for each try, since a stub whose call was lost stays broken
 * @param defaults `timeout` of the calls that say none
 * @example
 * class Shelf extends Context.Service<Shelf, UserObject<Remote<MyAppDO>>>()("app/Shelf") {}
 *
 * const shelf = makeUserObject(() => getUserDOFromContext<MyAppDO>(c, user.email));
 * const books = shelf.call((userDO) => userDO.books.get(), { idempotent: true });
 */
export function makeUserObject<T>(
	open: () => T,
	defaults: Pick<ObjectCallOptions, "timeout"> = {},
): UserObject<T> {
	return {
		call(send, { idempotent = false, timeout = defaults.timeout ?? "10 seconds" } = {}) {
			const once = attempt(() => send(open()));
			return (idempotent ? retryLost(once) : once).pipe(
				Effect.timeoutOrElse({ duration: timeout, orElse: () => fail("timeout") }),
				// What is sent is in no span.
				Effect.withSpan("UserDO.call", { kind: "client", attributes: { idempotent } }),
			);
		},
	};
}
