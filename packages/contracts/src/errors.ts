/**
 * Every error code of UserDO, with the HTTP status and the text that go with it. A text speaks to
 * the person in front of the app and never repeats what was sent.
 */
export const errorCodes = {
	invalid_input: { status: 400, message: "The input is not valid." },
	invalid_json: { status: 400, message: "The body is not valid JSON." },
	password_common: { status: 400, message: "This password is too easy to guess." },
	invalid_token: { status: 400, message: "The link is not valid or has expired." },
	unauthorized: { status: 401, message: "Please sign in." },
	invalid_credentials: { status: 401, message: "Email or password is wrong." },
	refresh_reused: { status: 401, message: "This session was ended for safety. Please sign in." },
	forbidden: { status: 403, message: "This is not allowed." },
	signup_not_allowed: { status: 403, message: "Sign-ups are not open to this address." },
	email_not_verified: { status: 403, message: "Please confirm your email address first." },
	cross_site: { status: 403, message: "Requests from this site are not allowed." },
	wrong_password: { status: 403, message: "The current password is wrong." },
	not_found: { status: 404, message: "Not found." },
	method_not_allowed: { status: 405, message: "This method is not allowed here." },
	conflict: { status: 409, message: "This conflicts with what is stored." },
	email_taken: { status: 409, message: "An account with this email exists already." },
	payload_too_large: { status: 413, message: "This is too large." },
	unsupported_media_type: { status: 415, message: "The content type must be application/json." },
	upgrade_required: { status: 426, message: "This address takes WebSocket connections only." },
	rate_limited: { status: 429, message: "Too many tries. Please wait a moment." },
	internal_error: { status: 500, message: "Something went wrong on our side." },
	misconfigured: { status: 500, message: "The server is not set up correctly." },
	timeout: { status: 0, message: "The server took too long to answer." },
	network_error: { status: 0, message: "The server can't be reached." },
} as const satisfies Record<string, { status: number; message: string }>;

/** A code of {@link errorCodes}. */
export type ErrorCode = keyof typeof errorCodes;

/** One thing wrong with an input: where (`user.name`, `tags.0`; empty for the whole) and what. */
export interface ErrorIssue {
	path: string;
	message: string;
}

export interface UserDOErrorOptions {
	/** Text for the person, instead of the code's own. */
	message?: string;
	/** The fields at fault. */
	issues?: readonly ErrorIssue[];
	/** Seconds until another try makes sense; also sent as `Retry-After`. */
	retryAfter?: number;
	/** Finds the log line of an `internal_error`. */
	requestId?: string;
	/** Kept on this side only: it never crosses HTTP or an RPC. */
	cause?: unknown;
}

/** An error as it stands in the body of an HTTP answer, in a socket's frame and in an RPC's result. */
export interface ErrorBody {
	/** Text for the person. */
	error: string;
	code: ErrorCode;
	issues?: readonly ErrorIssue[];
	/** Seconds. */
	retryAfter?: number;
	requestId?: string;
}

/**
 * The one error that UserDO throws. Test for it with {@link isUserDOError}: `instanceof` is false
 * for an error that came through a Durable Object's RPC. For the same reason all of it is own
 * fields, which survive the RPC; getters would not.
 *
 * @example
 * try {
 *   await client.login(email, password);
 * } catch (error) {
 *   if (isUserDOError(error, "rate_limited")) wait(error.retryAfter);
 * }
 */
export class UserDOError extends Error {
	override readonly name = "UserDOError";
	readonly code: ErrorCode;
	/** HTTP status; 0 when no answer came. */
	readonly status: number;
	declare readonly issues?: readonly ErrorIssue[];
	declare readonly retryAfter?: number;
	declare readonly requestId?: string;

	constructor(code: ErrorCode, options: UserDOErrorOptions = {}) {
		const { message = errorCodes[code].message, cause, issues, retryAfter, requestId } = options;
		super(message, cause === undefined ? undefined : { cause });
		this.code = code;
		this.status = errorCodes[code].status;
		if (issues !== undefined) this.issues = issues;
		if (retryAfter !== undefined) this.retryAfter = retryAfter;
		if (requestId !== undefined) this.requestId = requestId;
	}
}

/** Whether this is an error of UserDO (of that code, when one is named), also after an RPC. */
export function isUserDOError<Code extends ErrorCode = ErrorCode>(
	error: unknown,
	code?: Code,
): error is UserDOError & { readonly code: Code } {
	if (!(error instanceof Error) || error.name !== "UserDOError" || !("code" in error)) return false;
	return code === undefined ? isErrorCode(error.code) : error.code === code;
}

function isErrorCode(value: unknown): value is ErrorCode {
	return typeof value === "string" && Object.hasOwn(errorCodes, value);
}

/** The error's plain data: what may be shown to anybody. */
export function toErrorBody(error: UserDOError): ErrorBody {
	const { message, code, issues, retryAfter, requestId } = error;
	return {
		error: message,
		code,
		...(issues && { issues }),
		...(retryAfter !== undefined && { retryAfter }),
		...(requestId !== undefined && { requestId }),
	};
}

/**
 * The error that a body describes.
 *
 * @param body an {@link ErrorBody}, or anything else that a proxy or an outage answered
 * @param status the HTTP status that came with it; picks the code where the body has none
 */
export function fromErrorBody(body: unknown, status = 500): UserDOError {
	const { error, code, issues, retryAfter, requestId } = Object(body) as Partial<ErrorBody>;
	return new UserDOError(isErrorCode(code) ? code : codeOfStatus(status), {
		...(typeof error === "string" && { message: error }),
		...(Array.isArray(issues) && { issues }),
		...(typeof retryAfter === "number" && { retryAfter }),
		...(typeof requestId === "string" && { requestId }),
	});
}

/** The first code of that status; `internal_error` for one that no code has. */
export function codeOfStatus(status: number): ErrorCode {
	const codes = Object.keys(errorCodes) as ErrorCode[];
	return codes.find((code) => errorCodes[code].status === status) ?? "internal_error";
}
