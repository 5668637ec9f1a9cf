import { UserDOError } from "@userdo/contracts/errors";
import type { Context, MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";

export interface LimitOptions {
	/** The largest body, in bytes. */
	maxBytes: number;
}

/**
 * Refuses a body that is too large, also one that comes in chunks and names no length.
 *
 * @throws UserDOError `payload_too_large`
 * @example
 * app.use("/api/upload", limits({ maxBytes: 1024 * 1024 }));
 */
export function limits({ maxBytes }: LimitOptions): MiddlewareHandler {
	return async (c, next) => {
		await checkLength(c, maxBytes);
		await next();
	};
}

/** @throws UserDOError `payload_too_large` */
export async function checkLength(c: Context, maxBytes: number): Promise<void> {
	const { raw } = c.req;
	// Where middleware has read it before, `readBytes` sees how large it was.
	if (raw.bodyUsed) return;
	const length = raw.headers.get("content-length");
	// By itself Hono asks for the stream first, which takes longer than all the rest here.
	if (length === null || raw.headers.has("transfer-encoding")) {
		if (raw.body === null) return;
		await bodyLimit({ maxSize: maxBytes, onError: refuse })(c, proceed);
	} else if (Number.parseInt(length, 10) > maxBytes && raw.body !== null) refuse();
}

function refuse(): never {
	throw new UserDOError("payload_too_large");
}

async function proceed(): Promise<void> {}
