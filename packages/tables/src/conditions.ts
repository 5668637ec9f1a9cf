import { compileCondition } from "./drizzle-condition.js";
import { invalid, nameOf } from "./errors.js";
import type { Fields } from "./field.js";
import { type Fragment, raw, sql } from "./fragment.js";
import { isPlainObject } from "./json.js";
import { compare } from "./operators.js";
import type { SqlValue } from "./sql.js";

/** Finds a column by its name in SQL. */
export type Columns = (name: string) => Fragment;

/** What rows are looked for by. Its SQL is made from the shape alone, so it is compiled once. */
export interface Condition {
	shape: string;
	/** In the order in which the SQL has them. */
	values: readonly SqlValue[];
	/** Comparisons in it. */
	terms: number;
	toSql(column: Columns): Fragment;
}

/** Deeper ones would come near the depth of 100 at which SQLite refuses an expression. */
export const maxLevel = 10;

/**
 * The condition that a caller has written as data: `["stars", ">", 5]`, `{ or: [...] }`,
 * `{ and: [...] }` or `{ not: ... }`; or that the developer's own code has made with Drizzle.
 *
 * @throws UserDOError `invalid_input` naming what is wrong
 */
export function toCondition(fields: Fields, filter: unknown, level = 0): Condition {
	if (level > maxLevel) throw invalid("where", "These conditions are nested too deeply.");
	if (Array.isArray(filter)) {
		const [field, operator, value] = filter;
		if (filter.length > 3) throw invalid("where", "A condition is a field, operator and value.");
		return compare(fields.find(field), operator, value);
	}
	if (typeof filter === "object" && filter !== null && "getSQL" in filter) return written(filter);
	const entries = isPlainObject(filter) ? Object.entries(filter) : [];
	const [[kind, parts] = []] = entries;
	if (entries.length === 1) {
		if (kind === "not") return not(toCondition(fields, parts, level + 1));
		if (kind === "and" || kind === "or") return join(kind, toList(fields, kind, parts, level + 1));
	}
	throw invalid(nameOf(kind, "where"), "A condition is a list, or one of and, or, not.");
}

/** A condition that Drizzle has written. */
function written(filter: object): Condition {
	const { text, values } = compileCondition(filter);
	return {
		shape: `sql(${JSON.stringify(text)})`,
		values,
		terms: 1,
		toSql: () => raw(text),
	};
}

function toList(fields: Fields, kind: string, parts: unknown, level: number): Condition[] {
	if (!Array.isArray(parts) || parts.length === 0) {
		throw invalid(kind, "This must be a list of conditions, at least one.");
	}
	return Array.from(parts, (part) => toCondition(fields, part, level));
}

function join(kind: "and" | "or", parts: readonly Condition[]): Condition {
	return {
		shape: `${kind}(${parts.map(({ shape }) => shape).join(",")})`,
		values: parts.flatMap(({ values }) => values),
		terms: parts.reduce((sum, { terms }) => sum + terms, 0),
		toSql: (column) =>
			joinSql(
				kind,
				parts.map((part) => part.toSql(column)),
			),
	};
}

/** True wherever the condition is not: also where SQL knows neither, as a field is absent. */
function not(condition: Condition): Condition {
	return {
		...condition,
		shape: `not(${condition.shape})`,
		toSql: (column) => sql`(${condition.toSql(column)}) is not true`,
	};
}

/** In halves, since SQLite takes a chain of 100 for an expression that is nested 100 deep. */
export function joinSql(kind: "and" | "or", parts: readonly Fragment[]): Fragment {
	const [first] = parts;
	if (first && parts.length === 1) return sql`(${first})`;
	const half = Math.ceil(parts.length / 2);
	const [left, right] = [joinSql(kind, parts.slice(0, half)), joinSql(kind, parts.slice(half))];
	return sql`(${left} ${raw(kind)} ${right})`;
}
