import fc from "fast-check";
import * as z from "zod";
import type { AnyQuery } from "../src/index.js";

/** What the tests' schemas are made of. `list` holds texts. */
type ModelKind = "text" | "int" | "real" | "flag" | "date" | "big" | "list" | "json";

/** A field that queries can name, or a place inside of one. */
export interface ModelField {
	path: string;
	kind: ModelKind;
}

export type Row = Record<string, unknown>;

// Few values, so that rows meet; with the traps of SQLite, UTF-16 and doubles among them.
const texts = [
	"",
	"a",
	"A",
	"ab",
	"abc",
	"b",
	"ä",
	"a\0",
	"a\0b",
	"%",
	"_",
	'"',
	"\\",
	"'",
	"1",
	"null",
	"\u{ffff}",
	"🙂",
	"\u{10ffff}",
	"\u{10ffff}z",
	"\u{d7ff}a",
];

const text = fc.constantFrom(...texts);

const valuesOf: Record<Exclude<ModelKind, "json">, fc.Arbitrary<unknown>> = {
	text,
	int: fc.constantFrom(0, -1, 1, 5, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER),
	real: fc.oneof(
		fc.constantFrom(0, -0, 1, 0.1, 0.30000000000000004, 1e-320, -5e-324, 1.7e308, 1e21, 2 ** 53),
		fc.double({ noNaN: true, noDefaultInfinity: true }),
	),
	flag: fc.boolean(),
	date: fc.constantFrom(...[-8.64e15, -1, 0, 1, 1.8e12].map((time) => new Date(time))),
	big: fc.constantFrom(0n, 1n, -1n, 9n, 10n, -10n, -9n, 99n, 10n ** 30n, -(10n ** 30n)),
	list: fc.array(text, { maxLength: 3 }),
};

const schemaOf: Record<ModelKind, z.ZodType> = {
	text: z.string(),
	int: z.int(),
	real: z.number(),
	flag: z.boolean(),
	date: z.date(),
	big: z.bigint(),
	list: z.array(z.string()),
	json: z.object({
		text: z.string().optional(),
		int: z.int().nullable(),
		real: z.number().optional(),
		flag: z.boolean().optional(),
		list: z.array(z.string()).optional(),
		inner: z.object({ "key-1": z.string() }).nullish(),
	}),
};

const inside: readonly ModelField[] = [
	{ path: "text", kind: "text" },
	{ path: "int", kind: "int" },
	{ path: "real", kind: "real" },
	{ path: "flag", kind: "flag" },
	{ path: "list", kind: "list" },
	{ path: "inner", kind: "json" },
	{ path: "inner.key-1", kind: "text" },
];

const jsonValue = fc.record(
	{
		text,
		int: fc.option(valuesOf.int),
		real: valuesOf.real,
		flag: valuesOf.flag,
		list: valuesOf.list,
		inner: fc.option(fc.record({ "key-1": text })),
	},
	{ requiredKeys: ["int"] },
);

const wrappers = ["plain", "optional", "nullable", "nullish"] as const;

/** A schema, what its rows are made of, and what of them a query can name. */
export interface ModelTable {
	schema: z.ZodObject;
	indexes: string[];
	fields: ModelField[];
	row: fc.Arbitrary<Row>;
}

const column = fc.tuple(
	fc.constantFrom<ModelKind>("text", "int", "real", "flag", "date", "big", "list", "json"),
	fc.constantFrom(...wrappers),
	fc.boolean(),
);

/** Tables of up to 6 random columns. */
export const modelTable: fc.Arbitrary<ModelTable> = fc
	.array(column, { minLength: 1, maxLength: 6 })
	.map((columns) => {
		const shape: Record<string, z.ZodType> = {};
		const row: Record<string, fc.Arbitrary<unknown>> = {};
		const fields: ModelField[] = [];
		const indexes: string[] = [];
		const required: string[] = [];
		for (const [i, [kind, wrapper, indexed]] of columns.entries()) {
			const name = `${kind}${i}`;
			const schema = schemaOf[kind];
			const value = kind === "json" ? jsonValue : valuesOf[kind];
			shape[name] = wrapper === "plain" ? schema : schema[wrapper]();
			row[name] = wrapper === "nullable" || wrapper === "nullish" ? fc.option(value) : value;
			if (wrapper === "plain" || wrapper === "nullable") required.push(name);
			fields.push({ path: name, kind });
			if (kind === "json") {
				fields.push(...inside.map((part) => ({ ...part, path: `${name}.${part.path}` })));
			}
			if (indexed && kind !== "json" && kind !== "list") indexes.push(name);
		}
		return {
			schema: z.object(shape),
			indexes,
			fields,
			row: fc.record(row, { requiredKeys: required }) as fc.Arbitrary<Row>,
		};
	});

type ModelCondition =
	| readonly unknown[]
	| { and: readonly ModelCondition[] }
	| { or: readonly ModelCondition[] }
	| { not: ModelCondition };

const ranges = ["<", "<=", ">", ">="];
const equalities = ["==", "!="];
const lists = ["in", "not-in"];
const substrings = ["contains", "includes", "starts-with"];

