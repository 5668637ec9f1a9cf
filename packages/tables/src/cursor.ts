import type { Column } from "./columns.js";
import type { Order } from "./compiler.js";
import type { Columns, Condition } from "./conditions.js";
import { invalid } from "./errors.js";
import { type FieldRef, fieldSql, isJsonReal, storedAt, toJsonNumber } from "./field.js";
import { type Fragment, raw, sql } from "./fragment.js";
import { isOver, maxBytes, type SqlValue } from "./sql.js";

/** Where a page ends: what the rows are sorted by, and the values of it in the last row. */
export function toCursor(
	orders: readonly Order[],
	columns: readonly Column[],
	row: readonly SqlValue[],
): string {
	const values = orders.map(({ field }) => storedAt(field, row[columns.indexOf(field.column)]));
	const texts = values.map((value) =>
		typeof value === "number" ? toJsonNumber(value) : JSON.stringify(value),
	);
	const text = `[${[JSON.stringify(describe(orders)), ...texts].join()}]`;
	return btoa(toBinary(text)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** Its bytes of UTF-8 as characters: of ASCII, the text itself. */
function toBinary(text: string): string {
	if (!/[^ -~]/.test(text)) return text;
	const bytes = new TextEncoder().encode(text);
	return Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
}

/**
 * The rows that come after the one at that cursor.
 *
 * @throws UserDOError `invalid_input` at `after` for a cursor of another order, or for none at all
 */
export function afterCursor(orders: readonly Order[], cursor: unknown): Condition {
	const values = parse(orders, cursor);
	const steps = orders.map((order, i): Step => ({ ...order, value: values[i] ?? null }));
	const bounds = steps.slice(0, 1).filter(isBounded);
	const parts = steps.map(
		({ field, direction, value }) => `${field.quoted} ${direction} ${value === null}`,
	);
	return {
		shape: `after(${parts})`,
		values: [...bounds, ...steps.slice(0, -1).flatMap((step) => [step, step]), ...steps.slice(-1)]
			.map(({ value }) => value)
			.filter((value) => value !== null),
		terms: 0,
		toSql: (column) => sql`${boundSql(bounds, column)}${afterSql(steps, column)}`,
	};
}

interface Step extends Order {
	/** The last row's. */
	value: SqlValue;
}

/** Whether all rows that follow have a value on the same side, or the same: an index finds those. */
function isBounded({ field, direction, value }: Step): boolean {
	return value !== null && (direction === "asc" || !field.optional);
}

function boundSql([first]: readonly Step[], column: Columns): Fragment {
	if (!first) return sql``;
	const { value, operand } = fieldSql(first.field, column(first.field.column.name));
	return sql`${value} ${raw(first.direction === "asc" ? ">=" : "<=")} ${operand} and `;
}

/** After in the first field, or equal in it and after in the others. */
function afterSql([step, ...others]: readonly Step[], column: Columns): Fragment {
	if (!step) return sql`0`;
	const after = sql`(${strictlyAfter(step, column)})`;
	if (others.length === 0) return after;
	const { value, operand } = fieldSql(step.field, column(step.field.column.name));
	const equal = step.value === null ? sql`${value} is null` : sql`${value} = ${operand}`;
	return sql`(${after} or (${equal} and ${afterSql(others, column)}))`;
}

/** Rows that lack the field come first, with `desc` last. */
function strictlyAfter({ field, direction, value: last }: Step, column: Columns): Fragment {
	const { value, operand } = fieldSql(field, column(field.column.name));
	if (direction === "asc") {
		return last === null ? sql`${value} is not null` : sql`${value} > ${operand}`;
	}
	if (last === null) return sql`0`;
	return field.optional
		? sql`${value} < ${operand} or ${value} is null`
		: sql`${value} < ${operand}`;
}

function describe(orders: readonly Order[]): string {
	return orders.map(({ field, direction }) => `${field.name} ${direction}`).join(",");
}

function parse(orders: readonly Order[], cursor: unknown): SqlValue[] {
	const refused = invalid("after", "This is no cursor of a page in this order.");
	if (typeof cursor !== "string") throw refused;
	let parsed: unknown;
	try {
		const binary = atob(cursor.replaceAll("-", "+").replaceAll("_", "/"));
		const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
		parsed = JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
	} catch {
		throw refused;
	}
	if (!Array.isArray(parsed) || parsed.length !== orders.length + 1) throw refused;
	const [order, ...values] = parsed as unknown[];
	const fits = orders.every(({ field }, i) => isValueOf(field, values[i]));
	if (order !== describe(orders) || !fits) throw refused;
	return values as SqlValue[];
}

/** Whether the field could have it in the storage: a cursor may come from anybody. */
function isValueOf(field: FieldRef, value: unknown): boolean {
	if (value === null) return field.optional;
	if (isJsonReal(field)) {
		// In JSON's own spelling: SQLite fails for any other.
		return typeof value === "string" && toJsonNumber(Number(value)) === value;
	}
	if (field.codec.sqlType !== "TEXT") return typeof value === "number";
	return typeof value === "string" && value.isWellFormed() && !isOver(maxBytes, [value]);
}
