import type { ErrorIssue } from "@userdo/contracts/errors";
import { misconfigured } from "./errors.js";

/** A transaction commits when its function returns: what follows an `await` would stand outside. */
export function refuseThenable<T>(result: T, issue: ErrorIssue): T {
	if (typeof result !== "object" || result === null || !("then" in result)) return result;
	if (typeof result.then !== "function") return result;
	// Its own end is of no interest any more, but must not be reported as unhandled.
	Promise.resolve(result).catch(() => undefined);
	throw misconfigured(issue);
}
