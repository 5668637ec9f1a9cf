import type * as z from "zod";
import type { Column } from "./columns.js";
import { misconfigured } from "./errors.js";
import { indexTerm } from "./field.js";
import { isPlainObject } from "./json.js";
import { type Reference, toReferences } from "./references.js";
import { toSearch } from "./search.js";
import { checkMigrations } from "./steps.js";
import { shapeOf, type TableShape } from "./table-shape.js";
import type { Migration, TableOptions } from "./types.js";

export interface Index {
	name: string;
	unique: boolean;
	columns: readonly string[];
	/** The columns, or places inside of them, as SQL. */
	terms: readonly string[];
}

/** A declared table: all that is known of it without looking into the storage. */
export interface Definition extends TableShape {
	/** The part that its name and schema say: the same object for the same two. */
	shape: TableShape;
	indexes: readonly Index[];
	references: readonly Reference[];
	/** What the search index holds; empty where there is none. */
	search: readonly Column[];
	realtime: boolean;
	/** In the order of their versions. */
	migrations: readonly Migration[];
}

const tableName = /^[a-z_][a-z0-9_]{0,62}$/i;
const reservedTable = /^(sqlite_|_cf_|_userdo_|json_each$|json_tree$|pragma_)/i;

/** @throws UserDOError `misconfigured` naming all that can't be stored */
export function define(name: string, schema: z.ZodObject, options: TableOptions): Definition {
	checkTableName(name);
	checkArguments(name, schema, options);
	const shape = shapeOf(name, schema);
	const { own, fields } = shape;
	const indexes = [
		...toIndexes(shape, options.indexes ?? [], false),
		...toIndexes(shape, options.unique ?? [], true),
	];
	const references = toReferences(name, own, fields, options.references);
	return {
		...shape,
		shape,
		indexes: [...indexes, ...toIndexes(shape, withoutIndex(references, indexes), false)],
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
function checkArguments(table: string, schema: unknown, options: unknown): void {
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

/** Without an index each delete in the other table would read all of this one. */
function withoutIndex(references: readonly Reference[], indexes: readonly Index[]): string[] {
	const first = new Set(["id", ...indexes.map(({ columns }) => columns[0])]);
	return references.map(({ column }) => column.name).filter((name) => !first.has(name));
}

function toIndexes(
	{ name: table, places }: TableShape,
	list: readonly (string | readonly string[])[],
	unique: boolean,
): Index[] {
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
