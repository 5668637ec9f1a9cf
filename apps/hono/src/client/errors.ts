import { isUserDOError } from "userdo/client";

/** What to tell the person about an error. */
export function errorText(error: unknown): string {
	if (!isUserDOError(error)) return "Something went wrong. Please try again.";
	if (error.code === "network_error") return "The server can't be reached. Please try again.";
	if (error.retryAfter !== undefined) {
		return `Too many tries. Please wait ${seconds(error.retryAfter)}.`;
	}
	return error.message;
}

function seconds(count: number): string {
	if (count > 90) return `${Math.ceil(count / 60)} minutes`;
	return count === 1 ? "a second" : `${count} seconds`;
}
