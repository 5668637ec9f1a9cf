export type { User, UserSession } from "@userdo/contracts";
export {
	type ErrorCode,
	type ErrorIssue,
	isUserDOError,
	UserDOError,
} from "@userdo/contracts/errors";
export type { TableChange } from "@userdo/contracts/events";
export { UserDOClient, type UserDOClientOptions } from "./client.js";
export type { Collection, JsonObject } from "./collection.js";
export type { Unsubscribe } from "./listeners.js";
export type { Fetch, FetchInit, FetchResponse } from "./request.js";
export type { SocketConstructor, SocketLike, SocketStatus } from "./socket.js";
