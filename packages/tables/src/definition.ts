import type * as z from "zod";
import type { $ZodCheck, $ZodType } from "zod/v4/core";
import { type Column, fieldName, systemColumn, toColumn } from "./columns.js";
import { misconfigured } from "./errors.js";
import { Fields, indexTerm } from "./field.js";
import { isPlainObject } from "./json.js";
import { type Reference, toReferences } from "./references.js";
import { toSearch } from "./search.js";
import { checkMigrations } from "./steps.js";
import type { Migration, TableOptions } from "./types.js";

export interface Index {
	name: string;
	unique: boolean;
	columns: readonly string[];
	/** The columns, or places inside of them, as SQL. */
	terms: readonly string[];
}

/** A declared table: all that is known of it without looking into the storage. */
export interface Definition {
	name: string;
	schema: z.ZodObject;
	/** As they stand in SQLite: the key first, what rows don't show last. */
	columns: readonly Column[];
	/** The first of `columns`: all but our `createdAt` where the schema has its own, and so on. */
	visible: readonly Column[];
	/** Where our `updatedAt` is in `columns`. */
	updatedAt: number;
	/** Those of the schema, by field. */
	own: ReadonlyMap<string, Column>;
	/** `visible`, by field: what a caller may name. */
	fields: ReadonlyMap<string, Column>;
	/** Refinements of the object as a whole. */
	checks: readonly $ZodCheck[];
	indexes: readonly Index[];
	references: readonly Reference[];
	/** What the search index holds; empty where there is none. */
	search: readonly Column[];
	realtime: boolean;
	/** In the order of their versions. */
	migrations: readonly Migration[];
}

/** SQLite takes 100 columns; id and two dates are ours. */
const maxFields = 97;
const tableName = /^[a-z_][a-z0-9_]{0,62}$/i;
const reservedTable = /^(sqlite_|_cf_|_userdo_|json_each$|json_tree$|pragma_)/i;

/** @throws UserDOError `misconfigured` naming all that can't be stored */
export function define(name: string, schema: z.ZodObject, options: TableOptions): Definition {
	checkTableName(name);
	checkShape(name, schema, options);
	const { shape, catchall, checks = [] } = schema._zod.def;
	if (catchall && catchall._zod.def.type !== "never") {
		const message = "Fields that the schema does not name can't be stored; use z.object().";
		throw misconfigured({ path: name, message });
	}
	checkFieldNames(name, Object.keys(shape));
	const own = new Map<string, Column>();
	for (const [field, part] of Object.entries(shape as Record<string, $ZodType>)) {
		own.set(field, toColumn(field, part, `${name}.${field}`));
	}
	const id = own.get("id") ?? systemColumn("id", "id", "text");
	if (id.kind !== "text" || id.optional) {
		throw misconfigured({ path: `${name}.id`, message: "An id must be a string." });
	}
	const user = [...own.values()].filter((column) => column !== id);
	const updatedAt = systemColumn("updatedAt", "_updated_at", "date");
	const times = [systemColumn("createdAt", "_created_at", "date"), updatedAt];
	const visible = [id, ...user, ...times.filter(({ field }) => !own.has(field))];
	const columns = [...visible, ...times.filter(({ field }) => own.has(field))];
	const fields = new Map(visible.map((column) => [column.field, column]));
	const indexes = [
		...toIndexes(name, fields, options.indexes ?? [], false),
		...toIndexes(name, fields, options.unique ?? [], true),
	];
	const references = toReferences(name, own, fields, options.references);
	return {
		name,
		schema,
		columns,
		visible,
		updatedAt: columns.indexOf(updatedAt),
		own,
		fields,
		checks,
		indexes: [...indexes, ...toIndexes(name, fields, withoutIndex(references, indexes), false)],
		references,
		search: toSearch(name, fields, options.search),
		realtime: options.realtime ?? true,
		migrations: checkMigrations(name, options.migrations ?? []),
	};
}

function checkTableName(name: string): void {
	if (typeof name !== "string" || !tableName.test(name)) {
		const message =
			"A table's name has letters, digits and underscores, at most 63, and no digit first.";
		throw misconfigured({ path: "table", message });
	}
	if (reservedTable.test(name) || name in {}) {
		throw misconfigured({ path: name, message: "This name is reserved." });
	}
}

