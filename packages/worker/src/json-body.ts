import { UserDOError } from "@userdo/contracts/errors";
import type { HonoRequest } from "hono";
import { decodeText, isPlain, readBytes } from "./body.js";

/** Deeper than data of people is, and shallower than the stack of whoever walks it. */
const maxDepth = 100;

/**
 * The JSON of a request's body.
 *
 * @returns undefined when the body is empty
 * @throws UserDOError `unsupported_media_type`, `payload_too_large`, `invalid_json`
 */
export async function readJson(request: HonoRequest, maxBytes: number): Promise<unknown> {
	const type = request.raw.headers.get("content-type");
	const bytes = await readBytes(request, maxBytes);
	if (type === null && bytes.byteLength === 0) return undefined;
	if (!isJson(type) || !isPlain(request.raw)) {
		throw new UserDOError("unsupported_media_type");
	}
	if (bytes.byteLength === 0) return undefined;
	const text = decodeText(bytes);
	const value = text === undefined ? undefined : parseJson(text);
	if (value === undefined) throw new UserDOError("invalid_json");
	return value;
}

/**
 * The JSON of a text from outside; undefined where it is none, is nested too deep, holds a number that
 * is too large, or reaches for a prototype. The parser's own words quote the input, so nobody gets to see them.
 */
export function parseJson(text: string): unknown {
	try {
		const value: unknown = JSON.parse(text);
		return isSafe(value) ? value : undefined;
	} catch {
		return undefined;
	}
}

function isJson(type: string | null): boolean {
	return /^application\/json *(; *charset="?utf-8"? *)?$/i.test(type ?? "");
}

/**
 * Whether no key in it reaches for a prototype, its numbers are numbers, and it is not nested too deep.
 * No recursion here.
 */
function isSafe(root: unknown): boolean {
	let level: unknown[] = [root];
	for (let depth = 0; level.length > 0; depth++) {
		if (depth > maxDepth) return false;
		const next: unknown[] = [];
		for (const value of level) {
			// What is larger than any number, such as 1e400, is Infinity now.
			if (typeof value === "number" && !Number.isFinite(value)) return false;
			if (typeof value !== "object" || value === null) continue;
			if (Object.hasOwn(value, "__proto__") || hasPrototype(value)) return false;
			for (const child of Object.values(value)) next.push(child);
		}
		level = next;
	}
	return true;
}

function hasPrototype(value: object): boolean {
	if (!Object.hasOwn(value, "constructor")) return false;
	const own: unknown = value.constructor;
	return typeof own === "object" && Object.hasOwn(Object(own), "prototype");
}
