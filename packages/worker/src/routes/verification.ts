import { authEndpoints } from "@userdo/contracts";
import { isUserDOError } from "@userdo/contracts/errors";
import type { PendingSignup, SignedIn } from "@userdo/core";
import { loadTokenKeys, verifyToken } from "@userdo/core/tokens";
import type { Context } from "hono";
import type { AuthLimits } from "../auth-limits.js";
import { getState, type RequestState, requireSession, type UserDOEnv } from "../context.js";
import { findSender, inBackground, mailLink, mailNotice, requireSender } from "../email/mailer.js";
import type { EmailLinkOptions, EmailOptions } from "../email/options.js";
import { serveEndpoint } from "../endpoint.js";
import { onError } from "../errors.js";
import { callAsServer, callAsSession } from "../get-user-do.js";
import { Hono } from "../hono.js";
import { type Reply, reply } from "../reply.js";

export interface VerificationRoutesOptions {
	email?: EmailOptions | EmailLinkOptions;
	limits: AuthLimits;
	maxBytes: number;
}

/** `POST /api/email-verification/request` and `confirm`. */
export function verificationRoutes({
	email,
	limits,
	maxBytes,
}: VerificationRoutesOptions): Hono<UserDOEnv> {
	const app = new Hono<UserDOEnv>();
	app.onError(onError);

	serveEndpoint(app, authEndpoints, "POST /api/email-verification/request", {
		maxBytes,
		handle: async (c) => {
			// Asks whether the session lives; the next call has the server's authority, and must not be
			// the session's own: its answer is the token.
			await callAsSession(c, getState(c), [{ name: "getUser", args: [] }]);
			const { id, email: to } = requireSession(getState(c));
			const sender = requireSender(c, email, "verification");
			if (sender !== undefined && (await limits.allowsMail(c, "verify", to))) {
				await inBackground(c, async () => {
					const isSent = await mailVerification(c, sender, { id, to });
					if (!isSent) await limits.returnMail(c, "verify", to);
				});
			}
			return { ok: true };
		},
	});

	serveEndpoint(app, authEndpoints, "POST /api/email-verification/confirm", {
		maxBytes,
		before: (c) => limits.network(c, "confirm"),
		handle: async (c, { body }) => {
			const state = getState(c);
			const keys = await loadTokenKeys(c.env);
			const { sub, email: to } = await verifyToken(keys, "verify", body.token, state.audience);
			const step = { name: "confirmEmail", args: [body] };
			if (state.session?.id === sub && (await tryAsSession(c, state, step))) return { ok: true };
			const confirm = () => callAsServer(c, state, { id: sub }, step);
			await (body.password === undefined ? confirm() : limits.password(c, to, confirm));
			return { ok: true };
		},
	});

	return app;
}

/** False where the session has ended, which the token alone could not tell. */
async function tryAsSession(
	c: Context,
	state: RequestState,
	step: { name: string; args: unknown[] },
): Promise<boolean> {
	try {
		await callAsSession(c, state, [step]);
		return true;
	} catch (error) {
		if (isUserDOError(error, "unauthorized")) return false;
		throw error;
	}
}

/**
 * Signs somebody up and mails what belongs to it. An answer instead of tokens says that the rest is
 * in a mail; it is the same whether the address is free or taken.
 */
export async function startSignup(
	c: Context<UserDOEnv>,
	{ email, limits }: { email: EmailOptions | EmailLinkOptions | undefined; limits: AuthLimits },
	credentials: { email: string; password: string },
): Promise<SignedIn | Reply<202, { user: null; verification: "sent" }>> {
	const state = getState(c);
	const step = { name: "startSignup", args: [credentials] };
	const result = await callAsServer(c, state, credentials, step);
	const signup = result as SignedIn | PendingSignup;
	if (signup.user !== null) {
		const { id, email: to } = signup.user;
		const sender = findSender(c, email);
		if (sender && (await limits.allowsMail(c, "verify", to))) {
			await inBackground(c, async () => void (await mailVerification(c, sender, { id, to })));
		}
		return signup as SignedIn;
	}
	const { mail } = signup;
	const to = credentials.email;
	const sender = requireSender(c, email, "verification");
	if (sender !== undefined && mail.kind === "confirm") {
		const { token } = mail;
		await inBackground(c, () => mailLink(c, sender, { kind: "emailVerification", to, token }));
	}
	if (sender !== undefined && mail.kind === "taken") {
		await inBackground(c, () => mailNotice(c, sender, { kind: "signupAttempt", to }));
	}
	return reply(202, { user: null, verification: "sent" });
}

async function mailVerification(
	c: Context<UserDOEnv>,
	email: EmailOptions,
	{ id, to }: { id: string; to: string },
): Promise<boolean> {
	const step = { name: "createEmailVerification", args: [] };
	const created = await callAsServer(c, getState(c), { id }, step);
	const { token } = created as { token: string | null };
	if (token === null) return false;
	await mailLink(c, email, { kind: "emailVerification", to, token });
	return true;
}
