import { isAsyncError } from "@userdo/contracts";
import type { ErrorIssue } from "@userdo/contracts/errors";
import { UserDOError } from "@userdo/contracts/errors";
import { type $ZodError, type $ZodType, $ZodUnknown, safeParse } from "zod/v4/core";
import type { Definition } from "./definition.js";
import { invalid, misconfigured } from "./errors.js";
import { isPlainObject } from "./json.js";

type Fields = Record<string, unknown>;

/** What the schema makes of a new row. */
export function validateRow({ name, schema }: Definition, data: unknown): Fields {
	const result = parse(schema, data, name);
	if (result.success) return result.data as Fields;
	throw new UserDOError("invalid_input", { issues: toIssues(result.error, []) });
}

/**
 * What the fields' own schemas make of a patch. A field of no schema is refused. Null, which JSON can
 * tell, takes an optional field away as undefined does.
 */
export function validatePatch({ name, own }: Definition, patch: unknown): Fields {
	if (!isPlainObject(patch)) throw invalid("", "A patch is an object.");
	const fields: Fields = {};
	const issues: ErrorIssue[] = [];
	for (const [field, value] of Object.entries(patch)) {
		const column = own.get(field);
		if (!column?.schema) {
			issues.push({ path: field.slice(0, 64), message: "There is no such field." });
			continue;
		}
		if (value === null && column.optional && column.absent === "omitted") {
			fields[field] = undefined;
			continue;
		}
		const result = parse(column.schema, value, name);
		// The default is for new rows: it must not replace what a row has.
		if (result.success && value === undefined && !column.optional) continue;
		if (result.success) fields[field] = result.data;
		else issues.push(...toIssues(result.error, [field]));
	}
	if (issues.length > 0) throw new UserDOError("invalid_input", { issues });
	return fields;
}

/** The refinements of the object as a whole, on a row that a patch has changed. */
export function validateWhole({ name, checks }: Definition, row: Fields): void {
	if (checks.length === 0) return;
	const whole = new $ZodUnknown({ type: "unknown", checks: [...checks] });
	const result = parse(whole, row, name);
	if (!result.success) {
		throw new UserDOError("invalid_input", { issues: toIssues(result.error, []) });
	}
}

function parse(schema: $ZodType, value: unknown, table: string) {
	try {
		return safeParse(schema, value);
	} catch (error) {
		if (isAsyncError(error)) {
			throw misconfigured({ path: table, message: "A table's schema can't be asynchronous." });
		}
		// The stack overflowed: a recursive schema follows its input to any depth.
		if (error instanceof RangeError) throw invalid("", "This is nested too deeply.");
		throw error;
	}
}

function toIssues({ issues }: $ZodError, start: readonly string[]): ErrorIssue[] {
	return issues.map(({ path, message }) => ({ path: [...start, ...path].join("."), message }));
}
