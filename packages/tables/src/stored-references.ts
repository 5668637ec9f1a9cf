import type { StoredReferences } from "./ddl.js";
import type { Definition } from "./definition.js";
import type { DeclaredTable, Engine } from "./engine.js";
import { misconfigured } from "./errors.js";
import { findLongChain } from "./reference-chains.js";
import {
	checkReferences,
	createReferring,
	hasColumn,
	hasOrphans,
	storedChildren,
	storedReferences,
} from "./reference-triggers.js";
import type { Reference } from "./references.js";
import { quoteName } from "./sql.js";

/**
 * The tables that this one refers to.
 *
 * @throws UserDOError `misconfigured` naming the field whose table is not declared
 */
export function referencedTables(engine: Engine, definition: Definition): DeclaredTable[] {
	return definition.references.map(({ column, table }) => {
		const found = engine.find(table);
		if (found) return found;
		const message = `There is no table ${table}; declare it before the first write.`;
		throw misconfigured({ path: `${definition.name}.${column.field}`, message });
	});
}

/** The declared tables that refer to this one, or did when they were stored. */
export function referringTables(engine: Engine, { name }: Definition): Set<DeclaredTable> {
	const stored = storedChildren(engine.storage.sql, name).map(({ table }) => engine.find(table));
	const declared = engine.referencing(name).map(({ table }) => table);
	return new Set([...stored, ...declared].filter((table) => table !== undefined));
}

/**
 * Brings the triggers of a stored table's references, and of those to it, to what its definition
 * says. Runs in a transaction, after the fingerprint was stored: `after` is of that, `before`
 * of the last one.
 *
 * @throws UserDOError `misconfigured` where rows hold what would become a broken reference, and
 * where a deletion would lead through too many tables
 */
export function updateReferences(
	engine: Engine,
	definition: Definition,
	{
		before = {},
		after = {},
	}: { before?: StoredReferences | undefined; after?: StoredReferences | undefined },
): void {
	const { sql } = engine.storage;
	const { name, references } = definition;
	for (const table of referencedTables(engine, definition)) table.ensure();
	const changed = references.filter(({ column, table }) => before[column.name]?.[0] !== table);
	checkReferences(sql, name, changed);
	// A table that refers to none makes no chain longer.
	if (Object.keys(after).length > 0) checkChains(sql, name);
	// Looking for triggers reads the whole schema, which is most of what a new table costs.
	if (Object.keys({ ...before, ...after }).length > 0) createReferring(sql, name, after);
	const tables = [...Object.values(before), ...references.map(({ table }) => [table])];
	for (const table of new Set([...tables.map(([table = ""]) => table), name])) {
		engine.refer(table);
	}
}

/**
 * Holds what steps have left to every stored reference: they may have touched any table.
 *
 * @throws UserDOError `misconfigured` naming the field that refers to rows that are not there
 */
export function checkAfterSteps(engine: Engine): void {
	const { sql } = engine.storage;
	for (const [table, references] of storedReferences(sql)) {
		const declared = engine.find(table)?.definition.references;
		for (const [column, [parent]] of Object.entries(references)) {
			// What this deployment refers with otherwise is checked when that table is brought to it.
			const isKept = (other: Reference) => other.column.name === column && other.table === parent;
			if ((declared && !declared.some(isKept)) || !hasColumn(sql, table, column)) continue;
			if (!hasOrphans(sql, { table, column, parent })) continue;
			const lost = `WHERE ${quoteName(column)} NOT IN (SELECT "id" FROM ${quoteName(parent)})`;
			const message = `The steps leave rows that refer to rows of ${parent} that are not there, and nothing is changed. In the same step, change or delete those ${lost}.`;
			throw misconfigured({ path: `${table}.${column}`, message });
		}
	}
}

function checkChains(sql: SqlStorage, name: string): void {
	const chain = findLongChain(storedReferences(sql), name) ?? [];
	const [first] = chain;
	const blamed = chain.find((link) => link.table === name) ?? chain.at(-1);
	if (!first || !blamed) return;
	const tables = [first.parent, ...chain.map(({ table }) => table)].join(", ");
	const message = `A deletion would lead through more than ${chain.length} tables, and SQLite's triggers nest no deeper: ${tables}. Let one of these references be \`restrict\`.`;
	throw misconfigured({ path: `${blamed.table}.${blamed.column}`, message });
}
