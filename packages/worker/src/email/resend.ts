import { UserDOError } from "@userdo/contracts/errors";
import type { SendEmail } from "./options.js";

export interface ResendOptions {
	/** The API key itself, where it is at hand. */
	apiKey?: string;
	/**
	 * Else the name of the secret that holds it; `RESEND_API_KEY`. Set it by
	 * `wrangler secret put RESEND_API_KEY`.
	 */
	secret?: string;
	/** Where the API is; `https://api.resend.com`. */
	url?: string;
	/** Milliseconds until a try is given up; 10000. */
	timeout?: number;
}

/**
 * Sends through https://resend.com. A mail that is refused for being one too many a second, or by a
 * server in trouble, is tried once more; an idempotency key keeps it from arriving twice.
 *
 * @example
 * email: { from: "Example <hello@example.com>", baseUrl: "https://example.com", send: resend() }
 */
export function resend({
	apiKey,
	secret = "RESEND_API_KEY",
	url = "https://api.resend.com",
	timeout = 10_000,
}: ResendOptions = {}): SendEmail {
	return async (message, env) => {
		const key: unknown = apiKey ?? Reflect.get(Object(env), secret);
		if (typeof key !== "string" || key === "") {
			throw new UserDOError("misconfigured", { message: `${secret} is not set.` });
		}
		const headers = {
			authorization: `Bearer ${key}`,
			"content-type": "application/json",
			"idempotency-key": crypto.randomUUID(),
		};
		const body = JSON.stringify({ ...message, to: [message.to] });
		const attempt = () => post(`${url}/emails`, { headers, body }, timeout);
		const first = await attempt();
		if (first.ok) return;
		if (first.status !== 429 && first.status < 500) throw refused(first.status);
		await new Promise((resolve) => setTimeout(resolve, first.waitMs));
		const second = await attempt();
		if (!second.ok) throw refused(second.status);
	};
}

interface Outcome {
	ok: boolean;
	status: number;
	/** What the server asks to wait. */
	waitMs: number;
}

async function post(
	url: string,
	init: { headers: Record<string, string>; body: string },
	timeout: number,
): Promise<Outcome> {
	try {
		const signal = AbortSignal.timeout(timeout);
		const response = await fetch(url, { ...init, method: "POST", signal });
		// Not read: it may repeat the address. Cancelled, or its connection would stay open.
		await response.body?.cancel();
		const seconds = Number(response.headers.get("retry-after") ?? 1);
		const waitMs = Number.isFinite(seconds) ? Math.min(Math.max(seconds, 0), 5) * 1000 : 1000;
		return { ok: response.ok, status: response.status, waitMs };
	} catch {
		throw new UserDOError("internal_error", { message: "Resend could not be reached." });
	}
}

function refused(status: number): UserDOError {
	const message = `Resend did not take the mail (status ${status}).`;
	return new UserDOError("internal_error", { message });
}
