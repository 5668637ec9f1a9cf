import { UserDOError } from "@userdo/contracts/errors";
import { v7 } from "uuid";
import { type Column, decodeRow, encode } from "./columns.js";
import { createTable, type Fingerprint, fingerprint, migrateTable } from "./ddl.js";
import type { Definition } from "./definition.js";
import type { Engine } from "./engine.js";
import { invalid, isStale, uniqueColumns } from "./errors.js";
import { Compiler, type Source, SqlQuery } from "./query.js";
import { BoundedCache, isOver, maxBytes, quoteName, rows, type SqlValue } from "./sql.js";
import { tableSource } from "./table-source.js";
import type { AnyTable, ChangeSource } from "./types.js";
import { validatePatch, validateRow, validateWhole } from "./validation.js";

type Fields = Record<string, unknown>;

/** One declared table, whether it is stored yet or not. */
export class SqlTable implements AnyTable, Source {
	readonly definition: Definition;
	readonly compiler: Compiler;
	readonly #engine: Engine;
	/** Quoted. */
	readonly #name: string;
	readonly #source: ChangeSource;
	readonly #fingerprint: string;
	readonly #insert: string;
	readonly #select: string;
	readonly #updates = new BoundedCache<string>(100);
	/** The generation in which the stored table was seen to match; -1 when it was not. */
	#ready = -1;

	constructor(engine: Engine, definition: Definition) {
		this.#engine = engine;
		this.definition = definition;
		this.compiler = new Compiler(definition);
		this.#name = quoteName(definition.name);
		this.#source = tableSource(definition);
		this.#fingerprint = JSON.stringify(fingerprint(definition));
		if (definition.realtime) engine.changes.register(this.#source);
		const names = definition.columns.map(({ name }) => quoteName(name)).join(", ");
		const marks = definition.columns.map(() => "?").join(", ");
		this.#insert = `INSERT INTO ${this.#name} (${names}) VALUES (${marks})`;
		// With the table's name: SQLite takes a quoted name that is no column's for a text.
		const qualified = definition.columns.map(({ name }) => `${this.#name}.${quoteName(name)}`);
		this.#select = `SELECT ${qualified.join(", ")} FROM ${this.#name} WHERE "id" = ?`;
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

	create(data: unknown): Fields {
		const fields = validateRow(this.definition, data);
		const now = Date.now();
		const values: SqlValue[] = [];
		for (const column of this.definition.columns) {
			if (column.schema) values.push(encode(column, fields[column.field]));
			else values.push(column.field === "id" ? v7() : now);
		}
		checkSize(values);
		this.#write((sql) => sql.exec(this.#insert, ...values));
		return this.#toRow(values);
	}

	findById(id: unknown): Fields | undefined {
		const values = this.#find(id);
		return values && this.#toRow(values);
	}

	update(id: unknown, patch: unknown): Fields {
		const key = checkId(id);
		const fields = validatePatch(this.definition, withoutId(patch, key));
		const before = this.#find(key);
		if (!before) throw new UserDOError("not_found");
		const { columns, updatedAt, checks } = this.definition;
		const after = before.slice();
		const set: number[] = [];
		// The hot path of every update: a plain loop.
		for (let i = 0; i < columns.length; i++) {
			const column = columns[i] as Column;
			if (!column.schema || !Object.hasOwn(fields, column.field)) continue;
			const value = encode(column, fields[column.field]);
			if (value === before[i]) continue;
			after[i] = value;
			set.push(i);
		}
		if (set.length === 0) return this.#toRow(before);
		if (checks.length > 0) validateWhole(this.definition, this.#toOwn(after));
		checkSize(after);
		after[updatedAt] = Date.now();
		set.push(updatedAt);
		const text = this.#updates.get(set.join(), () => {
			const assignments = set.map((i) => `${quoteName(columns[i]?.name ?? "")} = ?`).join(", ");
			return `UPDATE ${this.#name} SET ${assignments} WHERE "id" = ?`;
		});
		const values = set.map((i) => after[i] ?? null);
		values.push(key);
		this.#write((sql) => sql.exec(text, ...values));
		return this.#toRow(after);
	}

	delete(id: unknown): boolean {
		const key = checkId(id);
		const text = `DELETE FROM ${this.#name} WHERE "id" = ?`;
		const deleted = this.read(false, (sql) => sql.exec(text, key).rowsWritten > 0);
		if (deleted) this.#engine.wrote();
		return deleted;
	}

	/** Runs against the stored table, or answers `empty` where it is not there yet. */
	read<R>(empty: R, run: (sql: SqlStorage) => R): R {
		return this.#attempt(() => (this.#open() ? run(this.#engine.storage.sql) : empty));
	}

	/** Creates the stored table, or brings it to what the definition says. */
	ensure(): void {
		if (this.#open()) return;
		this.#change(() => {
			createTable(this.#engine.storage.sql, this.definition);
		});
	}

	#find(id: unknown): SqlValue[] | undefined {
		const key = checkId(id);
		return this.read<SqlValue[][]>([], (sql) => rows(sql, this.#select, key))[0];
	}

	/** Whether the stored table is there. Applies what the definition adds to it. */
	#open(): boolean {
		const { generation, meta, storage } = this.#engine;
		if (this.#ready === generation) return true;
		const stored = meta.get(`table:${this.name}`);
		if (stored === undefined) return false;
		if (stored === this.#fingerprint) this.#ready = generation;
		else {
			this.#change(() => {
				this.#engine.changes.untrack(this.#source);
				migrateTable(storage.sql, this.definition, JSON.parse(stored) as Fingerprint);
			});
		}
		return true;
	}

	#change(run: () => void): void {
		const { changes, meta, storage } = this.#engine;
		storage.transactionSync(() => {
			run();
			if (this.definition.realtime) changes.track(this.#source);
			meta.create();
			meta.set(`table:${this.name}`, this.#fingerprint);
		});
		this.#ready = this.#engine.generation;
	}

	#write(run: (sql: SqlStorage) => void): void {
		this.#attempt(() => {
			this.ensure();
			try {
				run(this.#engine.storage.sql);
			} catch (error) {
				throw this.#toConflict(error) ?? error;
			}
		});
		this.#engine.wrote();
	}

