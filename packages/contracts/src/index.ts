export {
	EmailSchema,
	ErrorSchema,
	IfVersionSchema,
	KeySchema,
	ListQuerySchema,
	NewPasswordSchema,
	OkSchema,
	OperationSchema,
	PasswordSchema,
	RowParamsSchema,
	SessionSchema,
	SnapshotSchema,
	TtlSchema,
	UpdateQuerySchema,
	UpsertQuerySchema,
	UserSchema,
} from "./built-schemas.js";
export {
	type CollectionContract,
	type CollectionEndpoints,
	collectionEndpoints,
} from "./collection-endpoints.js";
export {
	type CollectionDefinition,
	type CollectionInput,
	type CollectionRow,
	type Collections,
	defineCollections,
	defineKeys,
	type Jsonified,
	type KeyInput,
	type Keys,
	type KeyValue,
} from "./collections.js";
export { defineEndpoints } from "./define-endpoints.js";
export { normalizeEmail } from "./email.js";
export type {
	Endpoint,
	Endpoints,
	EndpointTypes,
	Method,
	RawAnswer,
	RawResponse,
	SuccessStatus,
} from "./endpoint.js";
export { type EndpointNameParts, parseEndpointName } from "./endpoint-name.js";
export { accountEndpoints } from "./endpoints/account.js";
export { authEndpoints } from "./endpoints/auth.js";
export { batchEndpoints } from "./endpoints/batch.js";
export { dataEndpoints } from "./endpoints/data.js";
export { meEndpoints } from "./endpoints/me.js";
export { sessionEndpoints } from "./endpoints/sessions.js";
export { socketEndpoints } from "./endpoints/socket.js";
export {
	type EndpointName,
	type EndpointParams,
	type EndpointQuery,
	type EndpointRequest,
	type EndpointResponse,
	endpoints,
	type UserDOEndpoints,
} from "./endpoints.js";
export {
	codeOfStatus,
	type ErrorBody,
	type ErrorCode,
	type ErrorIssue,
	errorCodes,
	fromErrorBody,
	isUserDOError,
	toErrorBody,
	UserDOError,
	type UserDOErrorOptions,
} from "./errors.js";
export { errorsOf } from "./errors-of.js";
export {
	bearerSubprotocolPrefix,
	type ChangeMessage,
	type ChangesFrame,
	type ClientFrame,
	closeCodes,
	type ErrorFrame,
	type EventFrame,
	type HelloFrame,
	type Json,
	kvEvent,
	type PlainMessage,
	ping,
	pong,
	type ServerFrame,
	type SubscribeFrame,
	subprotocol,
	type TableChange,
	tableEvent,
	type UnsubscribeFrame,
} from "./events.js";
export type { Operation, OperationResult, Snapshot } from "./operations.js";
export type { User, UserSession } from "./schemas.js";
export { isAsyncError, toIssues, validate } from "./validate.js";
