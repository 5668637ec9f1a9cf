import { isMissingTable } from "./errors.js";
import { quoteName, rows } from "./sql.js";

/** A column as SQLite has it. */
export interface StoredColumn {
	name: string;
	/** In capitals, as in a STRICT table: `TEXT`. */
	type: string;
	notNull: boolean;
	isKey: boolean;
}

/** None where there is no such table. */
export function storedColumns(sql: SqlStorage, table: string): StoredColumn[] {
	const text = `SELECT name, type, "notnull", pk FROM pragma_table_info(?)`;
	return rows(sql, text, table).map(([name, type, notNull, key]) => ({
		name: String(name),
		type: String(type).toUpperCase(),
		notNull: notNull === 1,
		isKey: Number(key) > 0,
	}));
}

export function isStrict(sql: SqlStorage, table: string): boolean {
	return rows(sql, "SELECT strict FROM pragma_table_list(?)", table)[0]?.[0] === 1;
}

export function hasRows(sql: SqlStorage, table: string): boolean {
	return rows(sql, `SELECT 1 FROM ${quoteName(table)} LIMIT 1`).length > 0;
}

export function hasNull(sql: SqlStorage, table: string, column: string): boolean {
	// With the table's name: SQLite takes a quoted name that is no column's for a text.
	const from = `${quoteName(table)} WHERE ${quoteName(table)}.${quoteName(column)} IS NULL`;
	return rows(sql, `SELECT 1 FROM ${from} LIMIT 1`).length > 0;
}

/** The indexes that a definition has made, as SQL by name. */
export function ownIndexes(sql: SqlStorage, table: string): Map<string, string> {
	return named(sql, table, "type = 'index' AND (name GLOB 'index:*' OR name GLOB 'unique:*')");
}

/**
 * Takes the layer's own triggers from a table, since they name its columns, and would log what is
 * done to them. Whoever has some there makes them again.
 */
export function dropTriggers(sql: SqlStorage, table: string): void {
	for (const name of named(sql, table, "type = 'trigger' AND name GLOB '_userdo_*'").keys()) {
		sql.exec(`DROP TRIGGER ${quoteName(name)}`);
	}
}

/** A table that somebody dropped is again as if it had never been stored. */
export function forgetDropped(sql: SqlStorage): void {
	const name = "substr(key, length('table:') + 1)";
	try {
		sql.exec(
			`DELETE FROM _userdo_meta WHERE substr(key, 1, length('table:')) = 'table:' AND NOT EXISTS
			(SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ${name} COLLATE NOCASE)`,
		);
	} catch (error) {
		if (!isMissingTable(error)) throw error;
	}
}

function named(sql: SqlStorage, table: string, condition: string): Map<string, string> {
	// A step that builds the table again may write its name in other letters.
	const where = `tbl_name = ? COLLATE NOCASE AND ${condition}`;
	const found = rows(sql, `SELECT name, sql FROM sqlite_master WHERE ${where}`, table);
	return new Map(found.map(([name, text]) => [String(name), String(text)]));
}