	/** Again, once, when what was there is gone: `deleteAll()` or somebody's rollback took it. */
	#attempt<R>(run: () => R): R {
		try {
			return run();
		} catch (error) {
			if (!isStale(error) || this.#ready === -1) throw error;
			this.#engine.forget();
			return run();
		}
	}

	#toConflict(error: unknown): UserDOError | undefined {
		const names = uniqueColumns(error);
		if (!names) return undefined;
		const issues = names.map((name) => ({
			path: this.definition.columns.find((column) => column.name === name)?.field ?? name,
			message: "There is a row with this value.",
		}));
		return new UserDOError("conflict", { issues });
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

function checkId(id: unknown): string {
	if (typeof id !== "string" || !id.isWellFormed()) throw invalid("id", "An id is text.");
	if (isOver(maxBytes, [id])) throw invalid("id", "This id is too long.");
	return id;
}

/** A patch may repeat the id of its row, as one made from a whole row does. */
function withoutId(patch: unknown, id: string): unknown {
	if (typeof patch !== "object" || patch === null || !Object.hasOwn(patch, "id")) return patch;
	const { id: other, ...rest } = patch as Fields;
	if (other !== id) throw invalid("id", "An id can't be changed.");
	return rest;
}

function checkSize(values: readonly SqlValue[]): void {
	let most = 0;
	// A number has at most 8 bytes, each value one more for its type, and a character at most 3.
	for (const value of values) most += typeof value === "string" ? value.length * 3 : 9;
	if (most <= maxBytes) return;
	const texts = values.filter((value) => typeof value === "string");
	const others = (values.length - texts.length) * 9;
	if (isOver(maxBytes - others, texts)) throw new UserDOError("payload_too_large");
}
