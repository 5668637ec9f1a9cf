import { type ErrorIssue, isUserDOError, UserDOError } from "@userdo/contracts/errors";

/** The caller's input is at fault, at that path. */
export function invalid(path: string, message: string): UserDOError {
	return new UserDOError("invalid_input", { issues: [{ path, message }] });
}

/** The developer's definition is at fault; the first issue says it all. */
export function misconfigured(...issues: [ErrorIssue, ...ErrorIssue[]]): UserDOError {
	const message = issues.map((issue) => `${issue.path}: ${issue.message}`).join(" ");
	return new UserDOError("misconfigured", { message, issues });
}

/** A name that came from outside, short enough to be told back; an address of a person is none. */
export function nameOf(name: unknown, otherwise: string): string {
	const isName = typeof name === "string" && name !== "" && !name.includes("@");
	return isName ? name.slice(0, 64) : otherwise;
}

/** Runs it for one entry of a list; what it refuses is told with the entry's place. */
export function atIndex<T>(index: number, run: () => T): T {
	try {
		return run();
	} catch (error) {
		if (!isUserDOError(error) || error.code === "misconfigured") throw error;
		const { code, message, issues = [{ path: "", message: error.message }] } = error;
		const placed = issues.map((issue) => ({
			...issue,
			path: issue.path === "" ? String(index) : `${index}.${issue.path}`,
		}));
		throw new UserDOError(code, { message, issues: placed });
	}
}

export function isMissingTable(error: unknown): boolean {
	return error instanceof Error && error.message.startsWith("no such table:");
}

/** A trigger names a table that is there no longer. */
export function isMissingInTrigger(error: unknown): boolean {
	return error instanceof Error && error.message.startsWith("no such table: main.");
}

/** The stored tables are not what they were when they were last looked at. */
export function isStale(error: unknown): boolean {
	return (
		error instanceof Error &&
		/^no such (table|column):|^table \S+ has no column named/.test(error.message)
	);
}

/** The columns of SQLite's "UNIQUE constraint failed: posts.slug, posts.author: SQLITE_…". */
export function uniqueColumns(error: unknown): string[] | undefined {
	if (!(error instanceof Error)) return undefined;
	const [, list] = /^UNIQUE constraint failed: ([^:]+)/.exec(error.message) ?? [];
	return list?.split(", ").map((name) => name.slice(name.indexOf(".") + 1));
}
