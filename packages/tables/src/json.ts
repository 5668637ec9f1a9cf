import { invalid } from "./errors.js";

/** Deeper values overflow the stack of whoever walks them next; SQLite itself stops at 1,000. */
const maxDepth = 256;

/**
 * The value as JSON text.
 *
 * @throws UserDOError `invalid_input` where JSON would give back another value: a Date, a Map, NaN,
 *   a hole in an array. `z.any()` and transforms let such values through.
 */
export function toJsonText(value: unknown, path: string): string {
	check(value, [path]);
	return JSON.stringify(value);
}

function check(value: unknown, path: (string | number)[]): void {
	if (path.length > maxDepth)
		throw invalid(path.slice(0, 4).join("."), "This is nested too deeply.");
	if (value === null || typeof value === "string" || typeof value === "boolean") return;
	if (typeof value === "number") {
		if (!Number.isFinite(value)) throw invalid(path.join("."), "JSON has no such number.");
	} else if (Array.isArray(value)) {
		// Not forEach: it passes over holes.
		for (let i = 0; i < value.length; i++) checkPart(value[i], i, path);
	} else if (isPlainObject(value)) {
		for (const [key, part] of Object.entries(value)) {
			// An absent property and an undefined one are the same to JSON.
			if (part !== undefined) checkPart(part, key, path);
		}
	} else throw invalid(path.join("."), "JSON can't keep this value.");
}

function checkPart(value: unknown, key: string | number, path: (string | number)[]): void {
	path.push(key);
	check(value, path);
	path.pop();
}

export function isPlainObject(value: unknown): value is Record<string, unknown> {
	if (typeof value !== "object" || value === null) return false;
	const prototype: unknown = Object.getPrototypeOf(value);
	return prototype === Object.prototype || prototype === null;
}
