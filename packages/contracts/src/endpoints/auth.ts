import * as z from "zod";
import type { Endpoints } from "../endpoint.js";
import {
	EmailSchema,
	NewPasswordSchema,
	OkSchema,
	PasswordSchema,
	UserSchema,
} from "../schemas.js";

const CredentialsSchema = z.object({ email: EmailSchema, password: PasswordSchema });
const SignedInSchema = z.object({
	user: UserSchema,
	/** Only for a client that asked with the header `x-userdo-tokens: body`. */
	token: z.string().optional(),
	refreshToken: z.string().optional(),
});
/** A sign-up whose account begins when the mailed link is followed. */
const PendingSignupSchema = z.object({ user: z.null(), verification: z.literal("sent") });
const headers = {
	"x-userdo-tokens": "`body` asks for the tokens in the body of the answer instead of in cookies.",
} as const;
const LinkTokenSchema = z.string().min(1).max(4096);

const tag = "Account";

/** The endpoints of signing up and in, and of what comes before: see `authRoutes`. */
export const authEndpoints = {
	"POST /api/signup": {
		tag,
		summary: "Create an account and sign in",
		headers,
		body: CredentialsSchema.extend({ password: NewPasswordSchema }),
		responses: {
			200: SignedInSchema,
			/** With `requireVerifiedEmail`: the same for an address that is free and one that is taken. */
			202: PendingSignupSchema,
		},
		errors: ["email_taken", "password_common", "signup_not_allowed", "rate_limited"],
	},
	"POST /api/login": {
		tag,
		summary: "Sign in",
		headers,
		body: CredentialsSchema,
		responses: { 200: SignedInSchema },
		errors: ["invalid_credentials", "email_not_verified", "rate_limited"],
	},
	"POST /api/logout": {
		tag,
		summary: "End the session",
		auth: "session",
		responses: { 200: OkSchema },
	},
	"POST /api/refresh": {
		tag,
		summary: "Exchange the refresh token for new tokens",
		headers,
		/** Absent where the refresh token is in its cookie. */
		body: z.object({ refreshToken: z.string().optional() }),
		responses: { 200: SignedInSchema },
		errors: ["unauthorized", "refresh_reused", "email_not_verified", "rate_limited"],
	},
	"POST /api/email-verification/request": {
		tag,
		summary: "Mail the signed-in user a link that confirms the address",
		auth: "session",
		responses: { 200: OkSchema },
	},
	"POST /api/email-verification/confirm": {
		tag,
		summary: "Confirm the address with the token of the link",
		body: z.object({
			token: LinkTokenSchema,
			/** Of the account or sign-up that the link is for; needed without a session of it. */
			password: PasswordSchema.optional(),
		}),
		responses: { 200: OkSchema },
		errors: ["invalid_token", "wrong_password", "rate_limited"],
	},
	"POST /api/password-reset/request": {
		tag,
		summary: "Mail a link that resets the password",
		body: z.object({ email: EmailSchema }),
		/** The same for an address with and without an account. */
		responses: { 200: OkSchema },
		errors: ["rate_limited"],
	},
	"POST /api/password-reset/confirm": {
		tag,
		summary: "Set another password with the token of the link",
		body: z.object({ token: LinkTokenSchema, newPassword: NewPasswordSchema }),
		responses: { 200: OkSchema },
		errors: ["invalid_token", "password_common", "rate_limited"],
	},
} as const satisfies Endpoints;
