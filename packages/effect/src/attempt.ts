import { isUserDOError } from "@userdo/contracts/errors";
import { Effect } from "effect";
import { toFailure, type UserDOFailure } from "./failure.js";
import { type ObjectUnavailable, toObjectUnavailable } from "./object-unavailable.js";

/** What a call to a user's object, or of the client, fails with. */
export type CallFailure = UserDOFailure | ObjectUnavailable;

/**
 * A call that answers with a promise, as an effect: a `UserDOError` becomes a failure of its code,
 * what the platform says of an object that is lost or overloaded an {@link ObjectUnavailable}.
 * Anything else that is thrown is a defect.
 *
 * @param call gets a signal that is aborted when the effect is interrupted
 * @example
 * const user = attempt((signal) => client.login(email, password, { signal }));
 */
export function attempt<A>(
	call: (signal: AbortSignal) => PromiseLike<A>,
): Effect.Effect<A, CallFailure> {
	return Effect.tryPromise({ try: call, catch: (error) => error }).pipe(
		Effect.catch((error): Effect.Effect<never, CallFailure> => {
			if (isUserDOError(error)) return Effect.fail(toFailure(error));
			const unavailable = toObjectUnavailable(error);
			return unavailable === undefined ? Effect.die(error) : Effect.fail(unavailable);
		}),
	);
}
