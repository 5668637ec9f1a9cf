import { UserDOError } from "@userdo/contracts/errors";
import { v7 } from "uuid";
import { checkId, checkOptions, checkSize, uniqueKey, withoutId } from "./arguments.js";
import { type Column, decodeRow, encode } from "./columns.js";
import { Compiler } from "./compiler.js";
import type { Definition } from "./definition.js";
import type { Engine } from "./engine.js";
import { atIndex, invalid } from "./errors.js";
import { type Source, SqlQuery } from "./query.js";
import { BoundedCache, quoteName, rows, type SqlValue } from "./sql.js";
import { StoredTable } from "./stored-table.js";
import type { AnyTable } from "./types.js";
import { validatePatch, validateRow, validateWhole } from "./validation.js";

type Fields = Record<string, unknown>;

/** One declared table, whether it is stored yet or not. */
export class SqlTable implements AnyTable, Source {
	readonly definition: Definition;
	readonly compiler: Compiler;
	readonly #engine: Engine;
	/** Quoted. */
	readonly #name: string;
	readonly #stored: StoredTable;
	readonly #insert: string;
	readonly #selectAll: string;
	readonly #select: string;
	readonly #updates = new BoundedCache<string>(100);

	constructor(engine: Engine, definition: Definition) {
		this.#engine = engine;
		this.definition = definition;
		this.compiler = new Compiler(definition);
		this.#name = quoteName(definition.name);
		this.#stored = new StoredTable(engine, definition);
		const names = definition.columns.map(({ name }) => quoteName(name)).join(", ");
		const marks = definition.columns.map(() => "?").join(", ");
		this.#insert = `INSERT INTO ${this.#name} (${names}) VALUES (${marks})`;
		// With the table's name: SQLite takes a quoted name that is no column's for a text.
		const qualified = definition.columns.map(({ name }) => `${this.#name}.${quoteName(name)}`);
		this.#selectAll = `SELECT ${qualified.join(", ")} FROM ${this.#name}`;
		this.#select = `${this.#selectAll} WHERE "id" = ?`;
	}

	get name(): string {
		return this.definition.name;
	}

	where(field: unknown, operator: unknown, value?: unknown): SqlQuery {
		return new SqlQuery(this).where(field, operator, value);
	}

	orderBy(field: unknown, direction?: unknown): SqlQuery {
		return new SqlQuery(this).orderBy(field, direction);
	}

	limit(count: unknown): SqlQuery {
		return new SqlQuery(this).limit(count);
	}

	get(): Fields[] {
		return new SqlQuery(this).get();
	}

	first(): Fields | undefined {
		return new SqlQuery(this).first();
	}

	count(): number {
		return new SqlQuery(this).count();
	}

	exists(): boolean {
		return new SqlQuery(this).exists();
	}

	deleteWhere(): number {
		return new SqlQuery(this).deleteWhere();
	}

	updateWhere(patch: unknown): number {
		return new SqlQuery(this).updateWhere(patch);
	}

	create(data: unknown): Fields {
		const values = this.#prepare(data);
		this.#stored.write((sql) => sql.exec(this.#insert, ...values));
		return this.#toRow(values);
	}

