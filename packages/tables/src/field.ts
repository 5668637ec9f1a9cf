import type { $ZodType, $ZodTypes } from "zod/v4/core";
import type { Codec, Kind } from "./codecs.js";
import { codecs } from "./codecs.js";
import { type Column, innerOf, inspect } from "./columns.js";
import { invalid, nameOf } from "./errors.js";
import { bound, type Fragment, raw, sql } from "./fragment.js";
import { isPlainObject } from "./json.js";
import { BoundedCache, quoteName, quoteText, type SqlValue } from "./sql.js";

/** What a query can name: a field, or a place inside of a JSON field. */
export interface FieldRef {
	/** As callers write it: `author.name`. */
	name: string;
	/** Between quotes, which it has none of: in a query's shape it can't run into what stands around it. */
	quoted: string;
	column: Column;
	/** The keys inside of the column's JSON; none for the column itself. */
	keys: readonly string[];
	kind: Kind;
	codec: Codec;
	/** Whether rows may lack it. */
	optional: boolean;
	/** Of a list of texts, numbers or booleans: what its elements are. */
	element?: Kind;
}

/** A field as SQL. */
export interface FieldSql {
	/** What is sorted, and compared with {@link operand}. */
	value: Fragment;
	/** What is equal to a bound value if and only if the field is. */
	exact: Fragment;
	/** A bound value that can be compared with {@link value}. */
	operand: Fragment;
	/** The arguments of `json_each()`. */
	elements: Fragment;
}

const maxKeys = 5;
/** Of a path: what callers name is kept for a while. */
const maxLength = 512;
/** SQLite's JSON paths can't quote the others. */
const pathKey = /^[^"\\\p{C}]+$/u;
const scalars: ReadonlySet<Kind> = new Set(["text", "integer", "real", "boolean"]);

/** Finds what callers name in one table. */
export class Fields {
	readonly #columns = new Map<string, FieldRef>();
	// Of a recursive schema there is no end of them.
	readonly #paths = new BoundedCache<FieldRef>(200);

	constructor(visible: readonly Column[]) {
		for (const column of visible) {
			const { field: name, kind, codec, optional, schema } = column;
			const element = kind === "json" && schema ? elementOf(schema) : undefined;
			const ref = { name, quoted: quote(name), column, keys: [], kind, codec, optional };
			this.#columns.set(name, element ? { ...ref, element } : ref);
		}
	}

	/** @throws UserDOError `invalid_input` where the schema has no such field */
	find(name: unknown): FieldRef {
		const ref = this.look(name);
		if (!ref) throw invalid(nameOf(name, "field"), "There is no such field.");
		return ref;
	}

	look(name: unknown): FieldRef | undefined {
		const ref = this.#columns.get(name as string);
		if (ref || typeof name !== "string" || name.length > maxLength) return ref;
		const known = this.#paths.get(name);
		if (known) return known;
		const located = this.#locate(name);
		if (located) this.#paths.set(name, located);
		return located;
	}

	#locate(name: string): FieldRef | undefined {
		const [field = "", ...keys] = name.split(".", maxKeys + 2);
		const column = this.#columns.get(field)?.column;
		if (!column?.schema || column.kind !== "json" || keys.length === 0 || keys.length > maxKeys) {
			return undefined;
		}
		const found = keys.reduce<readonly $ZodType[]>(
			(schemas, key) => (pathKey.test(key) ? schemas.flatMap((each) => partsOf(each, key)) : []),
			[column.schema],
		);
		if (found.length === 0) return undefined;
		const shapes = found.map((schema) => inspect(schema, name).kind);
		const [first = "json"] = shapes;
		const kind = shapes.every((each) => each === first) ? first : "json";
		const codec = codecs[kind];
		const ref = { name, quoted: quote(name), column, keys, kind, codec, optional: true };
		const elements = kind === "json" ? found.map(elementOf) : [];
		const [element] = elements;
		return element && elements.every((each) => each === element) ? { ...ref, element } : ref;
	}
}

/** No name holds a quote. */
function quote(name: string): string {
	return `"${name}"`;
}

