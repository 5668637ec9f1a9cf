import type { Column } from "./columns.js";
import type { Definition } from "./definition.js";
import { searchTables } from "./search.js";
import { quoteName } from "./sql.js";

/**
 * An index of its own rather than FTS5's "external content": that needs an integer key, so `search`
 * on a stored table would rebuild it. Here the table stays as it is, and only the words are kept a
 * second time, not the text. Columns are `c0`, `c1`: FTS5 takes no `rank`, `rowid` or its own name.
 */
const options = `content='', contentless_delete=1, tokenize="unicode61 remove_diacritics 2"`;

/**
 * Makes the search index of a stored table anew, from its rows and by its definition; without
 * `search`, only drops it. To be run in a transaction.
 */
export function buildSearch(sql: SqlStorage, definition: Definition): void {
	const { name, search } = definition;
	dropSearch(sql, name);
	if (search.length === 0) return;
	const { docs, words } = searchTables(name);
	const { list, values } = columnsOf(search);
	sql.exec(`CREATE TABLE ${docs} (doc INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE) STRICT`);
	sql.exec(`CREATE VIRTUAL TABLE ${words} USING fts5(${list}, ${options})`);
	sql.exec(`INSERT INTO ${docs} (id) SELECT t."id" FROM ${quoteName(name)} t ORDER BY t."id"`);
	sql.exec(
		`INSERT INTO ${words} (rowid, ${list}) SELECT d.doc, ${values("t").join(", ")}
		FROM ${docs} d JOIN ${quoteName(name)} t ON t."id" = d.id ORDER BY d.doc`,
	);
	createSearchTriggers(sql, definition);
}

/** Makes the triggers that keep an index in step with its table. */
export function createSearchTriggers(sql: SqlStorage, { name, search }: Definition): void {
	dropSearchTriggers(sql, name);
	if (search.length === 0) return;
	const { docs, words } = searchTables(name);
	const { list, values } = columnsOf(search);
	const docOf = (row: string) => `(SELECT doc FROM ${docs} WHERE id = ${row}."id")`;
	const set = values("NEW").map((value, i) => `c${i} = ${value}`);
	const columns = [...new Set(["id", ...search.map((column) => column.name)])].map(quoteName);
	const of = (row: string) => columns.map((column) => `${row}.${column}`).join(", ");
	const trigger = (op: string, event: string, body: string) =>
		sql.exec(
			`CREATE TRIGGER ${triggerName(op, name)} AFTER ${event} ON ${quoteName(name)} ${body}`,
		);
	trigger(
		"insert",
		"INSERT",
		`BEGIN
		INSERT INTO ${docs} (id) VALUES (NEW."id");
		INSERT INTO ${words} (rowid, ${list}) VALUES (${docOf("NEW")}, ${values("NEW").join(", ")});
		END`,
	);
	trigger(
		"update",
		`UPDATE OF ${columns.join(", ")}`,
		`WHEN (${of("OLD")}) IS NOT (${of("NEW")}) BEGIN
		UPDATE ${docs} SET id = NEW."id" WHERE id = OLD."id" AND OLD."id" <> NEW."id";
		UPDATE ${words} SET ${set.join(", ")} WHERE rowid = ${docOf("NEW")};
		END`,
	);
	trigger(
		"delete",
		"DELETE",
		`BEGIN
		DELETE FROM ${words} WHERE rowid = ${docOf("OLD")};
		DELETE FROM ${docs} WHERE id = OLD."id";
		END`,
	);
}

/** Drops the search index of a table and its triggers, if there are any. */
function dropSearch(sql: SqlStorage, table: string): void {
	dropSearchTriggers(sql, table);
	const { docs, words } = searchTables(table);
	sql.exec(`DROP TABLE IF EXISTS ${words}`);
	sql.exec(`DROP TABLE IF EXISTS ${docs}`);
}

function dropSearchTriggers(sql: SqlStorage, table: string): void {
	for (const op of ["insert", "update", "delete"]) {
		sql.exec(`DROP TRIGGER IF EXISTS ${triggerName(op, table)}`);
	}
}

/** The index's columns, and the values of them in a row. */
function columnsOf(search: readonly Column[]) {
	return {
		list: search.map((_, i) => `c${i}`).join(", "),
		values: (row: string) => search.map((column) => `${row}.${quoteName(column.name)}`),
	};
}

function triggerName(op: string, table: string): string {
	return quoteName(`_userdo_search_${op}:${table}`);
}
