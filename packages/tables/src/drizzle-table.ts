import { integer, real, type SQLiteColumn, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { Column } from "./columns.js";
import type { Definition } from "./definition.js";

/** Drizzle's columns of the table, by their name in SQL. */
export function toDrizzle({ name, columns }: Definition): Record<string, SQLiteColumn> {
	const entries = columns.map((column) => [column.name, toBuilder(column)]);
	return sqliteTable(name, Object.fromEntries(entries)) as unknown as Record<string, SQLiteColumn>;
}

function toBuilder({ name, codec: { sqlType } }: Column) {
	if (sqlType === "TEXT") return text(name);
	return sqlType === "REAL" ? real(name) : integer(name);
}
