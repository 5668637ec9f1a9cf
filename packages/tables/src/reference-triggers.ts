import { now } from "./change-log.js";
import type { StoredReferences } from "./ddl.js";
import { isMissingTable, misconfigured } from "./errors.js";
import type { Reference } from "./references.js";
import { quoteName, quoteText, rows } from "./sql.js";
import type { OnDelete } from "./types.js";

/*
 * References are kept by triggers and not by foreign keys: SQLite can't add one to a stored table,
 * the DROP TABLE of a rebuild would delete the children, and its error names no field.
 */

/** What one of these triggers refused. */
export interface ReferenceFailure {
	table: string;
	field: string;
	/** The table without such a row; absent where rows of `table` refer to the one that goes. */
	missing?: string;
}

export function referenceFailure({ message }: Error): ReferenceFailure | undefined {
	const found = /^(\w+)\.(\S+): (?:There is no such row in (\w+)\.|Rows of \w+ refer to)/.exec(
		message,
	);
	const [, table, field, missing] = found ?? [];
	if (table === undefined || field === undefined) return undefined;
	return { table, field, ...(missing !== undefined && { missing }) };
}

/**
 * Drops the triggers of all references. To be done before a table is dropped, renamed or built anew:
 * SQLite refuses to rename a table while a trigger anywhere names one that is not there.
 */
export function dropReferenceTriggers(sql: SqlStorage): void {
	dropTriggers(sql, "_userdo_referring:");
	dropTriggers(sql, "_userdo_referred:");
}

/** Makes the triggers of all references of stored tables anew. To be run in a transaction. */
export function createReferenceTriggers(sql: SqlStorage): void {
	dropReferenceTriggers(sql);
	const stored = storedReferences(sql);
	for (const [table, references] of stored) createReferring(sql, table, references);
	const targets = stored.flatMap(([, references]) => Object.values(references));
	createReferred(sql, new Set(targets.map(([target]) => target)));
}

/** Makes the triggers of a stored table's columns that refer to others, and drops all besides. */
export function createReferring(sql: SqlStorage, name: string, references: StoredReferences): void {
	const prefix = `_userdo_referring:${name}.`;
	dropTriggers(sql, prefix);
	for (const [column, [table]] of Object.entries(references)) {
		if (!hasColumn(sql, name, column)) continue;
		const value = `NEW.${quoteName(column)}`;
		const message = `${name}.${column}: There is no such row in ${table}.`;
		const events = { insert: "INSERT", update: `UPDATE OF ${quoteName(column)}` };
		for (const [op, event] of Object.entries(events)) {
			sql.exec(
				`CREATE TRIGGER ${quoteName(`${prefix}${column}:${op}`)} AFTER ${event} ON ${quoteName(name)}
				WHEN ${value} IS NOT NULL
				AND NOT EXISTS (SELECT 1 FROM ${quoteName(table)} p WHERE p."id" = ${value})
				BEGIN SELECT RAISE(ABORT, ${quoteText(message)}); END`,
			);
		}
	}
}

/**
 * Makes the triggers of tables that stored ones refer to. By what is stored, not by what is
 * declared: the rows of a table that is declared no longer still refer.
 */
export function createReferred(sql: SqlStorage, tables: Iterable<string>): void {
	const stored = storedReferences(sql);
	const names = triggerNames(sql, "_userdo_referred:");
	for (const table of tables) {
		const own = names.filter((name) => name.startsWith(`${referred(table)}:`));
		for (const name of own) sql.exec(`DROP TRIGGER ${quoteName(name)}`);
		const children = storedChildren(sql, table, stored);
		if (children.length > 0 && hasColumn(sql, table, "id")) referTo(sql, table, children);
	}
}

function referTo(sql: SqlStorage, table: string, children: readonly Child[]): void {
	const restrict = children.map((child) => refuse(child, table));
	const steps = [
		// What goes or lets go by itself must not stand against the rest.
		...children.filter(({ onDelete }) => onDelete === "cascade").map(cascade),
		...children.filter(({ onDelete }) => onDelete === "set-null").map(setNull),
		...restrict.filter((_, i) => children[i]?.onDelete === "restrict"),
	];
	// The newest trigger is the first to run. This one comes after those of the change log, so that
	// the log tells of the children first and never of a row that refers to nothing.
	sql.exec(
		`CREATE TRIGGER ${quoteName(`${referred(table)}:delete`)} AFTER DELETE ON ${quoteName(table)}
		BEGIN ${steps.join("; ")}; END`,
	);
	sql.exec(
		`CREATE TRIGGER ${quoteName(`${referred(table)}:update`)} AFTER UPDATE OF "id" ON ${quoteName(table)}
		WHEN OLD."id" <> NEW."id"
		BEGIN ${restrict.join("; ")}; END`,
	);
}

