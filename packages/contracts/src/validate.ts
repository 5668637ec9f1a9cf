import * as z from "zod";
import { type ErrorIssue, UserDOError } from "./errors.js";

/**
 * The input as its schema gives it back.
 *
 * @throws UserDOError `invalid_input` naming every field at fault, and never its value
 */
export function validate<Schema extends z.ZodType>(
	schema: Schema,
	input: unknown,
): z.output<Schema> {
	const result = z.safeParse(schema, input);
	if (result.success) return result.data;
	throw new UserDOError("invalid_input", { issues: toIssues(result.error) });
}

/**
 * Whether Zod has found out, while it was using a schema, that it is asynchronous. Told by its text:
 * to name `z.core` as a value makes bundlers keep all of it, messages in every language too, and the
 * class of `zod/v4/core` may be that of another copy.
 */
export function isAsyncError(error: unknown): boolean {
	return (
		error instanceof Error && error.message.startsWith("Encountered Promise during synchronous")
	);
}

/** Zod's issues as ours: `{ path: "tags.0", message }`. */
export function toIssues(error: z.core.$ZodError): ErrorIssue[] {
	return error.issues.map(({ path, message }) => ({ path: path.join("."), message }));
}
