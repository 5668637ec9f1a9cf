import { type SQL, sql } from "drizzle-orm";
import { customType, type SQLiteColumn, sqliteTable } from "drizzle-orm/sqlite-core";
import { v7 } from "uuid";
import { safeParse } from "zod/v4/core";
import type { Column } from "./columns.js";
import type { Definition } from "./definition.js";
import { invalid } from "./errors.js";
import type { SqlValue } from "./sql.js";

/** A table as Drizzle has it: its columns are its properties. */
type DrizzleColumns = Readonly<Record<string, SQLiteColumn>>;

/** Made when they are first asked for, since each takes some 15 µs. */
const tables = new WeakMap<Definition, DrizzleColumns>();

/**
 * The Drizzle table: columns under their fields' names; our own dates, where the schema has fields
 * of their names, under those of SQL, which no field may have.
 */
export function toDrizzleTable(definition: Definition): DrizzleColumns {
	const found = tables.get(definition);
	if (found) return found;
	const builders = definition.columns.map((column) => [
		keyOf(definition, column),
		toBuilder(definition, column),
	]);
	const table = sqliteTable(definition.name, Object.fromEntries(builders));
	tables.set(definition, table);
	return table;
}

function keyOf({ fields }: Definition, column: Column): string {
	return fields.get(column.field) === column ? column.field : column.name;
}

/** Not Drizzle's own modes: they write `"false"` as true, and into JSON what it can't keep. */
function toBuilder(definition: Definition, column: Column) {
	const { name, field, codec } = column;
	const builder = customType<{ data: unknown; driverData: SqlValue }>({
		dataType: () => codec.sqlType.toLowerCase(),
		toDriver: (value) => codec.encode(value, field),
		fromDriver: (value) => codec.decode(value),
	})(name).$defaultFn(() => defaultOf(column));
	if (column === definition.columns[0]) return builder.primaryKey();
	if (!column.optional) builder.notNull();
	return isUpdatedAt(definition, column) ? builder.$onUpdateFn(() => later(definition)) : builder;
}

function isUpdatedAt({ columns, updatedAt }: Definition, column: Column): boolean {
	return columns[updatedAt] === column;
}

/** As of our own writes: always later than before, within a millisecond too. */
function later({ name, columns, updatedAt }: Definition): SQL {
	const column = sql.identifier(columns[updatedAt]?.name ?? "");
	return sql`max(${Date.now()}, ${sql.identifier(name)}.${column} + 1)`;
}

/** What a new row gets that lacks the field. */
function defaultOf({ schema, field, optional }: Column): unknown {
	if (!schema) return field === "id" ? v7() : new Date();
	const result = safeParse(schema, undefined);
	// Drizzle takes null, but not undefined, for none.
	if (result.success) return result.data ?? null;
	if (optional) return null;
	throw invalid(field, "This is required.");
}
