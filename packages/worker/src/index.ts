export type { RateLimits } from "./auth-limits.js";
export type { SessionUser, UserDOEnv } from "./context.js";
export {
	createUserDOWorker,
	type ObjectsEnv,
	type UserObjects,
	type WorkerOptions,
} from "./create-worker.js";
export type { DocsViewer } from "./docs/viewer.js";
export { type CloudflareEmailOptions, cloudflareEmail } from "./email/cloudflare.js";
export type {
	EmailLinkOptions,
	EmailMessage,
	EmailOptions,
	EmailPages,
	SendEmail,
} from "./email/options.js";
export { type ResendOptions, resend } from "./email/resend.js";
export type {
	EmailContent,
	EmailContext,
	EmailLinkContext,
	EmailTemplates,
} from "./email/templates.js";
export type { EndpointInput } from "./endpoint-input.js";
export { notFound, onError } from "./errors.js";
export {
	type GetUserDOOptions,
	getUserDO,
	getUserDOFromContext,
	type ObjectOf,
} from "./get-user-do.js";
export { type LimitOptions, limits } from "./middleware/limits.js";
export { type OriginOptions, originGuard } from "./middleware/origin.js";
export { type RateLimitOptions, rateLimit } from "./middleware/rate-limit.js";
export { type SessionOptions, session } from "./middleware/session.js";
export type { RateLimit, RateLimitBinding } from "./rate-limits.js";
export { type EndpointAnswer, type Reply, reply } from "./reply.js";
export { type AccountRoutesOptions, accountRoutes } from "./routes/account.js";
export { type AuthRoutesOptions, authRoutes } from "./routes/auth.js";
export { type BatchRoutesOptions, batchRoutes } from "./routes/batch.js";
export { type CollectionRoutesOptions, collectionRoutes } from "./routes/collections.js";
export { type DataRoutesOptions, dataRoutes } from "./routes/data.js";
export { type DocsOptions, type DocsRoutesOptions, docsRoutes } from "./routes/docs.js";
export {
	type EndpointHandler,
	type EndpointHandlers,
	type EndpointRoutesOptions,
	type EndpointSettings,
	endpointRoutes,
} from "./routes/endpoints.js";
export {
	type FormEndpoint,
	type FormPage,
	type FormPages,
	type FormRoutesOptions,
	formRoutes,
	readFormError,
} from "./routes/forms.js";
export { meRoutes } from "./routes/me.js";
export { sessionRoutes } from "./routes/sessions.js";
export type { Tenant, TenantOptions } from "./tenant.js";
export {
	createWebSocketHandler,
	type WebSocketHandler,
	type WebSocketHandlerOptions,
	type WebSocketRouteOptions,
	webSocketRoute,
} from "./websocket.js";
