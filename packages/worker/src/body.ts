import { UserDOError } from "@userdo/contracts/errors";
import type { HonoRequest } from "hono";

/**
 * By way of Hono, which keeps a body: middleware may have read it to check its signature.
 *
 * @throws UserDOError `payload_too_large`: a length header that lies has passed the middleware
 */
export async function readBytes(request: HonoRequest, maxBytes: number): Promise<ArrayBuffer> {
	const bytes = await request.arrayBuffer();
	if (bytes.byteLength > maxBytes) throw new UserDOError("payload_too_large");
	return bytes;
}

/** Whether the body is not compressed. */
export function isPlain({ headers }: Request): boolean {
	return (headers.get("content-encoding") ?? "identity").toLowerCase() === "identity";
}

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false });

/** Undefined where the bytes are no UTF-8. */
export function decodeText(bytes: ArrayBuffer): string | undefined {
	try {
		return decoder.decode(bytes);
	} catch {
		return undefined;
	}
}
