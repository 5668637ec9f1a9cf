import type { Column } from "./columns.js";
import type { Definition } from "./definition.js";
import type { DeclaredTable, Engine } from "./engine.js";
import { invalid, misconfigured, nameOf } from "./errors.js";
import { SqlQuery } from "./query.js";
import type { SqlValue } from "./sql.js";

/** How the rows of a query lead to rows of another table. */
export interface Relation {
	name: string;
	/** The other table's. */
	table: string;
	/** The column of the query's rows that leads there. */
	column: Column;
	/** Reads what is at all of these keys together, and says what is at each. */
	load(keys: readonly SqlValue[]): (key: SqlValue) => unknown;
}

/**
 * The relation of that name: one that the table's references name, or the name of a table whose rows
 * refer to these (or what that reference calls them: `inverse`).
 *
 * @throws UserDOError `invalid_input` at `with` where there is none
 */
export function findRelation(engine: Engine, definition: Definition, name: unknown): Relation {
	const { columns, references, fields } = definition;
	const [id] = columns as [Column];
	const forward = references.find(({ as }) => as !== undefined && as === name);
	if (forward) {
		const target = engine.find(forward.table);
		if (!target) throw undeclared(definition.name, forward.column.field, forward.table);
		const load = (keys: readonly SqlValue[]) => loadOne(target, keys);
		return { name: forward.as ?? "", table: forward.table, column: forward.column, load };
	}
	const found = engine
		.referencing(definition.name)
		.filter(({ table, reference }) => (reference.inverse ?? table.definition.name) === name);
	const [first, second] = found;
	if (!first) throw invalid("with", `There is no relation ${nameOf(name, "of this name")}.`);
	const table = first.table.definition.name;
	if (second || fields.has(String(name))) {
		const path = `${table}.${first.reference.column.field}`;
		const message = "The name of the way back is taken; give it another one with `inverse`.";
		throw misconfigured({ path, message });
	}
	const load = (keys: readonly SqlValue[]) =>
		loadMany(first.table, first.reference.column.field, keys);
	return { name: String(name), table, column: id, load };
}

function undeclared(table: string, field: string, target: string) {
	const message = `The table ${target}, to which it refers, is not declared.`;
	return misconfigured({ path: `${table}.${field}`, message });
}

function loadOne(table: DeclaredTable, keys: readonly SqlValue[]) {
	const rows = find(table, "id", keys);
	const byId = new Map(rows.map((row) => [row.id, row]));
	return (key: SqlValue) => byId.get(key) ?? null;
}

function loadMany(table: DeclaredTable, field: string, keys: readonly SqlValue[]) {
	const rows = find(table, field, keys);
	const byKey = Map.groupBy(rows, (row) => row[field]);
	return (key: SqlValue) => byKey.get(key) ?? [];
}

function find(table: DeclaredTable, field: string, keys: readonly SqlValue[]) {
	return chunks(keys).flatMap((chunk) => new SqlQuery(table).where(field, "in", chunk).get());
}

/** Characters of keys in one query: a bound value has at most 2,000,000 bytes. */
const maxLength = 250_000;

function chunks(keys: readonly SqlValue[]): string[][] {
	const found: string[][] = [];
	let room = 0;
	for (const key of new Set(keys)) {
		if (typeof key !== "string") continue;
		if (room < key.length) {
			found.push([]);
			room = maxLength;
		}
		found.at(-1)?.push(key);
		// Quotes and a comma.
		room -= key.length + 3;
	}
	return found;
}
