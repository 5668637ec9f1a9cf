export type { User, UserSession } from "@userdo/contracts";
export type { ErrorCode, ErrorIssue } from "@userdo/contracts/errors";
export type { TableChange } from "@userdo/contracts/events";
export type { BatchOperation, BatchResults } from "./batch.js";
export type { CallOptions } from "./call.js";
export { UserDOClient, type UserDOClientConstructor } from "./client.js";
export type { UserDOClientOptions } from "./client-options.js";
export type {
	Collection,
	TypedCollection,
	UpdateOptions,
	UpsertOptions,
} from "./collection-types.js";
export { isUserDOError, UserDOError } from "./error.js";
export type { DeleteKeyOptions, Entry, ListKeysOptions, SetKeyOptions } from "./keys.js";
export type { Unsubscribe } from "./listeners.js";
export type { Condition, Page, PageOptions, Query } from "./query.js";
export type { Fetch, FetchInit, FetchResponse } from "./request.js";
export type { SocketConstructor, SocketLike, SocketStatus } from "./socket.js";
export type {
	CollectionName,
	FieldPath,
	InputOf,
	JsonObject,
	Operand,
	Operator,
	Patch,
	RowOf,
	Unknown as UnknownContract,
	ValueInputOf,
	ValueOf,
} from "./types.js";
