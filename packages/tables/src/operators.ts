import { and, eq, gt, gte, lt, lte, type SQL, sql } from "drizzle-orm";
import type { SQLiteColumn } from "drizzle-orm/sqlite-core";
import type { Kind } from "./codecs.js";
import type { Column } from "./columns.js";
import { invalid } from "./errors.js";
import { isOver, maxBytes, type SqlValue } from "./sql.js";

/** A condition's SQL is made from its form and column alone, so it is compiled once for all values. */
export interface Condition {
	form: Form;
	column: Column;
	values: readonly SqlValue[];
}

// SQLite orders every BLOB after every text. An empty one would be bound as NULL.
const afterAllText = new Uint8Array([0xff]).buffer;
const operand = () => sql.placeholder("value");
const listed = () => sql`(select j.value from json_each(${operand()}) as j)`;
// SQLite reads some decimal fractions one unit off, in JSON as well. Mantissa and power are exact.
const listedReal = () =>
	sql`(select (j.value ->> 0) * pow(2.0, j.value ->> 1) from json_each(${operand()}) as j)`;

const forms = {
	eq: (column) => eq(column, operand()),
	// IS NOT: a row that lacks the field is different from any value.
	not: (column) => sql`${column} is not ${operand()}`,
	lt: (column) => lt(column, operand()),
	lte: (column) => lte(column, operand()),
	gt: (column) => gt(column, operand()),
	gte: (column) => gte(column, operand()),
	in: (column) => sql`${column} in ${listed()}`,
	notIn: (column) => sql`(${column} is null or ${column} not in ${listed()})`,
	inReal: (column) => sql`${column} in ${listedReal()}`,
	notInReal: (column) => sql`(${column} is null or ${column} not in ${listedReal()})`,
	// LIKE stops at patterns of 50 bytes and ignores case.
	contains: (column) => sql`instr(${column}, ${operand()}) > 0`,
	startsWith: (column) => and(gte(column, operand()), lt(column, operand())) as SQL,
	isNull: (column) => sql`${column} is null`,
	isNotNull: (column) => sql`${column} is not null`,
} satisfies Record<string, (column: SQLiteColumn) => SQL>;

export type Form = keyof typeof forms;

export function toSql(form: Form, column: SQLiteColumn): SQL {
	return forms[form](column);
}

type Binder = (column: Column, value: unknown) => Omit<Condition, "column">;

const equality =
	(form: Form, absent: Form): Binder =>
	(column, value) => {
		if (value === null) return { form: absent, values: [] };
		return { form, values: [column.codec.encode(value, column.field)] };
	};

const range =
	(form: Form): Binder =>
	(column, value) => ({ form, values: [column.codec.encode(value, column.field)] });

const list =
	(form: Form, real: Form): Binder =>
	({ field, kind, codec }, value) => {
		if (!Array.isArray(value)) throw invalid(field, "This must be a list.");
		const encoded = value.map((entry) => codec.encode(entry, field));
		const text = JSON.stringify(toListed(kind, encoded));
		return { form: kind === "real" ? real : form, values: [text] };
	};

function toListed(kind: Kind, values: (string | number)[]): unknown[] {
	if (kind === "real") return values.map((value) => toBinary(Number(value)));
	// No other number can be in an integer column, and SQLite might misread it as one that is.
	return kind === "integer" ? values.filter(Number.isSafeInteger) : values;
}

const substring: Binder = (column, value) => ({
	form: "contains",
	values: [column.codec.encode(value, column.field)],
});

// A range, so that an index serves it.
const prefix: Binder = (column, value) => {
	const start = String(column.codec.encode(value, column.field));
	return { form: "startsWith", values: [start, successor(start) ?? afterAllText] };
};

const nullness: Binder = (column, value = true) => {
	if (typeof value !== "boolean") throw invalid(column.field, "This must be true or false.");
	return { form: value ? "isNull" : "isNotNull", values: [] };
};

const binders = new Map<unknown, Binder>([
	["==", equality("eq", "isNull")],
	["!=", equality("not", "isNotNull")],
	["<", range("lt")],
	["<=", range("lte")],
	[">", range("gt")],
	[">=", range("gte")],
	["in", list("in", "inReal")],
	["not-in", list("notIn", "notInReal")],
	["contains", substring],
	["includes", substring],
	["starts-with", prefix],
	["is-null", nullness],
]);

const equalities = ["==", "!=", "in", "not-in", "is-null"];
const comparisons = [...equalities, "<", "<=", ">", ">="];

const operatorsOf: Record<Kind, ReadonlySet<unknown>> = {
	text: new Set(binders.keys()),
	integer: new Set(comparisons),
	real: new Set(comparisons),
	date: new Set(comparisons),
	bigint: new Set(comparisons),
	boolean: new Set(equalities),
	json: new Set(["is-null"]),
};

/** @throws UserDOError `invalid_input` naming the operator, or the field whose value is wrong */
export function condition(column: Column, operator: unknown, value: unknown): Condition {
	const bind = binders.get(operator);
	if (!bind) throw invalid("operator", "There is no such operator.");
	if (!operatorsOf[column.kind].has(operator)) {
		throw invalid("operator", `The field ${column.field} does not take this operator.`);
	}
	const bound = bind(column, value);
	const texts = bound.values.filter((part) => typeof part === "string");
	if (texts.some((text) => isOver(maxBytes, [text]))) {
		throw invalid(column.field, "This value is too long.");
	}
	return { ...bound, column };
}

/** The first text after all that start with this one; none for U+10FFFF and the empty text. */
function successor(text: string): string | undefined {
	const points = [...text];
	while (points.length > 0) {
		const last = points.pop()?.codePointAt(0) ?? 0;
		// Between U+D7FF and U+E000 lie the half characters, which no text has.
		const next = last === 0xd7ff ? 0xe000 : last + 1;
		if (next <= 0x10ffff) return points.join("") + String.fromCodePoint(next);
	}
	return undefined;
}

/** The number as mantissa and power of two, both integers. */
function toBinary(value: number): [number, number] {
	if (Number.isSafeInteger(value)) return [value, 0];
	if (!Number.isFinite(value)) return [Math.sign(value), 2000];
	const bits = new DataView(new ArrayBuffer(8));
	bits.setFloat64(0, Math.abs(value));
	const exponent = bits.getUint32(0) >>> 20;
	const fraction = (bits.getUint32(0) & 0xfffff) * 2 ** 32 + bits.getUint32(4);
	const mantissa = exponent === 0 ? fraction : fraction + 2 ** 52;
	return [value < 0 ? -mantissa : mantissa, Math.max(exponent, 1) - 1075];
}
