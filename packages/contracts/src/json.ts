import * as z from "zod";
import { once } from "./once.js";
import { nameSchema } from "./schema-names.js";

type JsonValue = z.core.util.JSONType;

/**
 * Any JSON: what `z.json()` takes. That one gives each value a schema of its own, and is busy with a
 * body of 1 MiB for up to a second.
 */
export const getJsonSchema = /* @__PURE__ */ once(() =>
	nameSchema(
		z.unknown().refine((value) => isJson(value, 0), "This is no JSON.") as unknown as z.ZodType<
			JsonValue,
			JsonValue
		>,
		"Json",
	),
);

/** Of an answer, which is JSON in any case, so that nobody has to look. */
export const getStoredJsonSchema = /* @__PURE__ */ once(() => z.unknown() as z.ZodType<JsonValue>);

/** Deeper than any body may be; an object that holds itself has no end. */
const maxDepth = 1000;

function isJson(value: unknown, depth: number): boolean {
	if (value === null || typeof value === "string" || typeof value === "boolean") return true;
	if (typeof value === "number") return Number.isFinite(value);
	if (typeof value !== "object" || depth > maxDepth) return false;
	if (!Array.isArray(value) && !isPlain(value)) return false;
	for (const child of Object.values(value)) if (!isJson(child, depth + 1)) return false;
	// A list with holes has fewer values than its length says.
	return !Array.isArray(value) || Object.keys(value).length === value.length;
}

function isPlain(value: object): boolean {
	const prototype: unknown = Object.getPrototypeOf(value);
	return prototype === Object.prototype || prototype === null;
}
