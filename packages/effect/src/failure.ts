import { type ErrorCode, UserDOError, type UserDOErrorOptions } from "@userdo/contracts/errors";
import { Data, Effect } from "effect";

type Fields<Code extends ErrorCode> = { readonly _tag: Code; readonly code: Code } & Omit<
	UserDOError,
	"name" | "code"
>;

/** Has all that `isUserDOError` looks for, so that `onError` and `toErrorBody` take it as one. */
class Failure<Code extends ErrorCode> extends Data.Error<Fields<Code>> {
	override readonly name = "UserDOError";
}

/**
 * A `UserDOError` in the error channel, whose `_tag` is its code. Without a parameter it is the union
 * of all codes, so that `catchTag` and `catchTags` take codes out of it one by one. Where an effect
 * is run, the promise rejects with it, and the `onError` of a UserDO app answers it as any other.
 *
 * @example
 * const book = find(id).pipe(Effect.catchTag("not_found", () => Effect.succeed(undefined)));
 */
export type UserDOFailure<Code extends ErrorCode = ErrorCode> = Code extends ErrorCode
	? Failure<Code>
	: never;

/** The failure that stands for that error. */
export function toFailure<Code extends ErrorCode>(
	error: UserDOError & { readonly code: Code },
): UserDOFailure<Code> {
	const { code, status, message, issues, retryAfter, requestId, cause } = error;
	const failure = new Failure<Code>({
		_tag: code,
		code,
		status,
		message,
		...(issues !== undefined && { issues }),
		...(retryAfter !== undefined && { retryAfter }),
		...(requestId !== undefined && { requestId }),
		...(cause !== undefined && { cause }),
	});
	return failure as UserDOFailure<Code>;
}

/**
 * Fails with that code.
 *
 * @example
 * const user = user ? Effect.succeed(user) : fail("unauthorized");
 */
export function fail<Code extends ErrorCode>(
	code: Code,
	options?: UserDOErrorOptions,
): Effect.Effect<never, UserDOFailure<Code>> {
	return Effect.suspend(() =>
		Effect.fail(toFailure(new UserDOError(code, options) as UserDOError & { readonly code: Code })),
	);
}
