import * as z from "zod";
import type { Endpoints } from "../endpoint.js";
import { buildOnce, once } from "../once.js";
import {
	getEmailSchema,
	getNewPasswordSchema,
	getOkSchema,
	getPasswordSchema,
	getUserSchema,
} from "../schemas.js";

const getCredentialsSchema = /* @__PURE__ */ once(() =>
	z.object({ email: getEmailSchema(), password: getPasswordSchema() }),
);
const getSignedInSchema = /* @__PURE__ */ once(() =>
	z.object({
		user: getUserSchema(),
		/** Only for a client that asked with the header `x-userdo-tokens: body`. */
		token: z.string().optional(),
		refreshToken: z.string().optional(),
	}),
);
/** A sign-up whose account begins when the mailed link is followed. */
const getPendingSignupSchema = /* @__PURE__ */ once(() =>
	z.object({ user: z.null(), verification: z.literal("sent") }),
);
const headers = {
	"x-userdo-tokens": "`body` asks for the tokens in the body of the answer instead of in cookies.",
} as const;
const getLinkTokenSchema = /* @__PURE__ */ once(() => z.string().min(1).max(4096));

const tag = "Account";

/** The endpoints of signing up and in, and of what comes before: see `authRoutes`. */
export const authEndpoints = /* @__PURE__ */ buildOnce({
	"POST /api/signup": {
		tag,
		summary: "Create an account and sign in",
		headers,
		get body() {
			return getCredentialsSchema().extend({ password: getNewPasswordSchema() });
		},
		get responses() {
			return {
				200: getSignedInSchema(),
				/** With `requireVerifiedEmail`: the same for an address that is free and one that is taken. */
				202: getPendingSignupSchema(),
			};
		},
		errors: ["email_taken", "password_common", "signup_not_allowed", "rate_limited"],
	},
	"POST /api/login": {
		tag,
		summary: "Sign in",
		headers,
		get body() {
			return getCredentialsSchema();
		},
		get responses() {
			return { 200: getSignedInSchema() };
		},
		errors: ["invalid_credentials", "email_not_verified", "rate_limited"],
	},
	"POST /api/logout": {
		tag,
		summary: "End the session",
		auth: "session",
		get responses() {
			return { 200: getOkSchema() };
		},
	},
	"POST /api/refresh": {
		tag,
		summary: "Exchange the refresh token for new tokens",
		headers,
		/** Absent where the refresh token is in its cookie. */
		get body() {
			return z.object({ refreshToken: z.string().optional() });
		},
		get responses() {
			return { 200: getSignedInSchema() };
		},
		errors: ["unauthorized", "refresh_reused", "email_not_verified", "rate_limited"],
	},
	"POST /api/email-verification/request": {
		tag,
		summary: "Mail the signed-in user a link that confirms the address",
		auth: "session",
		get responses() {
			return { 200: getOkSchema() };
		},
	},
	"POST /api/email-verification/confirm": {
		tag,
		summary: "Confirm the address with the token of the link",
		get body() {
			return z.object({
				token: getLinkTokenSchema(),
				/** Of the account or sign-up that the link is for; needed without a session of it. */
				password: getPasswordSchema().optional(),
			});
		},
		get responses() {
			return { 200: getOkSchema() };
		},
		errors: ["invalid_token", "wrong_password", "rate_limited"],
	},
	"POST /api/password-reset/request": {
		tag,
		summary: "Mail a link that resets the password",
		get body() {
			return z.object({ email: getEmailSchema() });
		},
		/** The same for an address with and without an account. */
		get responses() {
			return { 200: getOkSchema() };
		},
		errors: ["rate_limited"],
	},
	"POST /api/password-reset/confirm": {
		tag,
		summary: "Set another password with the token of the link",
		get body() {
			return z.object({ token: getLinkTokenSchema(), newPassword: getNewPasswordSchema() });
		},
		get responses() {
			return { 200: getOkSchema() };
		},
		errors: ["invalid_token", "password_common", "rate_limited"],
	},
} as const satisfies Endpoints);
