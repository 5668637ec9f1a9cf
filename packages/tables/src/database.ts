import type * as z from "zod";
import { SqlChangeLog } from "./change-log.js";
import { define } from "./definition.js";
import { type DrizzleHost, requireDriver } from "./drizzle-driver.js";
import type { DrizzleDatabase } from "./drizzle-types.js";
import type { DeclaredTable, Engine, Referencing } from "./engine.js";
import { isMissingInTrigger, misconfigured } from "./errors.js";
import { SqlJsonTable } from "./json-table.js";
import { Meta } from "./meta.js";
import { createReferenceTriggers, createReferred } from "./reference-triggers.js";
import { describeReferences } from "./references.js";
import { RowStore } from "./row-store.js";
import type { SqlValue } from "./sql.js";
import { forgetDropped } from "./stored-schema.js";
import { SqlTable } from "./table.js";
import { refuseThenable } from "./thenable.js";
import type { AnyTable, Database, DatabaseOptions, JsonTable, TableOptions } from "./types.js";

/**
 * The table layer over a Durable Object's storage. Writes nothing until something is written.
 *
 * @example
 * const database = createDatabase(ctx.storage);
 * const posts = database.table("posts", z.object({ title: z.string() }), { indexes: ["title"] });
 * const post = posts.create({ title: "Hello" });
 * posts.where("title", "starts-with", "He").orderBy("createdAt", "desc").limit(10).get();
 */
export function createDatabase(
	storage: DurableObjectStorage,
	options: DatabaseOptions = {},
): Database {
	// The tables check at run time all that their types promise.
	return new SqlDatabase(storage, options) as unknown as Database;
}

const asynchronous = { path: "transaction", message: "A transaction can't be asynchronous." };

interface Declared {
	table: SqlTable;
	store: RowStore;
	schema: z.ZodObject;
	options: string;
	json?: JsonTable;
}

class SqlDatabase implements Omit<Database, "table">, Engine, DrizzleHost {
	readonly storage: DurableObjectStorage;
	readonly meta: Meta;
	readonly changes: SqlChangeLog;
	readonly tables = new Map<string, AnyTable>();
	readonly #declared = new Map<string, Declared>();
	readonly #onWrite: (() => void) | undefined;
	readonly #around: <T>(run: () => T) => T;
	#db: DrizzleDatabase | undefined;
	#generation = 0;
	/** The generation in which every declared table was seen to be there; -1 when not. */
	#prepared = -1;
	/** The fingerprints as the object woke to them, good for that generation. */
	#woken: { generation: number; tables: Record<string, string> } | undefined;
	#depth = 0;
	#hasWritten = false;
	/** Tables whose triggers are to be made at the end, while many are created. */
	#referred: Set<string> | undefined;

	constructor(
		storage: DurableObjectStorage,
		{ onWrite, transaction = (run) => run() }: DatabaseOptions,
	) {
		this.storage = storage;
		this.meta = new Meta(storage.sql);
		this.changes = new SqlChangeLog(storage.sql, this.meta);
		this.#onWrite = onWrite;
		this.#around = transaction;
	}

	// A semicolon is the character after a colon.
	readonly wake = {
		columns: `(SELECT json_group_object(key, value) FROM _userdo_meta
			WHERE key >= 'table:' AND key < 'table;') AS tables`,
		take: ({ tables }: Record<string, SqlValue>): void => {
			this.#woken = { generation: this.#generation, tables: JSON.parse(String(tables)) };
		},
	};

	get generation(): number {
		return this.#generation;
	}

	get db(): DrizzleDatabase {
		this.#db ??= requireDriver().open(this) as DrizzleDatabase;
		return this.#db;
	}

	table(name: string, schema: z.ZodObject, options: TableOptions = {}): AnyTable {
		return this.#declare(name, schema, options).table;
	}

