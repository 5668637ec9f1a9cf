import { safeParse } from "zod/v4/core";
import { type Column, encode } from "./columns.js";
import type { Definition, Index } from "./definition.js";
import { misconfigured, uniqueColumns } from "./errors.js";
import type { Reference } from "./references.js";
import { quoteName, quoteText, rows } from "./sql.js";
import type { OnDelete } from "./types.js";

/** Table and action, by column. */
export type StoredReferences = Record<string, [table: string, onDelete: OnDelete]>;

/** What of a definition stands in the storage; kept beside the table, to tell a changed one. */
export interface Fingerprint {
	/** Kinds by column, with a question mark where a row may lack it. */
	columns: Record<string, string>;
	indexes: string[];
	realtime: boolean;
	/** Of the triggers: to be raised when they are written otherwise. */
	version: number;
	/** Absent where there are none: it was added later. */
	references?: StoredReferences;
	/** As `references`; in the order of the index's columns. */
	search?: string[];
}

export function fingerprint(definition: Definition): Fingerprint {
	const { columns, indexes, references, search, realtime } = definition;
	const kinds = columns.map(({ name, kind, optional }) => [name, optional ? `${kind}?` : kind]);
	return {
		columns: Object.fromEntries(kinds.sort(([a = ""], [b = ""]) => (a < b ? -1 : 1))),
		indexes: indexes.map(({ name }) => name).sort(),
		realtime,
		version: 1,
		...(references.length > 0 && { references: toStored(references) }),
		...(search.length > 0 && { search: search.map(({ name }) => name) }),
	};
}

function toStored(references: readonly Reference[]): StoredReferences {
	const entries = references.map(({ column, table, onDelete }) => [column.name, [table, onDelete]]);
	return Object.fromEntries(entries.sort(([a = ""], [b = ""]) => (a < b ? -1 : 1)));
}

export function createTable(sql: SqlStorage, { name, columns, indexes }: Definition): void {
	const lines = columns.map((column, i) => {
		const notNull = i === 0 ? " PRIMARY KEY NOT NULL" : column.schema ? "" : " NOT NULL";
		return `${quoteName(column.name)} ${column.codec.sqlType}${notNull}`;
	});
	try {
		sql.exec(`CREATE TABLE ${quoteName(name)} (${lines.join(", ")}) STRICT, WITHOUT ROWID`);
	} catch (error) {
		if (!(error instanceof Error) || !error.message.includes("already exists")) throw error;
		const message = "There is a table of this name that was made by other means.";
		throw misconfigured({ path: name, message });
	}
	for (const index of indexes) createIndex(sql, name, index);
}

function createIndex(sql: SqlStorage, table: string, { name, unique, columns }: Index): void {
	try {
		sql.exec(
			`CREATE ${unique ? "UNIQUE " : ""}INDEX ${quoteName(name)} ON ${quoteName(table)} (${columns.map(quoteName).join(", ")})`,
		);
	} catch (error) {
		const fields = uniqueColumns(error);
		if (!fields) throw error;
		const message = "This can't be made unique: rows have the same value.";
		throw misconfigured({ path: `${table}.${fields.join(",")}`, message });
	}
}

/**
 * Brings a stored table to its definition where nothing can be lost by it. Runs in a transaction.
 *
 * @throws UserDOError `misconfigured` naming every field that stands against it
 */
export function migrateTable(sql: SqlStorage, definition: Definition, stored: Fingerprint): void {
	const { name, columns, indexes } = definition;
	const wanted = fingerprint(definition);
	refuseLoss(sql, name, stored, wanted);
	const names = new Set(indexes.map((index) => index.name));
	for (const index of stored.indexes) {
		if (!names.has(index)) sql.exec(`DROP INDEX IF EXISTS ${quoteName(index)}`);
	}
	for (const column of columns) {
		if (!(column.name in stored.columns)) addColumn(sql, name, column);
	}
	const present = new Set(stored.indexes);
	for (const index of indexes) {
		if (!present.has(index.name)) createIndex(sql, name, index);
	}
}

function refuseLoss(sql: SqlStorage, table: string, stored: Fingerprint, wanted: Fingerprint) {
	const issues = Object.entries(stored.columns).flatMap(([name, before]) => {
		const path = `${table}.${name}`;
		const after = wanted.columns[name];
		if (after === undefined) {
			return { path, message: "This field was removed, and its values would be lost." };
		}
		const [from, to] = [before.replace("?", ""), after.replace("?", "")];
		if (from !== to)
			return { path, message: `The type of this field changed from ${from} to ${to}.` };
		if (before !== after && before.endsWith("?") && hasNull(sql, table, name)) {
			return { path, message: "This field became required, and rows lack it." };
		}
		return [];
	});
	const [first, ...others] = issues;
	if (first) throw misconfigured(first, ...others);
}

function hasNull(sql: SqlStorage, table: string, column: string): boolean {
	const from = `${quoteName(table)} WHERE ${quoteName(table)}.${quoteName(column)} IS NULL`;
	return rows(sql, `SELECT 1 FROM ${from} LIMIT 1`).length > 0;
}

function addColumn(sql: SqlStorage, table: string, column: Column): void {
	const name = quoteName(column.name);
	const add = `ALTER TABLE ${quoteName(table)} ADD COLUMN ${name} ${column.codec.sqlType}`;
	const value = defaultOf(column);
	if (value === null) {
		const path = `${table}.${column.name}`;
		if (!column.optional && rows(sql, `SELECT 1 FROM ${quoteName(table)} LIMIT 1`).length > 0) {
			const message = "This field is new and required, and there are rows; give it a default.";
			throw misconfigured({ path, message });
		}
		sql.exec(add);
		return;
	}
	const literal = typeof value === "number" ? String(value) : quoteText(value);
	// A default costs no write per row; but SQL has no text for every value (NUL, some fractions).
	if (isSame(sql, literal, value)) sql.exec(`${add} DEFAULT ${literal}`);
	else {
		sql.exec(add);
		sql.exec(`UPDATE ${quoteName(table)} SET ${name} = ?`, value);
	}
}

function isSame(sql: SqlStorage, literal: string, value: string | number): boolean {
	if (literal.includes("\0")) return false;
	return rows(sql, `SELECT ${literal} = ?`, value)[0]?.[0] === 1;
}

/** What the schema makes of a row that lacks the field. */
function defaultOf(column: Column): string | number | null {
	if (!column.schema) return null;
	const result = safeParse(column.schema, undefined);
	return result.success ? encode(column, result.data) : null;
}
