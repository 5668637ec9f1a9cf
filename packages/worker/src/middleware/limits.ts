import { UserDOError } from "@userdo/contracts/errors";
import type { MiddlewareHandler } from "hono";
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
	const limit = bodyLimit({
		maxSize: maxBytes,
		onError: () => {
			throw new UserDOError("payload_too_large");
		},
	});
	// Where middleware has read it before, `readBytes` sees how large it was.
	return (c, next) => (c.req.raw.bodyUsed ? next() : limit(c, next));
}