function unwrap(schema: $ZodType): $ZodTypes {
	const inner = innerOf(schema);
	return inner ? unwrap(inner) : (schema as $ZodTypes);
}

/** What values of that schema may hold under that key: one schema for each option of a union. */
function partsOf(schema: $ZodType, key: string): readonly $ZodType[] {
	const { def } = unwrap(schema)._zod;
	switch (def.type) {
		case "object":
			return Object.hasOwn(def.shape, key) ? [def.shape[key] as $ZodType] : [];
		case "union":
			return def.options.flatMap((option) =>
				// What such an option holds there may be anything.
				isOpen(option, key) ? [option] : partsOf(option, key),
			);
		case "intersection":
			return [def.left, def.right].flatMap((side) => partsOf(side, key));
		default:
			return [];
	}
}

/** Whether values of that schema may have that key, and nothing is said of what it holds. */
function isOpen(schema: $ZodType, key: string): boolean {
	const { def } = unwrap(schema)._zod;
	switch (def.type) {
		case "any":
		case "unknown":
		case "record":
		case "custom":
		case "transform":
			return true;
		case "object":
			return (
				def.catchall?._zod.def.type !== undefined &&
				def.catchall._zod.def.type !== "never" &&
				!Object.hasOwn(def.shape, key)
			);
		default:
			return false;
	}
}

function elementOf(schema: $ZodType): Kind | undefined {
	const { def } = unwrap(schema)._zod;
	if (def.type !== "array") return undefined;
	const { kind } = inspect(def.element, "");
	return scalars.has(kind) ? kind : undefined;
}

/** SQLite reads the text of some doubles as their neighbours: those in JSON are compared as text. */
export const isJsonReal = ({ keys, kind }: FieldRef) => keys.length > 0 && kind === "real";

/** The place of the field inside of its column's JSON, as SQLite writes it: `'$."name"'`. */
function jsonPath({ keys }: FieldRef): string {
	return quoteText(`$${keys.map((key) => `."${key}"`).join("")}`);
}

/** What an index is made of; SQLite uses it for nothing that is written otherwise in a query. */
export function indexTerm(ref: FieldRef): string {
	const name = quoteName(ref.column.name);
	return ref.keys.length === 0 ? name : `json_extract(${name}, ${jsonPath(ref)})`;
}

export function fieldSql(ref: FieldRef, column: Fragment): FieldSql {
	if (ref.keys.length === 0) {
		return { value: column, exact: column, operand: bound, elements: column };
	}
	const path = raw(jsonPath(ref));
	const value = sql`json_extract(${column}, ${path})`;
	const elements = sql`${column}, ${path}`;
	if (!isJsonReal(ref)) return { value, exact: value, operand: bound, elements };
	const exact = sql`nullif(${column} -> ${path}, 'null')`;
	return { value, exact, operand: sql`(${bound} ->> '$')`, elements };
}

/**
 * The value as it is bound.
 *
 * @throws UserDOError `invalid_input` for a value of another type
 */
export function bind(ref: FieldRef, value: unknown): string | number {
	const { operand = ref.codec.encode } = ref.codec;
	const encoded = operand(value, ref.name);
	return isJsonReal(ref) ? toJsonNumber(Number(encoded)) : encoded;
}

/** What `exact` of that field read, as rows show it. */
export function decodeField(ref: FieldRef, stored: SqlValue): unknown {
	if (stored === null) return null;
	return isJsonReal(ref) ? Number(stored) : ref.codec.decode(stored);
}

/** The field as it could be bound, from what its column holds. */
export function storedAt(ref: FieldRef, stored: SqlValue = null): SqlValue {
	if (ref.keys.length === 0 || stored === null) return stored;
	let value: unknown = JSON.parse(String(stored));
	// Only what SQLite finds: a text has a length to JavaScript, and any object a constructor.
	for (const key of ref.keys) {
		value = isPlainObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
	}
	return value === undefined || value === null ? null : bind(ref, value);
}

/** A number as JSON text; SQLite reads infinity from what no double can be. */
export function toJsonNumber(value: number): string {
	if (Number.isFinite(value)) return String(value);
	return value > 0 ? "9e999" : "-9e999";
}
