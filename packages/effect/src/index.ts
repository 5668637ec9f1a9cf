export { attempt, type CallFailure } from "./attempt.js";
export { fail, toFailure, type UserDOFailure } from "./failure.js";
export { listen } from "./listen.js";
export { ObjectUnavailable } from "./object-unavailable.js";
export { retryLost } from "./retry-lost.js";
export { makeUserObject, type ObjectCallOptions, type UserObject } from "./user-object.js";
