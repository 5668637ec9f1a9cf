import { safeParse } from "zod/v4/core";
import { closedValues } from "./closed-values.js";
import { type Column, encode } from "./columns.js";
import type { Definition, Index } from "./definition.js";
import { misconfigured } from "./errors.js";
import type { Reference } from "./references.js";
import { quoteName, quoteText, rows } from "./sql.js";
import { newestVersion } from "./steps.js";
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
	/** As `references`: all that a column takes that takes few values. */
	values?: Record<string, (string | number)[]>;
	/** The newest step that was run, or was not needed; absent before the first. */
	migration?: number;
	/** As `references`, and not of the definition alone: see `Additions`. */
	added?: string[][];
	kept?: Record<string, string>;
}

export function fingerprint(
	definition: Definition,
	migration = newestVersion(definition.migrations),
): Fingerprint {
	const { columns, indexes, references, search, realtime } = definition;
	const kinds = columns.map(({ name, kind, optional }) => [name, optional ? `${kind}?` : kind]);
	const closed = columns.flatMap((column) => {
		const values = closedValues(column);
		return values ? [[column.name, values] as const] : [];
	});
	return {
		columns: Object.fromEntries(kinds.sort(([a = ""], [b = ""]) => (a < b ? -1 : 1))),
		indexes: indexes.map(({ name }) => name).sort(),
		realtime,
		version: 2,
		...(references.length > 0 && { references: toStored(references) }),
		...(search.length > 0 && { search: search.map(({ name }) => name) }),
		...(closed.length > 0 && { values: Object.fromEntries(closed) }),
		...(migration > 0 && { migration }),
	};
}

/** Whether that is the fingerprint of a table as the definition has it, after whatever steps. */
export function isCurrent(definition: Definition, stored: string): boolean {
	const { added, kept, ...own } = JSON.parse(stored) as Fingerprint;
	const migration = Math.max(own.migration ?? 0, newestVersion(definition.migrations));
	return JSON.stringify(fingerprint(definition, migration)) === JSON.stringify(own);
}

function toStored(references: readonly Reference[]): StoredReferences {
	const entries = references.map(({ column, table, onDelete }) => [column.name, [table, onDelete]]);
	return Object.fromEntries(entries.sort(([a = ""], [b = ""]) => (a < b ? -1 : 1)));
}

export function createTable(sql: SqlStorage, definition: Definition): void {
	const { name, indexes } = definition;
	try {
		sql.exec(tableStatement(definition));
	} catch (error) {
		if (!(error instanceof Error) || !error.message.includes("already exists")) throw error;
		const message = "There is a table of this name that was made by other means.";
		throw misconfigured({ path: name, message });
	}
	for (const index of indexes) sql.exec(indexStatement(name, index));
}

export function tableStatement({ name, columns }: Definition): string {
	const lines = columns.map((column, i) => {
		const notNull = i === 0 ? " PRIMARY KEY NOT NULL" : column.schema ? "" : " NOT NULL";
		return `${quoteName(column.name)} ${column.codec.sqlType}${notNull}`;
	});
	return `CREATE TABLE ${quoteName(name)} (${lines.join(", ")}) STRICT, WITHOUT ROWID`;
}

/** As SQLite stores it. */
export function indexStatement(table: string, { name, unique, terms }: Index): string {
	const list = terms.join(", ");
	return `CREATE ${unique ? "UNIQUE " : ""}INDEX ${quoteName(name)} ON ${quoteName(table)} (${list})`;
}

/** Gives every row that value in a new column. */
export function addColumn(
	sql: SqlStorage,
	table: string,
	column: Column,
	value: string | number | null,
): void {
	const name = quoteName(column.name);
	const add = `ALTER TABLE ${quoteName(table)} ADD COLUMN ${name} ${column.codec.sqlType}`;
	if (value === null) {
		sql.exec(add);
		return;
	}
	// A default costs no write per row.
	const literal = toLiteral(sql, value);
	if (literal !== undefined) sql.exec(`${add} DEFAULT ${literal}`);
	else {
		sql.exec(add);
		sql.exec(`UPDATE ${quoteName(table)} SET ${name} = ?`, value);
	}
}

/** SQL has no text for every value: NUL, some fractions, what is longer than a statement. */
export function toLiteral(sql: SqlStorage, value: string | number): string | undefined {
	if (typeof value === "string" && (value.includes("\0") || value.length > 10_000))
		return undefined;
	const literal = typeof value === "number" ? numberLiteral(value) : quoteText(value);
	return rows(sql, `SELECT ${literal} = ?`, value)[0]?.[0] === 1 ? literal : undefined;
}

function numberLiteral(value: number): string {
	if (Number.isFinite(value)) return String(value);
	return value > 0 ? "9e999" : "-9e999";
}

/** What the schema makes of a row that lacks the field. */
export function defaultOf(column: Column): string | number | null {
	if (!column.schema) return null;
	const result = safeParse(column.schema, undefined);
	return result.success ? encode(column, result.data) : null;
}
