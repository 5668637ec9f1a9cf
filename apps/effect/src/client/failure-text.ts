import type { CallFailure } from "@userdo/effect";

/** What to tell the person. */
export function failureText(failure: CallFailure): string {
	switch (failure._tag) {
		case "network_error":
		case "timeout":
			return "The server can't be reached. Please try again.";
		case "rate_limited":
			return `Too many tries. Please wait ${failure.retryAfter ?? 60} seconds.`;
		default:
			return failure.message;
	}
}
