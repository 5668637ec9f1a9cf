import { isUserDOError, UserDOError } from "@userdo/contracts/errors";

/**
 * Runs a part of something larger; what it refuses is told with its place there: `data.title`.
 *
 * @param keep paths that are none of that part
 */
export function within<T>(place: string, run: () => T, keep: readonly string[] = []): T {
	try {
		return run();
	} catch (error) {
		// Of the developer's definition, not of what was asked.
		if (!isUserDOError(error) || error.code === "misconfigured") throw error;
		const { code, message, issues = [{ path: "", message: error.message }] } = error;
		const placed = issues.map((issue) => {
			if (keep.includes(issue.path)) return issue;
			return { ...issue, path: issue.path === "" ? place : `${place}.${issue.path}` };
		});
		throw new UserDOError(code, { message, issues: placed });
	}
}
