import type { $ZodType, $ZodTypeDef, $ZodTypes } from "zod/v4/core";
import { type Codec, codecs, type Kind } from "./codecs.js";
import { misconfigured } from "./errors.js";
import type { SqlValue } from "./sql.js";

/** No dots: those lead into JSON. */
export const fieldName = /^[\p{L}_$][\p{L}\p{N}_$-]*$/u;

/** One column of a table. */
export interface Column {
	/** The field of the row. */
	field: string;
	/** The column's name in SQLite: the field, but for `createdAt` and `updatedAt` of our own. */
	name: string;
	kind: Kind;
	codec: Codec;
	/** What NULL reads as: null where the schema allows it, else no key at all. */
	absent: "null" | "omitted";
	/** Whether the schema lets a row lack it. */
	optional: boolean;
	/** The field's own schema; a column of ours has none. */
	schema?: $ZodType;
}

/** The column of a field. `path` starts with the table, for the error of a type that has none. */
export function toColumn(field: string, schema: $ZodType, path: string): Column {
	const { kind, nullable, optional } = inspectOwn(schema, path);
	return {
		field,
		name: field,
		kind,
		codec: codecs[kind],
		absent: nullable ? "null" : "omitted",
		optional: nullable || optional,
		schema,
	};
}

/** A column of the layer itself. */
export function systemColumn(field: string, name: string, kind: Kind): Column {
	return { field, name, kind, codec: codecs[kind], absent: "omitted", optional: false };
}

export function encode(column: Column, value: unknown): string | number | null {
	return value === undefined || value === null ? null : column.codec.encode(value, column.field);
}

/** The row of those stored values, which stand in the order of the columns. */
export function decodeRow(columns: readonly Column[], values: readonly (SqlValue | undefined)[]) {
	const row: Record<string, unknown> = {};
	// The hot path of every read: a plain loop.
	for (let i = 0; i < columns.length; i++) {
		const { field, codec, absent } = columns[i] as Column;
		const value = values[i] ?? null;
		if (value !== null) row[field] = codec.decode(value);
		else if (absent === "null") row[field] = null;
	}
	return row;
}

function inspectOwn(schema: $ZodType, path: string): Shape {
	try {
		return inspect(schema, path);
	} catch (error) {
		if (!(error instanceof RangeError)) throw error;
		throw misconfigured({ path, message: "This schema refers to itself without an end." });
	}
}

interface Shape {
	kind: Kind;
	nullable: boolean;
	optional: boolean;
}

const of = (kind: Kind): Shape => ({ kind, nullable: false, optional: false });
/** What zod tells nothing about: stored as JSON, and checked to be JSON when it is written. */
const unknown: Shape = { kind: "json", nullable: true, optional: true };

/** What a schema's output needs of a column. */
export function inspect(schema: $ZodType, path: string): Shape {
	const { def } = (schema as $ZodTypes)._zod;
	switch (def.type) {
		case "string":
		case "template_literal":
			return of("text");
		case "number":
			return of(isInteger(def) ? "integer" : "real");
		case "boolean":
		case "date":
		case "bigint":
			return of(def.type);
		case "success":
			return of("boolean");
		case "enum":
			return ofValues(Object.values(def.entries));
		case "literal":
			return ofValues(def.values);
		case "optional":
			return { ...inspect(def.innerType, path), optional: true };
		case "nullable":
			return { ...inspect(def.innerType, path), nullable: true };
		case "default":
		case "prefault":
		case "nonoptional":
		case "catch":
			return { ...inspect(def.innerType, path), optional: false };
		case "readonly":
			return inspect(def.innerType, path);
		case "lazy":
			return inspect(def.getter(), path);
		case "pipe":
			return inspect(def.out, path);
		case "union":
			return ofUnion(def.options, path);
		case "any":
		case "unknown":
		case "transform":
		case "custom":
			return unknown;
		case "null":
			return { ...of("json"), nullable: true };
		case "undefined":
			return { ...of("json"), optional: true };
		default:
			checkJson(schema, path, new Set());
			return of("json");
	}
}