	createMany(list: unknown): Fields[] {
		if (!Array.isArray(list)) throw invalid("rows", "This must be a list.");
		// Not by map(): it passes over holes.
		const prepared = Array.from(list, (data, i) => atIndex(i, () => this.#prepare(data)));
		this.#engine.transaction(() => {
			for (const [i, values] of prepared.entries()) {
				atIndex(i, () => this.#stored.write((sql) => sql.exec(this.#insert, ...values)));
			}
		});
		return prepared.map((values) => this.#toRow(values));
	}

	upsert(data: unknown, options: unknown): Fields {
		const { on } = checkOptions(options, ["on"]);
		const { columns } = this.definition;
		const key = uniqueKey(this.definition, on);
		const values = this.#prepare(data);
		const wanted = key.map((i) => values[i] ?? null);
		// NULLs are all different to a unique index.
		const before = wanted.includes(null) ? undefined : this.#findBy(key, wanted);
		if (!before) {
			this.#stored.write((sql) => sql.exec(this.#insert, ...values));
			return this.#toRow(values);
		}
		const after = columns.map((column, i) => (column.schema ? values[i] : before[i]) ?? null);
		if (after[0] !== before[0]) throw invalid("id", "An id can't be changed.");
		return this.#toRow(this.#replace(before, after));
	}

	/** The stored values of a new row. */
	#prepare(data: unknown): SqlValue[] {
		const fields = validateRow(this.definition, data);
		const now = Date.now();
		const values: SqlValue[] = [];
		for (const column of this.definition.columns) {
			if (column.schema) values.push(encode(column, fields[column.field]));
			else values.push(column.field === "id" ? v7() : now);
		}
		checkSize(values);
		return values;
	}

	findById(id: unknown): Fields | undefined {
		const values = this.#find(id);
		return values && this.#toRow(values);
	}

	update(id: unknown, patch: unknown, options?: unknown): Fields {
		const key = checkId(id);
		const { ifUpdatedAt } = checkOptions(options, ["ifUpdatedAt"]);
		const version = this.#version(ifUpdatedAt);
		const fields = validatePatch(this.definition, withoutId(patch, key));
		const before = this.#find(key);
		if (!before) throw new UserDOError("not_found");
		if (version && before[version.at] !== version.value) {
			const issue = { path: "updatedAt", message: "The row was changed in the meantime." };
			throw new UserDOError("conflict", { issues: [issue] });
		}
		return this.#toRow(this.#patch(before, fields));
	}

	updateEach(ids: readonly string[], patch: unknown): void {
		const fields = validatePatch(this.definition, patch);
		if (Object.hasOwn(fields, "id")) throw invalid("id", "An id can't be changed.");
		this.#engine.transaction(() => {
			for (const id of ids) {
				const before = this.#find(id);
				if (before) this.#patch(before, fields);
			}
		});
	}

	/** The stored form of the `updatedAt` that a caller has seen. */
	#version(seen: unknown): { at: number; value: SqlValue } | undefined {
		if (seen === undefined) return undefined;
		const column = this.definition.fields.get("updatedAt") as Column;
		const at = this.definition.columns.indexOf(column);
		return { at, value: column.codec.encode(seen, "ifUpdatedAt") };
	}

	#patch(before: readonly SqlValue[], fields: Fields): readonly SqlValue[] {
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
		return this.#replace(before, after);
	}

	/** Writes what is different, if anything is. */
	#replace(before: readonly SqlValue[], after: SqlValue[]): readonly SqlValue[] {
		const { columns, updatedAt } = this.definition;
		const set: number[] = [];
		for (let i = 0; i < columns.length; i++) if (after[i] !== before[i]) set.push(i);
		if (set.length === 0) return before;
		// Always later than before: two changes in one millisecond must not look like one.
		after[updatedAt] = Math.max(Date.now(), Number(before[updatedAt]) + 1);
		set.push(updatedAt);
		const text = this.#updates.get(set.join(), () => {
			const assignments = set.map((i) => `${quoteName(columns[i]?.name ?? "")} = ?`).join(", ");
			return `UPDATE ${this.#name} SET ${assignments} WHERE "id" = ?`;
		});
		const values = set.map((i) => after[i] ?? null);
		values.push(before[0] ?? null);
		this.#stored.write((sql) => sql.exec(text, ...values));
		return after;
	}

	delete(id: unknown): boolean {
		const key = checkId(id);
		const text = `DELETE FROM ${this.#name} WHERE "id" = ?`;
		const deleted = this.read(false, (sql) => sql.exec(text, key).rowsWritten > 0);
		if (deleted) this.#engine.wrote();
		return deleted;
	}

	deleteBy(text: string, values: readonly SqlValue[]): number {
		const count = this.read(0, (sql) => {
			sql.exec(text, ...values);
			return Number(rows(sql, "SELECT changes()")[0]?.[0]);
		});
		if (count > 0) this.#engine.wrote();
		return count;
	}

	read<R>(empty: R, run: (sql: SqlStorage) => R): R {
		return this.#stored.read(empty, run);
	}

	/** Creates the stored table, or brings it to what the definition says. */
	ensure(): void {
		this.#stored.ensure();
	}

	#find(id: unknown): SqlValue[] | undefined {
		const key = checkId(id);
		return this.read<SqlValue[][]>([], (sql) => rows(sql, this.#select, key))[0];
	}

	#findBy(key: readonly number[], values: readonly SqlValue[]): SqlValue[] | undefined {
		const names = key.map(
			(i) => `${this.#name}.${quoteName(this.definition.columns[i]?.name ?? "")}`,
		);
		const text = `${this.#selectAll} WHERE ${names.map((name) => `${name} = ?`).join(" AND ")}`;
		return this.read<SqlValue[][]>([], (sql) => rows(sql, text, ...values))[0];
	}

	#toRow(values: readonly SqlValue[]): Fields {
		return decodeRow(this.definition.visible, values);
	}

	/** The fields of the schema alone. */
	#toOwn(values: readonly SqlValue[]): Fields {
		const row = this.#toRow(values);
		return Object.fromEntries(
			Object.entries(row).filter(([field]) => this.definition.own.has(field)),
		);
	}
}
