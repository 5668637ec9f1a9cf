export type { RateLimits } from "./auth-limits.js";
export type { SessionUser, UserDOEnv } from "./context.js";
export { createUserDOWorker, type WorkerOptions } from "./create-worker.js";
export { type CloudflareEmailOptions, cloudflareEmail } from "./email/cloudflare.js";
export type { EmailMessage, EmailOptions, EmailPages, SendEmail } from "./email/options.js";
export { type ResendOptions, resend } from "./email/resend.js";
export type {
	EmailContent,
	EmailContext,
	EmailLinkContext,
	EmailTemplates,
} from "./email/templates.js";
export { notFound, onError } from "./errors.js";
export { type GetUserDOOptions, getUserDO, getUserDOFromContext } from "./get-user-do.js";
export { type LimitOptions, limits } from "./middleware/limits.js";
export { type OriginOptions, originGuard } from "./middleware/origin.js";
export { type RateLimitOptions, rateLimit } from "./middleware/rate-limit.js";
export { type SessionOptions, session } from "./middleware/session.js";
export type { RateLimit, RateLimitBinding } from "./rate-limits.js";
export { type AccountRoutesOptions, accountRoutes } from "./routes/account.js";
export { type AuthRoutesOptions, authRoutes } from "./routes/auth.js";
export { type BatchRoutesOptions, batchRoutes } from "./routes/batch.js";
export { type CollectionRoutesOptions, collectionRoutes } from "./routes/collections.js";
export { type DataRoutesOptions, dataRoutes } from "./routes/data.js";
export { meRoutes } from "./routes/me.js";
export { sessionRoutes } from "./routes/sessions.js";
export {
	createWebSocketHandler,
	type WebSocketHandler,
	type WebSocketHandlerOptions,
	type WebSocketRouteOptions,
	webSocketRoute,
} from "./websocket.js";