const optionNames = [
	"indexes",
	"migrations",
	"realtime",
	"references",
	"search",
	"unique",
	"userScoped",
] satisfies (keyof TableOptions)[];

/** What the compiler refuses as well, for those who don't ask it. */
function checkShape(table: string, schema: unknown, options: unknown): void {
	const { _zod: internals } = Object(schema) as { _zod?: { def?: { type?: unknown } } };
	if (internals?.def?.type !== "object") {
		throw misconfigured({ path: table, message: "A table's schema is a z.object() of Zod 4." });
	}
	if (!isPlainObject(options)) {
		throw misconfigured({ path: table, message: "The options of a table are an object." });
	}
	for (const [name, value] of Object.entries(options)) {
		const path = `${table}.${name}`;
		if (!optionNames.some((known) => known === name)) {
			throw misconfigured({ path, message: "There is no such option." });
		}
		const isList = name === "indexes" || name === "unique";
		if (isList && value !== undefined && !(Array.isArray(value) && value.every(isFields))) {
			throw misconfigured({ path, message: "This is a list of fields, or of lists of fields." });
		}
	}
}

function isFields(entry: unknown): boolean {
	const names: unknown[] = Array.isArray(entry) ? entry : [entry];
	return names.every((name) => typeof name === "string");
}

function checkFieldNames(table: string, names: readonly string[]): void {
	if (names.filter((name) => name !== "id").length > maxFields) {
		throw misconfigured({ path: table, message: `A table has at most ${maxFields} fields.` });
	}
	// SQLite doesn't tell names apart by case; ours may not be taken either.
	const taken = new Set(["_created_at", "_updated_at"]);
	for (const name of names) {
		const path = `${table}.${name}`;
		if (!fieldName.test(name) || new TextEncoder().encode(name).length > 64) {
			const message =
				"A field's name has letters, digits, _, $ and -, at most 64 bytes, and no digit first.";
			throw misconfigured({ path, message });
		}
		const lower = name.toLowerCase();
		if (taken.has(lower) || (lower === "id" && name !== "id")) {
			throw misconfigured({
				path,
				message: "This name is taken (names differ by more than case).",
			});
		}
		// Zod, for one, finds such a field in objects that lack it.
		if (name in {})
			throw misconfigured({ path, message: "Every object has something of this name." });
		taken.add(lower);
	}
}

/** Without an index each delete in the other table would read all of this one. */
function withoutIndex(references: readonly Reference[], indexes: readonly Index[]): string[] {
	const first = new Set(["id", ...indexes.map(({ columns }) => columns[0])]);
	return references.map(({ column }) => column.name).filter((name) => !first.has(name));
}

function toIndexes(
	table: string,
	fields: ReadonlyMap<string, Column>,
	list: readonly (string | readonly string[])[],
	unique: boolean,
): Index[] {
	const places = new Fields([...fields.values()]);
	const taken = new Set<string>();
	return list.map((entry) => {
		const names = typeof entry === "string" ? [entry] : entry;
		const found = names.map((field) => {
			const path = `${table}.${field}`;
			const ref = places.look(field);
			if (!ref) throw misconfigured({ path, message: "There is no such field to index." });
			if (ref.kind === "json") {
				throw misconfigured({
					path,
					message: "A JSON field can't be indexed, but places in it can.",
				});
			}
			if (unique && ref.keys.length > 0) {
				const message = "A place inside of JSON can't be unique; give it a field of its own.";
				throw misconfigured({ path, message });
			}
			return ref;
		});
		if (found.length === 0) throw misconfigured({ path: table, message: "An index has fields." });
		if (new Set(found).size < found.length) {
			throw misconfigured({ path: table, message: "An index has each field once." });
		}
		const shown = found.map(({ column, keys }) => [column.name, ...keys].join("->"));
		const index = `${unique ? "unique" : "index"}:${table}:${shown.join(".")}`;
		// SQLite doesn't tell names of indexes apart by case.
		if (taken.has(index.toLowerCase())) {
			throw misconfigured({
				path: `${table}.${shown.join(".")}`,
				message: "This index stands twice.",
			});
		}
		taken.add(index.toLowerCase());
		return {
			name: index,
			unique,
			columns: found.map(({ column }) => column.name),
			terms: found.map((ref) => indexTerm(ref)),
		};
	});
}
