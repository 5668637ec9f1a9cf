import { isUserDOError, UserDOError } from "@userdo/contracts/errors";
import type { Definition } from "./definition.js";
import { invalid, misconfigured, uniqueColumns } from "./errors.js";
import { referenceFailure } from "./reference-triggers.js";

/**
 * What SQLite's refusal of a write to that table means to the caller, where it is theirs. Without
 * a table it is one of Drizzle's statements, which has the table in its text alone.
 */
export function toRefusal(error: unknown, definition?: Definition): UserDOError | undefined {
	if (!(error instanceof Error) || isUserDOError(error)) return undefined;
	const names = uniqueColumns(error);
	if (names) {
		const issues = names.map((name) => ({
			path: definition?.columns.find((column) => column.name === name)?.field ?? name,
			message: "There is a row with this value.",
		}));
		return new UserDOError("conflict", { issues });
	}
	const failure = referenceFailure(error);
	if (failure) {
		const { table, field, missing } = failure;
		const path = `${table}.${field}`;
		if (missing === undefined) {
			return conflict(path, `Rows of ${table} refer to this row.`);
		}
		const message = `There is no such row in ${missing}.`;
		return invalid((definition?.name ?? table) === table ? field : path, message);
	}
	const table = definition?.name ?? "db";
	if (error.message.startsWith("triggers nested too deep")) {
		const message = "A change here leads through more tables than SQLite's triggers nest deep.";
		return misconfigured({ path: table, message });
	}
	if (!error.message.startsWith("too many levels of trigger recursion")) return undefined;
	const message = "Rows refer to each other in too long a chain; delete its end first.";
	return conflict(table, message);
}

function conflict(path: string, message: string): UserDOError {
	return new UserDOError("conflict", { issues: [{ path, message }] });
}
