import type * as z from "zod";
import type { $ZodCheck, $ZodType } from "zod/v4/core";
import { type Column, fieldName, systemColumn, toColumn } from "./columns.js";
import { misconfigured } from "./errors.js";
import { Fields } from "./field.js";
import { remembered } from "./remembered.js";
import { BoundedCache } from "./sql.js";

/** What a table's name and schema say of it. */
export interface TableShape {
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
	/** As `fields`, with the places inside of JSON. */
	places: Fields;
	/** Refinements of the object as a whole. */
	checks: readonly $ZodCheck[];
}

/** SQLite takes 100 columns; id and two dates are ours. */
const maxFields = 97;
/** One schema mostly has one table; names that are made up must not fill the memory. */
const maxNames = 100;

const shapesOf = remembered((_: z.ZodObject) => new BoundedCache<TableShape>(maxNames));

/**
 * The same for the same schema object and name, whichever user's object asks.
 *
 * @throws UserDOError `misconfigured` naming all that can't be stored
 */
export function shapeOf(name: string, schema: z.ZodObject): TableShape {
	return shapesOf(schema).getOrMake(name, () => toShape(name, schema));
}

function toShape(name: string, schema: z.ZodObject): TableShape {
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
	return {
		name,
		schema,
		columns,
		visible,
		updatedAt: columns.indexOf(updatedAt),
		own,
		fields: new Map(visible.map((column) => [column.field, column])),
		places: new Fields(visible),
		checks,
	};
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
