import { UserDOError } from "@userdo/contracts/errors";
import type { SendEmail } from "./options.js";

export interface CloudflareEmailOptions {
	/** The name of the `send_email` binding; `EMAIL`. */
	binding?: string;
}

/** The part of a `send_email` binding that this sender calls. */
interface EmailBinding {
	send(message: {
		from: string | { name: string; email: string };
		to: string;
		subject: string;
		text: string;
		html?: string;
	}): Promise<unknown>;
}

/**
 * Sends through Cloudflare's Email Service, by a `send_email` binding in `wrangler.jsonc`:
 * `"send_email": [{ "name": "EMAIL" }]`. The sender's domain must be set up there.
 *
 * @example
 * email: { from: "hello@example.com", baseUrl: "https://example.com", send: cloudflareEmail() }
 */
export function cloudflareEmail({ binding = "EMAIL" }: CloudflareEmailOptions = {}): SendEmail {
	return async ({ from, ...message }, env) => {
		const found: unknown = Reflect.get(Object(env), binding);
		if (!isEmailBinding(found)) {
			const message = `${binding} is not a send_email binding.`;
			throw new UserDOError("misconfigured", { message });
		}
		try {
			await found.send({ ...message, from: parseSender(from) });
		} catch (error) {
			// Its own message may name the address.
			const message = `Cloudflare did not take the mail${readCode(error)}.`;
			throw new UserDOError("internal_error", { message });
		}
	};
}

function isEmailBinding(value: unknown): value is EmailBinding {
	return typeof Object(value).send === "function";
}

/** The binding takes no `Example <hello@example.com>`. */
function parseSender(from: string): string | { name: string; email: string } {
	const [, name, email] = /^\s*"?(.*?)"?\s*<([^<>]+)>\s*$/.exec(from) ?? [];
	return name && email ? { name, email } : from;
}

/** `E_RATE_LIMIT_EXCEEDED` and the like. */
function readCode(error: unknown): string {
	const code: unknown = Reflect.get(Object(error), "code");
	return typeof code === "string" && /^[A-Z_]{1,64}$/.test(code) ? ` (${code})` : "";
}