function comparison({ path, kind }: ModelField): fc.Arbitrary<readonly unknown[]> {
	const of = (operators: string[], operand: fc.Arbitrary<unknown>) =>
		fc.tuple(fc.constant(path), fc.constantFrom(...operators), operand);
	const nullness = of(["is-null"], fc.constantFrom(true, false, undefined));
	if (kind === "json") return nullness;
	if (kind === "list") return fc.oneof(nullness, of(["contains", "includes"], text));
	const value = valuesOf[kind];
	return fc.oneof(
		of(equalities, fc.oneof(value, fc.constant(null))),
		of(lists, fc.array(value, { maxLength: 4 })),
		nullness,
		...(kind === "flag" ? [] : [of(ranges, value)]),
		...(kind === "text" ? [of(substrings, value)] : []),
	);
}

/** Conditions on these fields, some of them nested. */
function conditions(fields: readonly ModelField[]): fc.Arbitrary<ModelCondition> {
	const leaf = fc.constantFrom(...fields).chain(comparison);
	const { node } = fc.letrec<{ node: ModelCondition }>((tie) => {
		const parts = fc.array(tie("node"), { minLength: 1, maxLength: 3 });
		return {
			node: fc.oneof(
				{ maxDepth: 3 },
				{ weight: 5, arbitrary: leaf },
				{ weight: 1, arbitrary: parts.map((or) => ({ or })) },
				{ weight: 1, arbitrary: parts.map((and) => ({ and })) },
				{ weight: 1, arbitrary: tie("node").map((not) => ({ not })) },
			),
		};
	});
	return node;
}

export interface ModelQuery {
	wheres: ModelCondition[];
	orders: [path: string, direction: "asc" | "desc"][];
	limit: number | undefined;
	offset: number | undefined;
}

export const sortable = (fields: readonly ModelField[]) =>
	[...fields, { path: "id", kind: "text" as const }].filter(
		({ kind }) => kind !== "json" && kind !== "list",
	);

export function queries(fields: readonly ModelField[]): fc.Arbitrary<ModelQuery> {
	const path = fc.constantFrom(...sortable(fields).map((field) => field.path));
	return fc.record({
		wheres: fc.array(conditions(fields), { maxLength: 3 }),
		orders: fc.array(fc.tuple(path, fc.constantFrom("asc", "desc")), { maxLength: 3 }),
		limit: fc.option(fc.nat(20), { nil: undefined }),
		offset: fc.option(fc.nat(6), { nil: undefined }),
	});
}

/** The query as a caller writes it; conditions by each of the ways there are. */
export function build(table: AnyQuery, { wheres, orders, limit, offset }: ModelQuery): AnyQuery {
	let built = table;
	for (const where of wheres) {
		if ("or" in where) built = built.or(where.or);
		else if ("not" in where) built = built.not(where.not);
		else if ("and" in where) built = built.where(where);
		else built = built.where(where[0], where[1] as string, where[2]);
	}
	for (const [path, direction] of orders) built = built.orderBy(path, direction);
	if (limit !== undefined) built = built.limit(limit);
	return offset === undefined ? built : built.offset(offset);
}

/** What stands there; null where nothing does. */
export function valueAt(row: Row, path: string): unknown {
	let value: unknown = row;
	for (const key of path.split(".")) value = (value as Row | null | undefined)?.[key];
	return value ?? null;
}

/** What can be compared with `<`: text by code point, as UTF-8 sorts. */
function comparable(value: unknown): string | number {
	if (typeof value !== "string") return value instanceof Date ? value.getTime() : Number(value);
	return [...value].map((c) => String(c.codePointAt(0)).padStart(7, "0")).join("");
}

/** Negative where a comes first; what is missing comes before all else. */
export function compare(a: unknown, b: unknown): number {
	if (a === null || b === null) return Number(b === null) - Number(a === null);
	if (typeof a === "bigint" && typeof b === "bigint") return a < b ? -1 : Number(a > b);
	const [x, y] = [comparable(a), comparable(b)];
	return x < y ? -1 : Number(x > y);
}

function holds(row: Row, condition: ModelCondition): boolean {
	if ("and" in condition) return condition.and.every((part) => holds(row, part));
	if ("or" in condition) return condition.or.some((part) => holds(row, part));
	if ("not" in condition) return !holds(row, condition.not);
	const [path, operator, operand] = condition as [string, string, unknown];
	const value = valueAt(row, path);
	const equals = (other: unknown) => compare(value, other) === 0;
	if (operator === "==") return equals(operand);
	if (operator === "!=") return !equals(operand);
	if (operator === "is-null") return (value === null) === (operand ?? true);
	if (operator === "in") return (operand as unknown[]).some(equals);
	if (operator === "not-in") return !(operand as unknown[]).some(equals);
	if (value === null) return false;
	if (Array.isArray(value)) return value.includes(operand);
	if (operator === "starts-with") return String(value).startsWith(String(operand));
	if (substrings.includes(operator)) return String(value).includes(String(operand));
	const sign = compare(value, operand);
	return { "<": sign < 0, "<=": sign <= 0, ">": sign > 0, ">=": sign >= 0 }[operator] ?? false;
}

/** The rows of the query, before its limit and offset. */
export function matching(rows: readonly Row[], { wheres, orders }: ModelQuery): Row[] {
	const all = [...orders, ["id", orders.at(-1)?.[1] ?? "asc"] as const];
	return rows
		.filter((row) => wheres.every((where) => holds(row, where)))
		.sort((a, b) => {
			for (const [path, direction] of all) {
				const sign = compare(valueAt(a, path), valueAt(b, path));
				if (sign !== 0) return direction === "desc" ? -sign : sign;
			}
			return 0;
		});
}