	json(name: string): JsonTable | undefined {
		const declared = this.#declared.get(String(name).toLowerCase());
		if (!declared || declared.table.name !== name) return undefined;
		declared.json ??= new SqlJsonTable({
			table: declared.table,
			definition: declared.store.definition,
			fields: declared.store.compiler.fields,
			changes: this.changes,
		});
		return declared.json;
	}

	create(): void {
		// Somebody may have taken the tables since they were seen.
		this.forget();
		this.transaction(() => {
			this.changes.create();
			this.#referAtEnd(() => {
				for (const { store } of this.#declared.values()) store.ensure();
			});
		});
		this.#prepared = this.#generation;
	}

	prepare(): void {
		if (this.#prepared !== this.#generation) this.create();
	}

	transaction<T>(run: () => T): T {
		return this.#around(() => this.#transact(run));
	}

	#transact<T>(run: () => T): T {
		this.#depth++;
		let result: T;
		try {
			result = this.storage.transactionSync(() => refuseThenable(run(), asynchronous));
		} catch (error) {
			// Tables that were created in it are gone again.
			this.forget();
			if (this.#depth === 1) this.#hasWritten = false;
			throw error;
		} finally {
			this.#depth--;
		}
		if (this.#depth === 0 && this.#hasWritten) {
			this.#hasWritten = false;
			this.#onWrite?.();
		}
		return result;
	}

	fingerprint(name: string): string | undefined {
		const key = `table:${name}`;
		if (this.#woken?.generation === this.#generation) return this.#woken.tables[key];
		return this.meta.get(key);
	}

	find(name: string): DeclaredTable | undefined {
		const store = this.#declared.get(name.toLowerCase())?.store;
		return store?.definition.name === name ? store : undefined;
	}

	referencing(name: string): Referencing[] {
		return [...this.#declared.values()].flatMap(({ store }) =>
			store.definition.references
				.filter((reference) => reference.table === name)
				.map((reference) => ({ table: store, reference })),
		);
	}

	forget(): void {
		this.#generation++;
	}

	recover(error: unknown): void {
		this.forget();
		forgetDropped(this.storage.sql);
		if (isMissingInTrigger(error)) createReferenceTriggers(this.storage.sql);
	}

	refer(table: string): void {
		if (this.#referred) this.#referred.add(table);
		else createReferred(this.storage.sql, [table]);
	}

	wrote(): void {
		if (this.#depth > 0) this.#hasWritten = true;
		else this.#onWrite?.();
	}

	/** Each table that refers to one would else make all of that one's triggers anew. */
	#referAtEnd(run: () => void): void {
		if (this.#referred) {
			run();
			return;
		}
		const tables = new Set<string>();
		this.#referred = tables;
		try {
			run();
		} finally {
			this.#referred = undefined;
		}
		if (tables.size > 0) createReferred(this.storage.sql, tables);
	}

	#declare(name: string, schema: z.ZodObject, options: TableOptions): Declared {
		// What is no object is refused below.
		const {
			indexes,
			unique,
			realtime,
			search,
			migrations,
			references: given,
		}: TableOptions = Object(options);
		const references = describeReferences(given);
		// Migrations by version: functions are others each time.
		const text = JSON.stringify([indexes, unique, realtime, search, references, migrations]);
		// SQLite takes `Posts` and `posts` for one table.
		const key = String(name).toLowerCase();
		const known = this.#declared.get(key);
		if (known) {
			if (known.table.name === name && known.schema === schema && known.options === text) {
				return known;
			}
			const message = "A table of this name is declared already, with another schema or options.";
			throw misconfigured({ path: name, message });
		}
		const store = new RowStore(this, define(name, schema, options));
		const table = new SqlTable(store);
		// Others may have been used already, and now there is one that refers to them.
		if (store.definition.references.length > 0) this.forget();
		const declared = { table, store, schema, options: text };
		this.#declared.set(key, declared);
		this.#prepared = -1;
		this.tables.set(name, table);
		return declared;
	}
}
