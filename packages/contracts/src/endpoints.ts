import * as z from "zod";
import { normalizeEmail } from "./email.js";
import { type ErrorCode, errorCodes } from "./errors.js";

/**
 * An address once it is normalised: a local part of any script without quotes, and a domain name in
 * its ASCII form. Zod's own pattern knows no top-level domain of another script (`xn--...`).
 */
const emailPattern =
	/^(?!\.)(?!.*\.\.)[^\s\p{C}@"(),:;<>[\]\\]{1,64}(?<!\.)@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?:[a-z]{2,63}|xn--[a-z0-9-]{1,58}[a-z0-9])$/u;

/** An email address, in the one spelling of {@link normalizeEmail}. At most 254 characters (RFC 5321). */
export const EmailSchema = z
	.string()
	.max(1024)
	.overwrite(normalizeEmail)
	.check(z.maxLength(254), z.email({ pattern: emailPattern }));

/** A password to sign in with. Its strength is judged only where a new one is set. */
export const PasswordSchema = z.string().min(1).max(4096);

/** A user as any answer shows it. */
export const UserSchema = z.object({
	/** The id of the user's Durable Object: 64 hex digits. */
	id: z.string(),
	email: z.string(),
	/** Whether its owner has followed a link that was mailed there. */
	emailVerified: z.boolean(),
	createdAt: z.iso.datetime(),
});

/** One sign-in on one device. */
export const SessionSchema = z.object({
	id: z.uuid(),
	/** Browser and system, as far as the user agent tells: `Firefox on Windows`. */
	device: z.string(),
	createdAt: z.iso.datetime(),
	/** When its tokens were last made, at most the access token's lifetime before its last use. */
	lastUsedAt: z.iso.datetime(),
	/** Whether it is the one that asks. */
	current: z.boolean(),
});

/** A new password: 8 to 256 characters (Unicode code points), free of NUL and lone surrogates. */
export const NewPasswordSchema = PasswordSchema.refine(
	(password) => {
		const { length } = [...password];
		return length >= 8 && length <= 256;
	},
	{ message: "A password has 8 to 256 characters." },
).refine((password) => !password.includes("\0") && password.isWellFormed(), {
	message: "A password has no NUL and no half characters.",
});

/** Names that a key can't have, so that no careless use of one reaches further than its value. */
const reservedKey = /^(__|_userdo|constructor$|prototype$)/i;

/** A key of the key-value store: 1 to 512 bytes of UTF-8, no control characters. */
export const KeySchema = z
	.string()
	.min(1)
	.refine((key) => new TextEncoder().encode(key).length <= 512, {
		message: "A key has at most 512 bytes.",
	})
	.refine((key) => !/\p{Cc}/u.test(key) && key.isWellFormed(), {
		message: "A key has no control characters.",
	})
	.refine((key) => !reservedKey.test(key), { message: "This key is reserved." });

/** The answer of every refused or failed request. */
export const ErrorSchema = z.object({
	error: z.string(),
	code: z.enum(Object.keys(errorCodes) as [ErrorCode, ...ErrorCode[]]),
	issues: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
	retryAfter: z.number().optional(),
	requestId: z.string().optional(),
});

/** A client's own id of a write; sent again, it is done once. */
const MutationIdSchema = z.string().regex(/^[\w-]{8,64}$/);

/** The version that a key must have for a write to happen; 0: the key must not be set. */
const IfVersionSchema = z.int().nonnegative();

/** Seconds until a key is gone; at most ten years. */
const TtlSchema = z.int().positive().max(315_360_000);

const CollectionNameSchema = z.string().min(1).max(63);
const RowIdSchema = z.string().min(1).max(512);
const FieldsSchema = z.record(z.string(), z.json());

/** One write of a batch. */
export const OperationSchema = z.discriminatedUnion("op", [
	z.object({
		op: z.literal("create"),
		mutation: MutationIdSchema,
		collection: CollectionNameSchema,
		data: FieldsSchema,
	}),
	z.object({
		op: z.literal("update"),
		mutation: MutationIdSchema,
		collection: CollectionNameSchema,
		id: RowIdSchema,
		patch: FieldsSchema,
		/** The row's `updatedAt` as it was read: `conflict` where somebody has changed it since. */
		ifUpdatedAt: z.iso.datetime().optional(),
	}),
	z.object({
		op: z.literal("upsert"),
		mutation: MutationIdSchema,
		collection: CollectionNameSchema,
		data: FieldsSchema,
		/** The fields by which the row is found that is to be replaced. */
		on: z.array(z.string()).min(1),
	}),
	z.object({
		op: z.literal("delete"),
		mutation: MutationIdSchema,
		collection: CollectionNameSchema,
		id: RowIdSchema,
	}),
	z.object({
		op: z.literal("set-key"),
		mutation: MutationIdSchema,
		key: KeySchema,
		value: z.json(),
		ifVersion: IfVersionSchema.optional(),
		ttl: TtlSchema.optional(),
	}),
	z.object({
		op: z.literal("delete-key"),
		mutation: MutationIdSchema,
		key: KeySchema,
		ifVersion: IfVersionSchema.optional(),
	}),
]);

/** What came of one write of a batch: of `create`, `update` and `upsert` the row. */
const OperationResultSchema = z.union([
	z.object({ row: FieldsSchema }),
	z.object({ deleted: z.boolean() }),
	z.object({ version: z.int() }),
]);

/** Where the change log stands; what is read with it holds every change up to there, and no later. */
export const SnapshotSchema = z.object({ epoch: z.string(), seq: z.int() });

const CredentialsSchema = z.object({ email: EmailSchema, password: PasswordSchema });
const SignedInSchema = z.object({
	user: UserSchema,
	/** Only for a client that asked with the header `x-userdo-tokens: body`. */
	token: z.string().optional(),
	refreshToken: z.string().optional(),
});
/** A sign-up whose account begins when the mailed link is followed. */
const PendingSignupSchema = z.object({ user: z.null(), verification: z.literal("sent") });
const OkSchema = z.object({ ok: z.literal(true) });

/** Every endpoint, by method and path. What an endpoint does not take or give is absent. */
export const endpoints = {
	"POST /api/signup": {
		body: CredentialsSchema.extend({ password: NewPasswordSchema }),
		response: SignedInSchema,
		/** With `requireVerifiedEmail`: the same for an address that is free and one that is taken. */
		accepted: PendingSignupSchema,
	},
	"POST /api/login": { body: CredentialsSchema, response: SignedInSchema },
	"POST /api/logout": { response: OkSchema },
	"POST /api/refresh": {
		/** Absent where the refresh token is in its cookie. */
		body: z.object({ refreshToken: z.string().optional() }),
		response: SignedInSchema,
	},
	"GET /api/me": { response: z.object({ user: UserSchema }) },
	/** Deletes the account and all of its data. */
	"DELETE /api/me": { body: z.object({ password: PasswordSchema }), response: OkSchema },
	"GET /api/sessions": { response: z.object({ sessions: z.array(SessionSchema) }) },
	/** Ends all sessions but the one that asks. */
	"DELETE /api/sessions": { response: OkSchema },
	"DELETE /api/sessions/:id": { params: z.object({ id: z.uuid() }), response: OkSchema },
	/** Ends all sessions; the one that asks goes on under new tokens. */
	"POST /api/password/change": {
		body: z.object({ oldPassword: PasswordSchema, newPassword: NewPasswordSchema }),
		response: OkSchema.extend({
			/** Only where the request came with `Authorization`, and no cookies can hold them. */
			token: z.string().optional(),
			refreshToken: z.string().optional(),
		}),
	},
	/** Mails the signed-in user a link that confirms the address. */
	"POST /api/email-verification/request": { response: OkSchema },
	"POST /api/email-verification/confirm": {
		body: z.object({
			token: z.string().min(1).max(4096),
			/** Of the account or sign-up that the link is for; needed without a session of it. */
			password: PasswordSchema.optional(),
		}),
		response: OkSchema,
	},
	/** All tables and keys as JSON Lines: a stream, which no schema describes as a whole. */
	"GET /api/export": {},
	"POST /api/password-reset/request": {
		body: z.object({ email: EmailSchema }),
		/** The same for an address with and without an account. */
		response: OkSchema,
	},
	"POST /api/password-reset/confirm": {
		body: z.object({ token: z.string().min(1).max(4096), newPassword: NewPasswordSchema }),
		response: OkSchema,
	},
	"GET /data": {
		/** Without a key: every key, or all that start with `prefix`. */
		query: z.object({
			key: KeySchema.optional(),
			prefix: z.string().max(512).optional(),
			/** Keys after this one, which come in the order of their UTF-8 bytes. */
			after: z.string().max(512).optional(),
			/** At most so many; without it all of them. */
			limit: z
				.string()
				.regex(/^[1-9]\d{0,3}$/)
				.optional(),
		}),
		response: z.object({
			/** A key that is not set is absent. */
			data: z.record(z.string(), z.json()),
			/** The `seq` of the change that made the value, for `ifVersion`: no key has one twice. */
			versions: z.record(z.string(), z.int()),
			/** The last key, where `limit` has left out others after it. */
			next: z.string().optional(),
		}),
	},
	"POST /data": {
		body: z.object({
			key: KeySchema,
			value: z.json(),
			ifVersion: IfVersionSchema.optional(),
			ttl: TtlSchema.optional(),
		}),
		response: OkSchema.extend({ version: z.int() }),
	},
	"DELETE /data": {
		query: z.object({
			key: KeySchema,
			ifVersion: z
				.string()
				.regex(/^\d{1,15}$/)
				.optional(),
		}),
		response: OkSchema.extend({
			/** False where the key was not set. */
			deleted: z.boolean(),
		}),
	},
	/** Writes to collections and keys: all of them, or none. */
	"POST /api/batch": {
		body: z.object({ operations: z.array(OperationSchema).min(1).max(50) }),
		response: z.object({
			/** In the order of the operations. */
			results: z.array(OperationResultSchema),
			snapshot: SnapshotSchema,
		}),
	},
	/** A WebSocket upgrade; the frames are in `@userdo/contracts/events`. */
	"GET /api/ws": {
		query: z.object({
			/** `<seq>.<timestamp>` of the newest change seen */
			since: z
				.string()
				.regex(/^\d{1,15}\.\d{1,15}$/)
				.optional(),
			epoch: z.string().max(64).optional(),
			/**
			 * The channels to hear of, each encoded by `encodeURIComponent` (a key may hold a comma), with
			 * commas between them; all without it.
			 */
			channels: z.string().max(8192).optional(),
		}),
	},
} as const satisfies Record<string, Endpoint>;

interface Endpoint {
	/** What stands in the path: `:id`. */
	params?: z.ZodType;
	body?: z.ZodType;
	query?: z.ZodType;
	response?: z.ZodType;
	/** The other answer that is no error, with the status 202: the rest comes later. */
	accepted?: z.ZodType;
}

/** The types of every endpoint: `UserDOEndpoints['POST /api/signup']['body']` and so on. */
export type UserDOEndpoints = {
	[Name in keyof typeof endpoints]: EndpointTypes<(typeof endpoints)[Name]>;
};

type EndpointTypes<E extends Endpoint> = {
	params: E["params"] extends z.ZodType ? z.input<E["params"]> : undefined;
	body: E["body"] extends z.ZodType ? z.input<E["body"]> : undefined;
	query: E["query"] extends z.ZodType ? z.input<E["query"]> : undefined;
	response: E["response"] extends z.ZodType ? z.output<E["response"]> : undefined;
	accepted: E["accepted"] extends z.ZodType ? z.output<E["accepted"]> : undefined;
};

/** `POST /api/signup` and so on. */
export type EndpointName = keyof UserDOEndpoints;

/** What the endpoint takes as its JSON body. */
export type EndpointRequest<Name extends EndpointName> = UserDOEndpoints[Name]["body"];

/** What stands in the endpoint's path. */
export type EndpointParams<Name extends EndpointName> = UserDOEndpoints[Name]["params"];

/** What the endpoint takes in its query string. */
export type EndpointQuery<Name extends EndpointName> = UserDOEndpoints[Name]["query"];

/** What the endpoint answers when all went well. */
export type EndpointResponse<Name extends EndpointName> = UserDOEndpoints[Name]["response"];

/** What the endpoint answers with the status 202, when something is still to be done. */
export type EndpointAccepted<Name extends EndpointName> = UserDOEndpoints[Name]["accepted"];

/** A user as any answer shows it. */
export type User = z.output<typeof UserSchema>;

/** One sign-in on one device. */
export type UserSession = z.output<typeof SessionSchema>;

/** One write of a batch. */
export type Operation = z.input<typeof OperationSchema>;

/** What came of one write of a batch. */
export type OperationResult = z.output<typeof OperationResultSchema>;

/** Where the change log stands. */
export type Snapshot = z.output<typeof SnapshotSchema>;
