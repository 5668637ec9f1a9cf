import type { Kind } from "./codecs.js";
import { codecs } from "./codecs.js";
import type { Condition } from "./conditions.js";
import { invalid } from "./errors.js";
import { bind, type FieldRef, type FieldSql, fieldSql, isJsonReal } from "./field.js";
import { bound, type Fragment, sql } from "./fragment.js";
import { isOver, maxBytes, type SqlValue } from "./sql.js";

// SQLite orders every BLOB after every text. An empty one would be bound as NULL.
const afterAllText = new Uint8Array([0xff]).buffer;
const listed = sql`(select j.value from json_each(${bound}) as j)`;
// SQLite reads some decimal fractions one unit off, in JSON as well. Mantissa and power are exact.
const listedReal = sql`(select (j.value ->> 0) * pow(2.0, j.value ->> 1) from json_each(${bound}) as j)`;

/** The SQL of a comparison, made from the field and the form alone: it serves all values. */
const forms = {
	eq: ({ exact }) => sql`${exact} = ${bound}`,
	// The first is for an index on that place, which knows nothing of the text.
	eqJsonReal: ({ value, operand, exact }) => sql`${value} = ${operand} and ${exact} = ${bound}`,
	// IS NOT: a row that lacks the field is different from any value.
	not: ({ exact }) => sql`${exact} is not ${bound}`,
	lt: ({ value, operand }) => sql`${value} < ${operand}`,
	lte: ({ value, operand }) => sql`${value} <= ${operand}`,
	gt: ({ value, operand }) => sql`${value} > ${operand}`,
	gte: ({ value, operand }) => sql`${value} >= ${operand}`,
	in: ({ exact }) => sql`${exact} in ${listed}`,
	notIn: ({ exact }) => sql`(${exact} is null or ${exact} not in ${listed})`,
	inReal: ({ exact }) => sql`${exact} in ${listedReal}`,
	notInReal: ({ exact }) => sql`(${exact} is null or ${exact} not in ${listedReal})`,
	// LIKE stops at patterns of 50 bytes and ignores case.
	contains: ({ value }) => sql`instr(${value}, ${bound}) > 0`,
	startsWith: ({ value }) => sql`${value} >= ${bound} and ${value} < ${bound}`,
	holds: ({ elements }) =>
		sql`exists (select 1 from json_each(${elements}) as j where j.value = ${bound})`,
	holdsReal: ({ elements }) =>
		sql`exists (select 1 from json_each(${elements}) as j where j.value = (${bound} ->> '$'))`,
	isNull: ({ value }) => sql`${value} is null`,
	isNotNull: ({ value }) => sql`${value} is not null`,
} satisfies Record<string, (field: FieldSql) => Fragment>;

type Form = keyof typeof forms;

interface Comparison {
	form: Form;
	values: readonly SqlValue[];
}

type Binder = (field: FieldRef, value: unknown) => Comparison;

const equality =
	(form: Form, absent: Form): Binder =>
	(field, value) => {
		if (value === null) return { form: absent, values: [] };
		const operand = bind(field, value);
		if (form === "eq" && isJsonReal(field))
			return { form: "eqJsonReal", values: [operand, operand] };
		return { form, values: [operand] };
	};

const range =
	(form: Form): Binder =>
	(field, value) => ({ form, values: [bind(field, value)] });

const list =
	(form: Form, real: Form): Binder =>
	(field, value) => {
		if (!Array.isArray(value)) throw invalid(field.name, "This must be a list.");
		const values = Array.from(value, (entry) => bind(field, entry));
		const doubles = values.every((entry) => typeof entry === "number") && field.kind === "real";
		return { form: doubles ? real : form, values: [JSON.stringify(toListed(field.kind, values))] };
	};

function toListed(kind: Kind, values: (string | number)[]): unknown[] {
	if (kind === "real") {
		return values.map((value) => (typeof value === "number" ? toBinary(value) : value));
	}
	// No other number can be in an integer column, and SQLite might misread it as one that is.
	return kind === "integer" ? values.filter(Number.isSafeInteger) : values;
}

const substring: Binder = (field, value) => {
	const { element: kind } = field;
	if (kind === undefined) return { form: "contains", values: [bind(field, value)] };
	const element = { ...field, keys: ["*"], kind, codec: codecs[kind] };
	return { form: kind === "real" ? "holdsReal" : "holds", values: [bind(element, value)] };
};

// A range, so that an index serves it.
const prefix: Binder = (field, value) => {
	const start = String(bind(field, value));
	return { form: "startsWith", values: [start, successor(start) ?? afterAllText] };
};

const nullness: Binder = ({ name }, value = true) => {
	if (typeof value !== "boolean") throw invalid(name, "This must be true or false.");
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
const operatorsOfList: ReadonlySet<unknown> = new Set(["contains", "includes", "is-null"]);

/** @throws UserDOError `invalid_input` naming the operator, or the field whose value is wrong */
export function compare(field: FieldRef, operator: unknown, value: unknown): Condition {
	const binder = binders.get(operator);
	if (!binder) throw invalid("operator", "There is no such operator.");
	const allowed = field.element === undefined ? operatorsOf[field.kind] : operatorsOfList;
	if (!allowed.has(operator)) {
		throw invalid("operator", `The field ${field.name} does not take this operator.`);
	}
	const { form, values } = binder(field, value);
	for (const text of values) {
		// Mostly known without looking into it: a character has at most 3 bytes.
		if (typeof text === "string" && text.length * 3 > maxBytes && isOver(maxBytes, [text])) {
			throw invalid(field.name, "This value is too long.");
		}
	}
	return {
		shape: `${field.quoted} ${form}`,
		values,
		terms: 1,
		toSql: (column) => forms[form](fieldSql(field, column(field.column.name))),
	};
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
