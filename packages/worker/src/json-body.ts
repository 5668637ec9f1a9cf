import { UserDOError } from "@userdo/contracts/errors";

/** Deeper than data of people is, and shallower than the stack of whoever walks it. */
const maxDepth = 100;

/**
 * The JSON of a request's body.
 *
 * @returns undefined when the body is empty
 * @throws UserDOError `unsupported_media_type`, `payload_too_large`, `invalid_json`
 */
export async function readJson(request: Request, maxBytes: number): Promise<unknown> {
	const type = request.headers.get("content-type");
	const bytes = await request.arrayBuffer();
	// A length header that lies has passed the middleware.
	if (bytes.byteLength > maxBytes) throw new UserDOError("payload_too_large");
	if (type === null && bytes.byteLength === 0) return undefined;
	if (!isJson(type) || !isPlain(request.headers.get("content-encoding"))) {
		throw new UserDOError("unsupported_media_type");
	}
	if (bytes.byteLength === 0) return undefined;
	const text = decode(bytes);
	const value = text === undefined ? undefined : parseJson(text);
	if (value === undefined) throw new UserDOError("invalid_json");
	return value;
}

/**
 * The JSON of a text from outside; undefined where it is none, is nested too deep, or reaches for a
 * prototype. The parser's own words quote the input, so nobody gets to see them.
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

function isPlain(encoding: string | null): boolean {
	return encoding === null || encoding.toLowerCase() === "identity";
}

function decode(bytes: ArrayBuffer): string | undefined {
	try {
		return new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes);
	} catch {
		return undefined;
	}
}

/** Whether no key in it reaches for a prototype and it is not nested too deep. No recursion here. */
function isSafe(root: unknown): boolean {
	let level: unknown[] = [root];
	for (let depth = 0; level.length > 0; depth++) {
		if (depth > maxDepth) return false;
		const next: unknown[] = [];
		for (const value of level) {
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
