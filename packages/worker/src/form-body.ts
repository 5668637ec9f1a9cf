import { UserDOError } from "@userdo/contracts/errors";
import type { HonoRequest } from "hono";
import { decodeText, isPlain, readBytes } from "./body.js";

/** Whether the body is what an HTML form sends unless it says otherwise. */
export function isForm(request: Request): boolean {
	const type = request.headers.get("content-type") ?? "";
	const pattern = /^application\/x-www-form-urlencoded *(; *charset="?utf-8"? *)?$/i;
	return pattern.test(type) && isPlain(request);
}

/**
 * The fields of a form. Not by `formData()`, which puts U+FFFD where the bytes are no text: two
 * passwords would be one.
 *
 * @throws UserDOError `payload_too_large`; `invalid_input` for a field that stands there twice, too
 */
export async function readForm(
	request: HonoRequest,
	maxBytes: number,
): Promise<Record<string, string>> {
	const text = decodeText(await readBytes(request, maxBytes));
	if (text === undefined) throw refuse("This is no form.");
	const fields = new Map<string, string>();
	for (const pair of text.split("&").filter((part) => part !== "")) {
		const end = pair.includes("=") ? pair.indexOf("=") : pair.length;
		const name = decodePart(pair.slice(0, end));
		// Readers disagree on which of two counts.
		if (fields.has(name)) throw refuse("A field stands twice in the form.");
		fields.set(name, decodePart(pair.slice(end + 1)));
	}
	return Object.fromEntries(fields);
}

function decodePart(text: string): string {
	try {
		return decodeURIComponent(text.replaceAll("+", " "));
	} catch {
		throw refuse("This is no form.");
	}
}

function refuse(message: string): UserDOError {
	return new UserDOError("invalid_input", { issues: [{ path: "", message }] });
}
