import type { StoredReferences } from "./ddl.js";
import type { Definition } from "./definition.js";
import type { DeclaredTable, Engine } from "./engine.js";
import { misconfigured } from "./errors.js";
import {
	checkReferences,
	createReferred,
	createReferring,
	storedChildren,
} from "./reference-triggers.js";

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
 * @throws UserDOError `misconfigured` where rows hold what would become a broken reference
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
	createReferring(sql, name, after);
	const tables = [...Object.values(before), ...references.map(({ table }) => [table])];
	for (const table of new Set([...tables.map(([table = ""]) => table), name])) {
		createReferred(sql, table);
	}
}
