import * as z from "zod";
import { normalizeEmail } from "./email.js";
import { type ErrorCode, errorCodes } from "./errors.js";
import { once } from "./once.js";

/**
 * An address once it is normalised: a local part of any script without quotes, and a domain name in
 * its ASCII form. Zod's own pattern knows no top-level domain of another script (`xn--...`).
 */
const emailPattern =
	/^(?!\.)(?!.*\.\.)[^\s\p{C}@"(),:;<>[\]\\]{1,64}(?<!\.)@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?:[a-z]{2,63}|xn--[a-z0-9-]{1,58}[a-z0-9])$/u;

/** An email address, in the one spelling of {@link normalizeEmail}. At most 254 characters (RFC 5321). */
export const getEmailSchema = /* @__PURE__ */ once(() =>
	z
		.string()
		.max(1024)
		.overwrite(normalizeEmail)
		.check(z.maxLength(254), z.email({ pattern: emailPattern })),
);

/** A password to sign in with. Its strength is judged only where a new one is set. */
export const getPasswordSchema = /* @__PURE__ */ once(() => z.string().min(1).max(4096));

/** A user as any answer shows it. */
export const getUserSchema = /* @__PURE__ */ once(() =>
	z.object({
		/** The id of the user's Durable Object: 64 hex digits. */
		id: z.string(),
		email: z.string(),
		/** Whether its owner has followed a link that was mailed there. */
		emailVerified: z.boolean(),
		createdAt: z.iso.datetime(),
	}),
);

/** One sign-in on one device. */
export const getSessionSchema = /* @__PURE__ */ once(() =>
	z.object({
		id: z.uuid(),
		/** Browser and system, as far as the user agent tells: `Firefox on Windows`. */
		device: z.string(),
		createdAt: z.iso.datetime(),
		/** When its tokens were last made, at most the access token's lifetime before its last use. */
		lastUsedAt: z.iso.datetime(),
		/** Whether it is the one that asks. */
		current: z.boolean(),
	}),
);

/** A new password: 8 to 256 characters (Unicode code points), free of NUL and lone surrogates. */
export const getNewPasswordSchema = /* @__PURE__ */ once(() =>
	getPasswordSchema()
		.refine(
			(password) => {
				const { length } = [...password];
				return length >= 8 && length <= 256;
			},
			{ message: "A password has 8 to 256 characters." },
		)
		.refine((password) => !password.includes("\0") && password.isWellFormed(), {
			message: "A password has no NUL and no half characters.",
		}),
);

/** Names that a key can't have, so that no careless use of one reaches further than its value. */
const reservedKey = /^(__|_userdo|constructor$|prototype$)/i;

/** A key of the key-value store: 1 to 512 bytes of UTF-8, no control characters. */
export const getKeySchema = /* @__PURE__ */ once(() =>
	z
		.string()
		.min(1)
		// A unit of a string has at most three bytes.
		.refine((key) => key.length <= 170 || new TextEncoder().encode(key).length <= 512, {
			message: "A key has at most 512 bytes.",
		})
		.refine((key) => !/\p{Cc}/u.test(key) && key.isWellFormed(), {
			message: "A key has no control characters.",
		})
		.refine((key) => !reservedKey.test(key), { message: "This key is reserved." }),
);

/** The answer of every refused or failed request. */
export const getErrorSchema = /* @__PURE__ */ once(() =>
	z.object({
		error: z.string(),
		code: z.enum(Object.keys(errorCodes) as [ErrorCode, ...ErrorCode[]]),
		issues: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
		retryAfter: z.number().optional(),
		requestId: z.string().optional(),
	}),
);

/** The answer where there is nothing to tell but that it is done. */
export const getOkSchema = /* @__PURE__ */ once(() => z.object({ ok: z.literal(true) }));

/** A user as any answer shows it. */
export type User = z.output<ReturnType<typeof getUserSchema>>;

/** One sign-in on one device. */
export type UserSession = z.output<ReturnType<typeof getSessionSchema>>;
