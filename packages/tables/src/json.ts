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
	check(value, path, 0);
	return JSON.stringify(value);
}

function check(value: unknown, path: string, depth: number): void {
	if (depth > maxDepth) throw invalid(path, "This is nested too deeply.");
	if (value === null || typeof value === "string" || typeof value === "boolean") return;
	if (typeof value === "number") {
		if (!Number.isFinite(value)) throw invalid(path, "JSON has no such number.");
		return;
	}
	if (Array.isArray(value)) {
		// Not forEach: it passes over holes.
		for (let i = 0; i < value.length; i++) check(value[i], `${path}.${i}`, depth + 1);
		return;
	}
	if (!isPlainObject(value)) throw invalid(path, "JSON can't keep this value.");
	for (const [key, entry] of Object.entries(value)) {
		// An absent property and an undefined one are the same to JSON.
		if (entry !== undefined) check(entry, `${path}.${key}`, depth + 1);
	}
}

export function isPlainObject(value: unknown): value is Record<string, unknown> {
	if (typeof value !== "object" || value === null) return false;
	const prototype: unknown = Object.getPrototypeOf(value);
	return prototype === Object.prototype || prototype === null;
}
