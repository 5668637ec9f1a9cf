import { type Column, decodeRow, encode } from "./columns.js";
import { type Compiler, compilerOf } from "./compiler.js";
import type { Definition } from "./definition.js";
import type { DeclaredTable, Engine } from "./engine.js";
import { findRelation, type Relation } from "./relations.js";
import { remembered } from "./remembered.js";
import { checkSize } from "./row-size.js";
import { BoundedCache, quoteName, rows, type SqlValue } from "./sql.js";
import { StoredTable } from "./stored-table.js";
import type { TableShape } from "./table-shape.js";
import { validateWhole } from "./validation.js";

type Fields = Record<string, unknown>;
/** A row as SQLite has it: a value for each column of the definition. */
export type StoredRow = readonly SqlValue[];

interface Statements {
	/** The table's, quoted. */
	name: string;
	insert: string;
	selectAll: string;
	select: string;
	delete: string;
	/** By the places of the columns that are set. */
	updates: BoundedCache<string>;
}

const statementsOf = remembered((shape: TableShape): Statements => {
	const name = quoteName(shape.name);
	const names = shape.columns.map((column) => quoteName(column.name));
	const marks = names.map(() => "?").join(", ");
	// With the table's name: SQLite takes a quoted name that is no column's for a text.
	const selectAll = `SELECT ${names.map((column) => `${name}.${column}`).join(", ")} FROM ${name}`;
	return {
		name,
		insert: `INSERT INTO ${name} (${names.join(", ")}) VALUES (${marks})`,
		selectAll,
		select: `${selectAll} WHERE "id" = ?`,
		delete: `DELETE FROM ${name} WHERE "id" = ?`,
		updates: new BoundedCache(100),
	};
});

/** Reads and writes rows in their stored form. */
export class RowStore implements DeclaredTable {
	readonly definition: Definition;
	readonly compiler: Compiler;
	readonly #engine: Engine;
	readonly #stored: StoredTable;
	readonly #statements: Statements;

	constructor(engine: Engine, definition: Definition) {
		this.#engine = engine;
		this.definition = definition;
		this.compiler = compilerOf(definition.shape);
		this.#stored = new StoredTable(engine, definition);
		this.#statements = statementsOf(definition.shape);
	}

	/** Creates the stored table, or brings it to what the definition says. */
	ensure(): void {
		this.#stored.ensure();
	}

	/** Brings it, and those that refer to it, to what the definitions say where they are stored. */
	settle(): void {
		this.#stored.settle();
	}

	read<R>(empty: R, run: (sql: SqlStorage) => R): R {
		return this.#stored.read(empty, run);
	}

	isReferred(): boolean {
		return this.#engine.referencing(this.definition.name).length > 0;
	}

	relation(name: unknown): Relation {
		return findRelation(this.#engine, this.definition, name);
	}

	transaction<T>(run: () => T): T {
		return this.#engine.transaction(run);
	}

	find(id: string): StoredRow | undefined {
		return this.read<StoredRow[]>([], (sql) => rows(sql, this.#statements.select, id))[0];
	}

	/** The row that has these values in the columns of those places. */
	findBy(key: readonly number[], values: readonly SqlValue[]): StoredRow | undefined {
		const names = key.map(
			(i) => `${this.#statements.name}.${quoteName(this.definition.columns[i]?.name ?? "")}`,
		);
		const text = `${this.#statements.selectAll} WHERE ${names.map((name) => `${name} = ?`).join(" AND ")}`;
		return this.read<StoredRow[]>([], (sql) => rows(sql, text, ...values))[0];
	}

	insert(values: StoredRow): void {
		this.#stored.write((sql) => sql.exec(this.#statements.insert, ...values));
	}

	/** Sets those fields, which the schema has parsed. */
	patch(before: StoredRow, fields: Fields): StoredRow {
		const { columns, checks } = this.definition;
		const after = before.slice();
		let differs = false;
		// The hot path of every update: a plain loop.
		for (let i = 0; i < columns.length; i++) {
			const column = columns[i] as Column;
			if (!column.schema || !Object.hasOwn(fields, column.field)) continue;
			const value = encode(column, fields[column.field]);
			if (value === before[i]) continue;
			after[i] = value;
			differs = true;
		}
		if (!differs) return before;
		if (checks.length > 0) validateWhole(this.definition, this.#toOwn(after));
		checkSize(after);
		return this.replace(before, after);
	}

	/** Writes what is different, if anything is. */
	replace(before: StoredRow, after: SqlValue[]): StoredRow {
		const { columns, updatedAt } = this.definition;
		const set: number[] = [];
		for (let i = 0; i < columns.length; i++) if (after[i] !== before[i]) set.push(i);
		if (set.length === 0) return before;
		// Always later than before: two changes in one millisecond must not look like one.
		after[updatedAt] = Math.max(Date.now(), Number(before[updatedAt]) + 1);
		set.push(updatedAt);
		const text = this.#statements.updates.getOrMake(set.join(), () => {
			const assignments = set.map((i) => `${quoteName(columns[i]?.name ?? "")} = ?`).join(", ");
			return `UPDATE ${this.#statements.name} SET ${assignments} WHERE "id" = ?`;
		});
		const values = set.map((i) => after[i] ?? null);
		values.push(before[0] ?? null);
		this.#stored.write((sql) => sql.exec(text, ...values));
		return after;
	}

	updateEach(ids: readonly string[], fields: Fields): void {
		this.#engine.transaction(() => {
			for (const id of ids) {
				const before = this.find(id);
				if (before) this.patch(before, fields);
			}
		});
	}

	/** Whether there was such a row. */
	delete(id: string): boolean {
		const deleted = this.#stored.remove(
			false,
			(sql) => sql.exec(this.#statements.delete, id).rowsWritten > 0,
		);
		if (deleted) this.#engine.wrote();
		return deleted;
	}

	deleteBy(text: string, values: readonly SqlValue[]): number {
		const count = this.#stored.remove(0, (sql) => {
			sql.exec(text, ...values);
			return Number(rows(sql, "SELECT changes()")[0]?.[0]);
		});
		if (count > 0) this.#engine.wrote();
		return count;
	}

	toRow(values: StoredRow): Fields {
		return decodeRow(this.definition.visible, values);
	}

	/** The fields of the schema alone. */
	#toOwn(values: StoredRow): Fields {
		const row = this.toRow(values);
		return Object.fromEntries(
			Object.entries(row).filter(([field]) => this.definition.own.has(field)),
		);
	}
}
