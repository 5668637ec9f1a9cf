import { type ErrorIssue, isAsyncError, type Keys } from "@userdo/contracts";
import { UserDOError } from "@userdo/contracts/errors";
import * as z from "zod";

/**
 * What the key's schema makes of a value; the value itself where the key has none.
 *
 * @throws UserDOError `invalid_input` at `value` or in it; `misconfigured` for an asynchronous schema
 */
export function parseValue(keys: Keys | undefined, key: string, value: unknown): unknown {
	const schema = keys !== undefined && Object.hasOwn(keys, key) ? keys[key] : undefined;
	if (schema === undefined) return value;
	const result = parse(schema, key, value);
	if (result.success) return result.data;
	throw invalid(
		result.error.issues.map(({ path, message }) => ({
			path: ["value", ...path].join("."),
			message,
		})),
	);
}

function parse(schema: Keys[string], key: string, value: unknown) {
	try {
		return z.safeParse(schema, value);
	} catch (error) {
		if (isAsyncError(error)) {
			const message = "The schema of a key can't be asynchronous.";
			throw new UserDOError("misconfigured", { message, issues: [{ path: key, message }] });
		}
		// The stack overflowed: a recursive schema follows its input to any depth.
		if (error instanceof RangeError) {
			throw invalid([{ path: "value", message: "This is nested too deeply." }]);
		}
		throw error;
	}
}

function invalid(issues: ErrorIssue[]): UserDOError {
	return new UserDOError("invalid_input", { issues });
}
