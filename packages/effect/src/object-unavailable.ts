import { Data } from "effect";

/**
 * The platform could not reach the object, or lost it during the call: what was asked for may or may
 * not have been done. Where the runtime was sure that the object had not seen the call, it has tried
 * again by itself before.
 *
 * https://developers.cloudflare.com/durable-objects/best-practices/error-handling/
 */
export class ObjectUnavailable extends Data.TaggedError("ObjectUnavailable")<{
	readonly message: string;
	/** Trying again makes sense, if what is asked for can be done twice. */
	readonly retryable: boolean;
	/** More is asked of the object than it can do; another try would add to that. */
	readonly overloaded: boolean;
	readonly cause: unknown;
}> {}

/** Undefined for an error that does not come from the platform. */
export function toObjectUnavailable(error: unknown): ObjectUnavailable | undefined {
	if (!(error instanceof Error)) return undefined;
	const has = (flag: string) => Reflect.get(error, flag) === true;
	const [overloaded, retryable, reset] = ["overloaded", "retryable", "durableObjectReset"].map(has);
	if (!overloaded && !retryable && !reset) return undefined;
	return new ObjectUnavailable({
		message: overloaded ? "The object is overloaded." : "The connection to the object was lost.",
		retryable: retryable === true && !overloaded,
		overloaded: overloaded === true,
		cause: error,
	});
}
