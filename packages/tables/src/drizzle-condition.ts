import { is, Param, Placeholder, SQL } from "drizzle-orm";
import { toBound } from "./bound.js";
import { invalid, misconfigured } from "./errors.js";
import type { SqlValue } from "./sql.js";
import { toText } from "./sql-text.js";

/** A condition as SQL with a `?` for each of its values. */
export interface CompiledCondition {
	text: string;
	values: SqlValue[];
}

/**
 * Compiles what Drizzle's `eq`, `and`, `sql` and so on give.
 *
 * What Drizzle makes is told by the classes of its prototype chain. Neither JSON nor the structured
 * clone of an RPC has prototypes to give, so that no data of a caller passes for a condition, nor,
 * inside of one, for anything but a value to be bound.
 *
 * @throws UserDOError `invalid_input` for all else, and for values that can't be bound;
 *   `misconfigured` for a placeholder, since nothing would fill it
 */
export function compileCondition(condition: unknown): CompiledCondition {
	if (!isSql(condition)) throw invalid("where", "This is no condition.");
	const { sql: text, params } = toQuery(condition);
	return { text, values: params.map(toValue) };
}

function toQuery(condition: SQL) {
	try {
		return toText(condition);
	} catch (error) {
		// The stack overflowed: Drizzle asks whatever has a `getSQL` for more.
		if (error instanceof RangeError) throw invalid("where", "This is nested too deeply.");
		throw error;
	}
}

function isSql(value: unknown): value is SQL {
	// Drizzle's `is` fails for what has no prototype at all.
	return typeof value === "object" && Object.getPrototypeOf(value ?? {}) !== null && is(value, SQL);
}

function toValue(param: unknown): SqlValue {
	if (is(param, Placeholder) || (is(param, Param) && is(param.value, Placeholder))) {
		throw misconfigured({ path: "where", message: "A condition can't have placeholders." });
	}
	return toBound(param);
}