/** @throws UserDOError `misconfigured` where rows refer to rows that are not there */
export function checkReferences(
	sql: SqlStorage,
	table: string,
	references: readonly Reference[],
): void {
	for (const { column, table: parent } of references) {
		if (!hasOrphans(sql, { table, column: column.name, parent })) continue;
		const message = `Rows refer to rows of ${parent} that are not there; change or delete them before this becomes a reference.`;
		throw misconfigured({ path: `${table}.${column.field}`, message });
	}
}

/** Whether rows refer to rows that are not there; where there is no such table, none is. */
export function hasOrphans(
	sql: SqlStorage,
	{ table, column, parent }: { table: string; column: string; parent: string },
): boolean {
	const value = `c.${quoteName(column)}`;
	const found = `SELECT 1 FROM ${quoteName(parent)} p WHERE p."id" = ${value}`;
	const isLost = hasColumn(sql, parent, "id") ? ` AND NOT EXISTS (${found})` : "";
	const from = `FROM ${quoteName(table)} c WHERE ${value} IS NOT NULL${isLost}`;
	return rows(sql, `SELECT 1 ${from} LIMIT 1`).length > 0;
}

interface Child {
	table: string;
	column: string;
	onDelete: OnDelete;
}

/** By what is stored, which columns refer to that table. */
export function storedChildren(
	sql: SqlStorage,
	parent: string,
	stored = storedReferences(sql),
): Child[] {
	const children = stored.flatMap(([table, references]) =>
		Object.entries(references)
			.filter(([, [target]]) => target === parent)
			.map(([column, [, onDelete]]) => ({ table, column, onDelete })),
	);
	if (children.length === 0) return [];
	const present = rows(
		sql,
		`SELECT c.key FROM json_each(?) c JOIN pragma_table_info(c.value ->> 'table') p
		ON p.name = c.value ->> 'column'`,
		JSON.stringify(children),
	);
	const places = new Set(present.map(([place]) => place));
	return children.filter((_, i) => places.has(i));
}

/** What each stored table refers to, by its name. */
export function storedReferences(sql: SqlStorage): [string, StoredReferences][] {
	const prefix = "table:";
	try {
		return rows(
			sql,
			"SELECT key, value FROM _userdo_meta WHERE substr(key, 1, ?) = ? ORDER BY key",
			prefix.length,
			prefix,
		).map(([key, value]) => {
			const { references = {} } = JSON.parse(String(value)) as { references?: StoredReferences };
			return [String(key).slice(prefix.length), references];
		});
	} catch (error) {
		if (isMissingTable(error)) return [];
		throw error;
	}
}

export function hasColumn(sql: SqlStorage, table: string, column: string): boolean {
	return rows(sql, "SELECT 1 FROM pragma_table_info(?) WHERE name = ?", table, column).length > 0;
}

/** Qualified: SQLite takes a quoted name that is no column's for a text. */
function ofOld({ table, column }: Child): string {
	return `${quoteName(table)}.${quoteName(column)} = OLD."id"`;
}

function cascade(child: Child): string {
	return `DELETE FROM ${quoteName(child.table)} WHERE ${ofOld(child)}`;
}

function setNull(child: Child): string {
	return `UPDATE ${quoteName(child.table)} SET ${quoteName(child.column)} = NULL,
		"_updated_at" = max(${now}, "_updated_at" + 1) WHERE ${ofOld(child)}`;
}

function refuse(child: Child, parent: string): string {
	const message = `${child.table}.${child.column}: Rows of ${child.table} refer to this row of ${parent}.`;
	return `SELECT RAISE(ABORT, ${quoteText(message)})
		WHERE EXISTS (SELECT 1 FROM ${quoteName(child.table)} WHERE ${ofOld(child)})`;
}

function referred(table: string): string {
	return `_userdo_referred:${table}`;
}

function dropTriggers(sql: SqlStorage, prefix: string): void {
	for (const name of triggerNames(sql, prefix)) sql.exec(`DROP TRIGGER ${quoteName(name)}`);
}

/** All whose names start so. Not by LIKE, which ignores case and takes `_` for anything. */
function triggerNames(sql: SqlStorage, prefix: string): string[] {
	return rows(
		sql,
		"SELECT name FROM sqlite_master WHERE type = 'trigger' AND substr(name, 1, ?) = ?",
		prefix.length,
		prefix,
	).map(([name]) => String(name));
}
