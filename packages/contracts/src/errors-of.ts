import type { Endpoint } from "./endpoint.js";
import type { ErrorCode } from "./errors.js";

const unsafe = [
	"invalid_json",
	"payload_too_large",
	"unsupported_media_type",
	"cross_site",
] as const satisfies ErrorCode[];

/** The last two come where the session was to be refreshed. */
const ofSessions = [
	"unauthorized",
	"refresh_reused",
	"email_not_verified",
] as const satisfies ErrorCode[];

/**
 * Every code with which an endpoint may refuse: those that it names, and those that follow from its
 * method, its schemas and its `auth`.
 *
 * @example
 * errorsOf("GET /api/me", endpoints["GET /api/me"]); // ["unauthorized", ...]
 */
export function errorsOf(name: string, endpoint: Endpoint): ErrorCode[] {
	const { auth, errors = [] } = endpoint;
	// Whatever an endpoint takes, a parameter that stands twice in the address is refused.
	const codes = new Set<ErrorCode>(["invalid_input"]);
	if (!name.startsWith("GET ")) {
		// A body that nobody has asked for is read, too.
		for (const code of unsafe) codes.add(code);
	}
	if (auth === "session") for (const code of ofSessions) codes.add(code);
	for (const code of [...errors, "internal_error", "misconfigured"] as const) codes.add(code);
	return [...codes];
}
