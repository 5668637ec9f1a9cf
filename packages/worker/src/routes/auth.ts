import { authEndpoints } from "@userdo/contracts";
import { isUserDOError, UserDOError } from "@userdo/contracts/errors";
import type { SignedIn } from "@userdo/core";
import { loadTokenKeys, verifyToken } from "@userdo/core/tokens";
import type { Context } from "hono";
import { decodeJwt } from "jose";
import { AuthLimits, type RateLimits } from "../auth-limits.js";
import { getState, type RequestState, type UserDOEnv } from "../context.js";
import { inBackground, mailLink, mailPasswordChanged, requireSender } from "../email/mailer.js";
import { checkEmailOptions, type EmailLinkOptions, type EmailOptions } from "../email/options.js";
import { serveEndpoint } from "../endpoint.js";
import { onError } from "../errors.js";
import { callAsServer, callAsSession } from "../get-user-do.js";
import { Hono } from "../hono.js";
import { exchange, refresh } from "../middleware/session.js";
import { Reply } from "../reply.js";
import { devMailboxRoute } from "./dev-mailbox.js";
import { startSignup, verificationRoutes } from "./verification.js";

/** A request header: `x-userdo-tokens: body` asks for tokens in the body instead of cookies. */
const tokensHeader = "x-userdo-tokens";

export interface AuthRoutesOptions {
	/** How mail leaves. Without a sender none does; in development it goes to the dev mailbox. */
	email?: EmailOptions | EmailLinkOptions;
	/** How often these routes may be called; `false` switches all limits off. */
	rateLimits?: RateLimits | false;
	/** The largest body, in bytes; 64 KiB. */
	maxBytes?: number;
}

/**
 * `POST /api/signup`, `login`, `logout`, `refresh`, `password-reset/request`,
 * `password-reset/confirm`, `email-verification/request` and `email-verification/confirm`; in
 * development also `GET /api/dev/mailbox`. They need the middleware {@link session} before them.
 */
export function authRoutes({
	email,
	rateLimits,
	maxBytes = 64 * 1024,
}: AuthRoutesOptions = {}): Hono<UserDOEnv> {
	if (email !== undefined) checkEmailOptions(email);
	const limits = new AuthLimits(rateLimits);
	const app = new Hono<UserDOEnv>();
	app.onError(onError);

	serveEndpoint(app, authEndpoints, "POST /api/signup", {
		maxBytes,
		before: (c) => limits.network(c, "signup"),
		handle: async (c, { body }) => {
			const signedIn = await startSignup(c, { email, limits }, body);
			return signedIn instanceof Reply ? signedIn : deliver(c, getState(c), signedIn);
		},
	});

	serveEndpoint(app, authEndpoints, "POST /api/login", {
		maxBytes,
		before: (c) => limits.network(c, "login"),
		handle: (c, { body }) =>
			limits.password(c, body.email, async () => {
				const step = { name: "login", args: [body] };
				const signedIn = (await callAsServer(c, getState(c), body, step)) as SignedIn;
				return deliver(c, getState(c), signedIn);
			}),
	});

	serveEndpoint(app, authEndpoints, "POST /api/logout", {
		maxBytes,
		before: (c) => {
			const state = getState(c);
			// Whoever wants to be signed out is, even where the session is unknown by now.
			if (state.fromCookies) state.cookies = "clear";
		},
		handle: async (c) => {
			await callAsSession(c, getState(c), [{ name: "logout", args: [] }]);
			return { ok: true };
		},
	});

	serveEndpoint(app, authEndpoints, "POST /api/refresh", {
		maxBytes,
		handle: async (c, { body }) => {
			await limits.refresh(c, body.refreshToken);
			const state = getState(c);
			if (body.refreshToken !== undefined) {
				return deliver(c, state, await exchange(c, state, body.refreshToken));
			}
			// From a cookie into a cookie only: a script must never get to see the tokens.
			const { user } = await refreshCookies(c, state);
			return { user };
		},
	});

	serveEndpoint(app, authEndpoints, "POST /api/password-reset/request", {
		maxBytes,
		before: (c) => limits.network(c, "reset"),
		handle: async (c, { body }) => {
			await limits.mail(c, "reset", body.email);
			const sender = requireSender(c, email, "password reset");
			if (sender !== undefined) {
				// After the answer, so that its time does not tell whether there is such an account.
				await inBackground(c, () => mailReset(c, sender, body.email));
			}
			return { ok: true };
		},
	});

	serveEndpoint(app, authEndpoints, "POST /api/password-reset/confirm", {
		maxBytes,
		before: (c) => limits.network(c, "confirm"),
		handle: async (c, { body }) => {
			const state = getState(c);
			const keys = await loadTokenKeys(c.env);
			const { sub, email: to } = await verifyToken(keys, "reset", body.token, state.audience);
			await callAsServer(c, state, { id: sub }, { name: "confirmPasswordReset", args: [body] });
			await limits.forgive(c, to);
			await mailPasswordChanged(c, email, to);
			return { ok: true };
		},
	});

	app.route("/", verificationRoutes({ ...(email && { email }), limits, maxBytes }));
	app.route("/", devMailboxRoute());
	return app;
}

/**
 * Where it is refused, the cookies stay: another tab may have got new ones in the meantime. Dead ones
 * do no harm, and the next sign-in overwrites them.
 */
async function refreshCookies(c: Context, state: RequestState): Promise<SignedIn> {
	const { refreshed, refused, refreshToken } = state;
	if (refused !== undefined) throw refused;
	if (refreshToken === undefined) throw new UserDOError("unauthorized");
	return refreshed ?? (await refresh(c, state, refreshToken));
}

/** Hands out tokens that were got by a password or a token in the body, never by cookies. */
async function deliver(c: Context, state: RequestState, signedIn: SignedIn) {
	const { user, token, refreshToken } = signedIn;
	if (c.req.header(tokensHeader) === "body") return { user, token, refreshToken };
	await endReplacedSession(c, state, token);
	state.cookies = { token, refreshToken };
	return { user };
}

/** The session whose cookies are about to be overwritten: nobody could end it later on. */
async function endReplacedSession(c: Context, state: RequestState, token: string): Promise<void> {
	if (!state.fromCookies || state.session === undefined) return;
	// A session that goes on with new tokens replaces nothing.
	if (decodeJwt<{ sid: string }>(token).sid === state.session.sid) return;
	await callAsSession(c, state, [{ name: "logout", args: [] }]).catch((error: unknown) => {
		// It was dead already.
		if (!isUserDOError(error, "unauthorized")) throw error;
	});
}

async function mailReset(c: Context<UserDOEnv>, email: EmailOptions, to: string): Promise<void> {
	const step = { name: "createPasswordReset", args: [] };
	const reset = (await callAsServer(c, getState(c), { email: to }, step)) as {
		token: string | null;
	};
	const { token } = reset;
	if (token !== null) await mailLink(c, email, { kind: "passwordReset", to, token });
}
