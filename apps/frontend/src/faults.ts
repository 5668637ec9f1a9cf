import { isUserDOError } from "@userdo/client";

/** What is wrong with what somebody entered. */
export interface Faults<Field extends string = string> {
	/** By field. */
	fields: Partial<Record<Field, string>>;
	/** About all of it, or about a field that the form does not have. */
	text?: string;
}

/** Where an error belongs in a form that has those fields. */
export function toFaults<Field extends string>(
	error: unknown,
	fields: readonly Field[],
): Faults<Field> {
	const faults: Faults<Field> = { fields: {} };
	const issues = (isUserDOError(error) && error.issues) || [];
	for (const { path, message } of issues) {
		// A write of a live collection is a batch of one: `operations.0.data.title`.
		const field = fields.find((name) => path === name || path.endsWith(`.${name}`));
		if (field) faults.fields[field] ??= message;
	}
	return Object.keys(faults.fields).length > 0 ? faults : { ...faults, text: errorText(error) };
}

/** What to tell the person about an error. */
export function errorText(error: unknown): string {
	if (!isUserDOError(error)) return "Something went wrong. Please try again.";
	switch (error.code) {
		case "network_error":
		case "timeout":
			return "The server can't be reached. Please try again.";
		case "conflict":
			return "This was changed in another window meanwhile.";
		case "rate_limited":
			return `Too many tries. Please wait ${duration(error.retryAfter ?? 60)}.`;
		default:
			return error.message;
	}
}

function duration(seconds: number): string {
	if (seconds > 90) return `${Math.ceil(seconds / 60)} minutes`;
	return seconds === 1 ? "a second" : `${seconds} seconds`;
}
