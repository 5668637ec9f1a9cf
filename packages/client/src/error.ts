import type { ErrorBody, ErrorCode, ErrorIssue } from "@userdo/contracts/errors";

/** Of answers that carry no code: a proxy's, say. */
const codes: Record<number, ErrorCode> = {
	401: "unauthorized",
	403: "forbidden",
	404: "not_found",
	429: "rate_limited",
};

interface ErrorDetails {
	/** Text for the person. */
	message?: string | undefined;
	/** HTTP status; 0 unless it is given. */
	status?: number;
	issues?: readonly ErrorIssue[] | undefined;
	retryAfter?: number | undefined;
	requestId?: string | undefined;
	cause?: unknown;
}

/**
 * What every method rejects with, unless a signal ended the call. It is like the error of that name on
 * the server, but for the table of statuses and texts, which is large and stays there: the server's
 * answers bring them along.
 *
 * @example
 * try {
 *   await client.login(email, password);
 * } catch (error) {
 *   if (isUserDOError(error, "rate_limited")) wait(error.retryAfter);
 * }
 */
export class UserDOError extends Error {
	declare readonly name: "UserDOError";
	/** The server's. An endpoint of the app's own may have a code of its own. */
	declare readonly code: ErrorCode;
	/** HTTP status; 0 when no answer came. */
	declare readonly status: number;
	/** The fields at fault. */
	declare readonly issues?: readonly ErrorIssue[];
	/** Seconds until another try makes sense. */
	declare readonly retryAfter?: number;
	/** Finds the server's log line of an `internal_error`. */
	declare readonly requestId?: string;

	constructor(
		code: ErrorCode,
		{ message = `${code}`.replaceAll("_", " "), ...details }: ErrorDetails = {},
	) {
		super(message, details);
		Object.assign(this, { status: 0 }, details, { name: "UserDOError", code });
	}
}

/** Whether this is an error of UserDO (of that code, when one is named). */
export function isUserDOError<Code extends ErrorCode = ErrorCode>(
	error: unknown,
	code?: Code,
): error is UserDOError & { readonly code: Code } {
	const { name, code: found } = Object(error);
	return name === "UserDOError" && found === (code ?? found);
}

/** The error that an answer describes: one of ours, or whatever a proxy or an outage has answered. */
export function toError(body: unknown, status: number): UserDOError {
	const { error, code, ...details } = Object(body) as Partial<ErrorBody>;
	return new UserDOError(code ?? codes[status] ?? "internal_error", {
		...details,
		...(typeof error === "string" && { message: error }),
		status,
	});
}
