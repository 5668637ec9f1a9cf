import type { Kind } from "./codecs.js";
import {
	addColumn,
	createTable,
	defaultOf,
	type Fingerprint,
	fingerprint,
	indexStatement,
} from "./ddl.js";
import type { Definition } from "./definition.js";
import { uniqueColumns } from "./errors.js";
import { findProblems, type KnownColumn, type Problem, refusal } from "./problems.js";
import { dropReferenceTriggers } from "./reference-triggers.js";
import { quoteName } from "./sql.js";
import { newestVersion, runSteps } from "./steps.js";
import { dropTriggers, ownIndexes, type StoredColumn, storedColumns } from "./stored-schema.js";
import { toMakeUnique } from "./suggestions.js";

export interface Migrated {
	fingerprint: Fingerprint;
	/** Whether steps have run, so that rows may have changed. */
	stepped: boolean;
	/** Whether the table was not there before. */
	isNew: boolean;
}

/** Whether a stored table is that of the definition, but went through steps of later deployments. */
export function isAhead(definition: Definition, stored: string): boolean {
	const { migration = 0 } = JSON.parse(stored) as Fingerprint;
	if (migration <= newestVersion(definition.migrations)) return false;
	return JSON.stringify(fingerprint(definition, migration)) === stored;
}

/**
 * Brings a stored table to its definition: by its steps, then by all that can lose nothing. Runs in
 * a transaction. Leaves no trigger of the layer: whoever has some makes them again.
 *
 * @throws UserDOError `misconfigured` naming every field that stands against it
 */
export function migrateTable(
	sql: SqlStorage,
	definition: Definition,
	stored: Fingerprint,
): Migrated {
	const { name, migrations } = definition;
	const applied = stored.migration ?? 0;
	const migration = Math.max(applied, newestVersion(migrations));
	const result = { fingerprint: fingerprint(definition, migration), stepped: false, isNew: false };
	const before = storedColumns(sql, name);
	if (before.length === 0) {
		// Somebody dropped it by hand.
		createTable(sql, definition);
		return { ...result, isNew: true };
	}
	const steps = migrations.filter(({ version }) => version > applied);
	const known = toKnown(stored);
	dropTriggers(sql, name);
	if (steps.length > 0) dropReferenceTriggers(sql);
	dropOldIndexes(sql, definition, known, before);
	runSteps(sql, name, steps);
	const stepped = steps.length > 0;
	const foreign = before.map((column) => column.name).filter((other) => !known.has(other));
	const columns = storedColumns(sql, name);
	const present = new Set(columns.map((column) => column.name));
	const missing = definition.columns
		.filter((column) => !present.has(column.name))
		.map((column) => ({ column, value: defaultOf(column) }));
	const state = { definition, known, columns, foreign: new Set(foreign), stepped, missing };
	refuseAny(findProblems(sql, state), definition, applied);
	for (const { column, value } of missing) addColumn(sql, name, column, value);
	refuseAny(makeIndexes(sql, definition), definition, applied);
	return { ...result, stepped };
}

function refuseAny([first, ...others]: Problem[], definition: Definition, applied: number): void {
	if (first) throw refusal([first, ...others], definition, applied);
}

function toKnown({ columns }: Fingerprint): Map<string, KnownColumn> {
	const entries = Object.entries(columns).map(([name, text]): [string, KnownColumn] => [
		name,
		{ kind: text.replace("?", "") as Kind, optional: text.endsWith("?") },
	]);
	return new Map(entries);
}

/**
 * Those that the definition lacks, or whose column can't stay as it is: SQLite lets no column go
 * that is indexed.
 */
function dropOldIndexes(
	sql: SqlStorage,
	definition: Definition,
	known: ReadonlyMap<string, KnownColumn>,
	stored: readonly StoredColumn[],
): void {
	const stays = new Set<string>();
	for (const { name, kind, codec, optional } of definition.columns) {
		const column = stored.find((other) => other.name === name);
		if (known.get(name)?.kind !== kind || column?.type !== codec.sqlType) continue;
		if (!column.notNull || !optional) stays.add(name);
	}
	const indexes = definition.indexes.filter(({ columns }) =>
		columns.every((name) => stays.has(name)),
	);
	dropIndexes(sql, { ...definition, indexes });
}

/** Drops those that the definition lacks; also one whose column was renamed under it. */
function dropIndexes(sql: SqlStorage, { name: table, indexes }: Definition): void {
	const wanted = new Map(indexes.map((index) => [index.name, indexStatement(table, index)]));
	for (const [name, text] of ownIndexes(sql, table)) {
		if (wanted.get(name) !== text) sql.exec(`DROP INDEX ${quoteName(name)}`);
	}
}

function makeIndexes(sql: SqlStorage, definition: Definition): Problem[] {
	const { name: table, indexes } = definition;
	dropIndexes(sql, definition);
	const present = ownIndexes(sql, table);
	return indexes.flatMap((index) => {
		if (present.has(index.name)) return [];
		// A table that a step has put aside may still have it.
		sql.exec(`DROP INDEX IF EXISTS ${quoteName(index.name)}`);
		try {
			sql.exec(indexStatement(table, index));
			return [];
		} catch (error) {
			const fields = uniqueColumns(error);
			if (!fields) throw error;
			const [query, step] = toMakeUnique(table, index);
			const message = `This can't be made unique: rows have the same value. To find them: ${query}.`;
			return [{ path: `${table}.${fields.join(",")}`, message, suggestions: [step] }];
		}
	});
}
