import type { Context } from "hono";
import { type ErrorCode, readFormError, type UserDOError } from "userdo";
import { errorText } from "./error-text.js";

/** What a page says of a form that was refused. */
export interface FormErrors {
	/** By the field's name. */
	fields: Partial<Record<string, string>>;
	alert?: string;
}

/** Fields that an error is about by its nature. */
const fieldOf: Partial<Record<ErrorCode, string>> = { email_taken: "email" };

/** An address of a page tells which field is at fault, and not why. */
const faults: Partial<Record<string, string>> = {
	email: "Enter an email address, such as name@example.com.",
	password: "A password has 8 to 256 characters.",
	newPassword: "A password has 8 to 256 characters.",
	oldPassword: "Enter the password that you have.",
};

/**
 * Why the form of this page was refused.
 *
 * @param names the fields of the form: errors of others are told above it
 * @param form which form of the page it is, where there are several
 */
export function readFormErrors(c: Context, names: string[], form?: string): FormErrors {
	const error = readFormError(c);
	if (error === undefined || c.req.query("form") !== form) return { fields: {} };
	return toFormErrors(error, names);
}

function toFormErrors(error: UserDOError, names: string[]): FormErrors {
	const paths = [...(error.issues ?? []).map(({ path }) => path), fieldOf[error.code] ?? ""];
	const known = paths.filter((path) => names.includes(path));
	if (known.length === 0) return { fields: {}, alert: errorText(error) };
	const isInput = error.code === "invalid_input";
	const textOf = (path: string) => (isInput ? faults[path] : undefined) ?? error.message;
	return { fields: Object.fromEntries(known.map((path) => [path, textOf(path)])) };
}

/** Of a note: the schema's own texts, since the form is shown again at once. */
export function toDraftErrors({ issues = [] }: UserDOError): FormErrors {
	return { fields: Object.fromEntries(issues.map(({ path, message }) => [path, message])) };
}
