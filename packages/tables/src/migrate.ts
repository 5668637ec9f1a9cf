import { nextAdditions } from "./additions.js";
import type { Kind } from "./codecs.js";
import type { Column } from "./columns.js";
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
import { dropReferenceTriggers, storedChildren } from "./reference-triggers.js";
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
	const columns = storedColumns(sql, name);
	const present = new Set(columns.map((column) => column.name));
	const isNew = (column: string) => !present.has(column);
	const { added, kept } = nextAdditions(stored, definition, { stepped, isNew });
	const others = before.map((column) => column.name).filter((other) => !known.has(other));
	const foreign = [...others, ...Object.keys(kept)];
	const coming = definition.columns.filter(({ name, kind, codec, optional }) => {
		const isKept = !optional && stored.kept?.[name] === `${kind}?`;
		return isKept && columns.some((other) => other.name === name && other.type === codec.sqlType);
	});
	for (const column of coming) fill(sql, name, column);
	const missing = definition.columns
		.filter((column) => !present.has(column.name))
		.map((column) => ({ column, value: defaultOf(column) }));
	const state = { definition, known, columns, foreign: new Set(foreign), stepped, missing };
	refuseAny(findProblems(sql, state), definition, applied);
	for (const { column, value } of missing) addColumn(sql, name, column, value);
	refuseAny(makeIndexes(sql, definition), definition, applied);
	const after: Fingerprint = {
		...result.fingerprint,
		...(added.length > 0 && { added }),
		...(Object.keys(kept).length > 0 && { kept }),
	};
	return { ...result, fingerprint: after, stepped };
}

/** Gives rows of a deployment that lacked a field what they would have got with it. */
function fill(sql: SqlStorage, table: string, column: Column): void {
	const value = defaultOf(column);
	const name = quoteName(column.name);
	if (value === null) return;
	sql.exec(`UPDATE ${quoteName(table)} SET ${name} = ? WHERE ${name} IS NULL`, value);
}

function refuseAny([first, ...others]: Problem[], definition: Definition, applied: number): void {
	if (first) throw refusal([first, ...others], definition, applied);
}

function toKnown({ columns, kept, values }: Fingerprint): Map<string, KnownColumn> {
	const entries = Object.entries({ ...kept, ...columns }).map(
		([name, text]): [string, KnownColumn] => {
			const kind = text.replace("?", "") as Kind;
			return [name, { kind, optional: text.endsWith("?"), values: values?.[name] }];
		},
	);
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
			const [query, step] = toMakeUnique(table, index, storedChildren(sql, table));
			const message = `This can't be made unique: rows have the same value. To find them: ${query}.`;
			return [{ path: `${table}.${fields.join(",")}`, message, suggestions: [step] }];
		}
	});
}
