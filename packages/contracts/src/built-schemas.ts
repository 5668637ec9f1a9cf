import {
	getListQuerySchema,
	getRowParamsSchema,
	getUpdateQuerySchema,
	getUpsertQuerySchema,
} from "./collection-schemas.js";
import {
	getIfVersionSchema,
	getOperationSchema,
	getSnapshotSchema,
	getTtlSchema,
} from "./operations.js";
import {
	getEmailSchema,
	getErrorSchema,
	getKeySchema,
	getNewPasswordSchema,
	getOkSchema,
	getPasswordSchema,
	getSessionSchema,
	getUserSchema,
} from "./schemas.js";

/** What the query string of a list takes; `count` asks for the number of rows alone. */
export const ListQuerySchema = /* @__PURE__ */ getListQuerySchema();

/** What stands in the path of a row. */
export const RowParamsSchema = /* @__PURE__ */ getRowParamsSchema();

/** What the query string of an update takes. */
export const UpdateQuerySchema = /* @__PURE__ */ getUpdateQuerySchema();

/** What the query string of an upsert takes. */
export const UpsertQuerySchema = /* @__PURE__ */ getUpsertQuerySchema();

/** The version that a key must have for a write to happen; 0: the key must not be set. */
export const IfVersionSchema = /* @__PURE__ */ getIfVersionSchema();

/** One write of a batch. */
export const OperationSchema = /* @__PURE__ */ getOperationSchema();

/** Where the change log stands; what is read with it holds every change up to there, and no later. */
export const SnapshotSchema = /* @__PURE__ */ getSnapshotSchema();

/** Seconds until a key is gone; at most ten years. */
export const TtlSchema = /* @__PURE__ */ getTtlSchema();

/** An email address, in the one spelling of `normalizeEmail`. At most 254 characters (RFC 5321). */
export const EmailSchema = /* @__PURE__ */ getEmailSchema();

/** The answer of every refused or failed request. */
export const ErrorSchema = /* @__PURE__ */ getErrorSchema();

/** A key of the key-value store: 1 to 512 bytes of UTF-8, no control characters. */
export const KeySchema = /* @__PURE__ */ getKeySchema();

/** A new password: 8 to 256 characters (Unicode code points), free of NUL and lone surrogates. */
export const NewPasswordSchema = /* @__PURE__ */ getNewPasswordSchema();

/** The answer where there is nothing to tell but that it is done. */
export const OkSchema = /* @__PURE__ */ getOkSchema();

/** A password to sign in with. Its strength is judged only where a new one is set. */
export const PasswordSchema = /* @__PURE__ */ getPasswordSchema();

/** One sign-in on one device. */
export const SessionSchema = /* @__PURE__ */ getSessionSchema();

/** A user as any answer shows it. */
export const UserSchema = /* @__PURE__ */ getUserSchema();
