import type { SQL } from "drizzle-orm";
import type { CasingCache } from "drizzle-orm/casing";
import { toBound } from "./bound.js";
import { invalid, misconfigured } from "./errors.js";
import { quoteName, quoteText, type SqlValue } from "./sql.js";

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

/** Columns are written by their names, whatever Drizzle would make of their keys. */
const casing = {
	getColumnCasing: (column) => column.name,
} satisfies Pick<CasingCache, "getColumnCasing"> as unknown as CasingCache;

function toQuery(condition: SQL) {
	try {
		return condition.toQuery({
			casing,
			escapeName: quoteName,
			escapeParam: () => "?",
			escapeString: quoteText,
		});
	} catch (error) {
		// The stack overflowed: Drizzle asks whatever has a `getSQL` for more.
		if (error instanceof RangeError) throw invalid("where", "This is nested too deeply.");
		throw error;
	}
}

function isSql(value: unknown): value is SQL {
	return kindsOf(value).includes("SQL");
}

function toValue(param: unknown): SqlValue {
	const kinds = kindsOf(param);
	const inner = kinds.includes("Param") ? kindsOf((param as { value: unknown }).value) : kinds;
	if (inner.includes("Placeholder")) {
		throw misconfigured({ path: "where", message: "A condition can't have placeholders." });
	}
	return toBound(param);
}

const entityKind = Symbol.for("drizzle:entityKind");

/**
 * What Drizzle's `is` looks for: the kinds of the classes that an object is of. To ask `is` itself
 * would bring Drizzle into each Worker, also where no condition is Drizzle's.
 */
function kindsOf(value: unknown): unknown[] {
	if (typeof value !== "object" || value === null) return [];
	const kinds: unknown[] = [];
	let entity: unknown = Object.getPrototypeOf(value)?.constructor;
	while (typeof entity === "function") {
		if (entityKind in entity) kinds.push(entity[entityKind as never]);
		entity = Object.getPrototypeOf(entity);
	}
	return kinds;
}
