export type { CallContext, SignedIn } from "./auth/auth.js";
export { type PasswordHasher, pbkdf2 } from "./auth/password.js";
export type { PendingSignup, SignupMail } from "./auth/verification.js";
export { objectName } from "./identity.js";
export type { InvokeAuthority, InvokeCall, InvokeResult, InvokeStep } from "./invoke.js";
export type { LimitCount, LimitResult } from "./limiter.js";
export type { SocketSession } from "./realtime.js";
export type { Remote } from "./remote.js";
export { type Env, UserDO, type UserDOOptions } from "./user-do.js";