/** `z.int()` is a format of its own, `z.number().int()` a check. */
function isInteger({ checks = [], ...def }: $ZodTypeDef): boolean {
	const formats = [def, ...checks.map((check) => check._zod.def)];
	return formats.some((part) => "format" in part && String(part.format).includes("int"));
}

function ofValues(values: readonly unknown[]): Shape {
	const present = values.filter((value) => value !== null && value !== undefined);
	const kinds = new Set(present.map((value) => typeof value));
	const [only] = kinds;
	return {
		kind: kinds.size === 1 && only !== undefined ? (kindOfType[only] ?? "json") : "json",
		nullable: values.includes(null),
		optional: values.includes(undefined),
	};
}

const kindOfType: Record<string, Kind> = {
	string: "text",
	number: "real",
	boolean: "boolean",
	bigint: "bigint",
};

/** One column type where all options agree on it (but for null and undefined), else JSON. */
function ofUnion(options: readonly $ZodType[], path: string): Shape {
	const present = options.filter((option) => !isAbsence(option));
	const shapes = present.map((option) => inspect(option, path));
	const kinds = new Set(shapes.map(({ kind }) => kind));
	const [only] = kinds;
	const shape = of(kinds.size === 1 && only !== undefined ? only : "json");
	if (shape.kind === "json") for (const option of present) checkJson(option, path, new Set());
	const all = [...shapes, ...options.filter(isAbsence).map((option) => inspect(option, path))];
	return {
		kind: shape.kind,
		nullable: all.some(({ nullable }) => nullable),
		optional: all.some(({ optional }) => optional),
	};
}

function isAbsence(schema: $ZodType): boolean {
	const { type } = (schema as $ZodTypes)._zod.def;
	return type === "null" || type === "undefined";
}

/** Refuses what JSON would give back as something else: `{ at: z.date() }` would read as text. */
function checkJson(schema: $ZodType, path: string, seen: Set<$ZodType>): void {
	// Recursive schemas refer to themselves.
	if (seen.has(schema)) return;
	seen.add(schema);
	const { def } = (schema as $ZodTypes)._zod;
	const inner = (part: $ZodType, name: string | number) => checkJson(part, `${path}.${name}`, seen);
	switch (def.type) {
		case "string":
		case "number":
		case "boolean":
		case "null":
		case "undefined":
		case "template_literal":
		case "enum":
		case "any":
		case "unknown":
		case "transform":
		case "custom":
		case "success":
			break;
		case "literal":
			if (def.values.some((value) => typeof value === "bigint")) throw unstorable(path, "bigint");
			break;
		case "object":
			for (const [name, part] of Object.entries(def.shape)) inner(part, name);
			if (def.catchall && def.catchall._zod.def.type !== "never") inner(def.catchall, "*");
			break;
		case "array":
			inner(def.element, "*");
			break;
		case "record":
			inner(def.valueType, "*");
			break;
		case "tuple":
			for (const [i, part] of def.items.entries()) inner(part, i);
			if (def.rest) inner(def.rest, "*");
			break;
		case "union":
			for (const option of def.options) checkJson(option, path, seen);
			break;
		case "intersection":
			checkJson(def.left, path, seen);
			checkJson(def.right, path, seen);
			break;
		default: {
			const wrapped = innerOf(schema);
			if (!wrapped) throw unstorable(path, def.type);
			checkJson(wrapped, path, seen);
		}
	}
}

/** What a schema's values are like, where it only says whether they may be missing or how they are made. */
export function innerOf(schema: $ZodType): $ZodType | undefined {
	const { def } = (schema as $ZodTypes)._zod;
	switch (def.type) {
		case "optional":
		case "nullable":
		case "default":
		case "prefault":
		case "nonoptional":
		case "catch":
		case "readonly":
			return def.innerType;
		case "lazy":
			return def.getter();
		case "pipe":
			return def.out;
		default:
			return undefined;
	}
}

function unstorable(path: string, type: string) {
	const advice =
		type === "date" || type === "bigint"
			? " inside JSON; give it a field of its own, or make it text"
			: "";
	return misconfigured({ path, message: `A ${type} can't be stored${advice}.` });
}
