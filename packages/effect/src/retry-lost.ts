import { Effect, Schedule } from "effect";
import { ObjectUnavailable } from "./object-unavailable.js";

// The runtime has made up to five attempts already where it could be sure that none was seen, so
// these are few: after about 100, 200 and 400 ms.
const schedule = Schedule.exponential("100 millis").pipe(
	Schedule.jittered,
	Schedule.upTo({ times: 3 }),
);

/**
 * Tries again, at most three times, while the object is lost and another try makes sense; never
 * where it is overloaded. Only for what can be done twice.
 */
export function retryLost<A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> {
	return Effect.retry(effect, { schedule, while: isLost });
}

function isLost(error: unknown): boolean {
	return error instanceof ObjectUnavailable && error.retryable;
}
