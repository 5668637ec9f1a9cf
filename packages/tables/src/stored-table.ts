import { UserDOError } from "@userdo/contracts/errors";
import { createTable, type Fingerprint, fingerprint, migrateTable } from "./ddl.js";
import type { Definition } from "./definition.js";
import type { Engine } from "./engine.js";
import { isStale, uniqueColumns } from "./errors.js";
import { tableSource } from "./table-source.js";
import type { ChangeSource } from "./types.js";

/** A declared table as it stands in the storage, if it does: made and changed on first use. */
export class StoredTable {
	readonly #engine: Engine;
	readonly #definition: Definition;
	readonly #source: ChangeSource;
	readonly #fingerprint: string;
	/** The generation in which the stored table was seen to match; -1 when it was not. */
	#ready = -1;

	constructor(engine: Engine, definition: Definition) {
		this.#engine = engine;
		this.#definition = definition;
		this.#source = tableSource(definition);
		this.#fingerprint = JSON.stringify(fingerprint(definition));
		if (definition.realtime) engine.changes.register(this.#source);
	}

	/** Runs against the stored table, or answers `empty` where it is not there yet. */
	read<R>(empty: R, run: (sql: SqlStorage) => R): R {
		return this.#attempt(() => (this.#open() ? run(this.#engine.storage.sql) : empty));
	}

	/** Runs a write against the stored table, which is made where it is missing. */
	write(run: (sql: SqlStorage) => void): void {
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

	/** Creates the stored table, or brings it to what the definition says. */
	ensure(): void {
		if (this.#open()) return;
		this.#change(() => {
			createTable(this.#engine.storage.sql, this.#definition);
		});
	}

	/** Whether the stored table is there. Applies what the definition adds to it. */
	#open(): boolean {
		const { generation, meta, storage } = this.#engine;
		if (this.#ready === generation) return true;
		const stored = meta.get(`table:${this.#definition.name}`);
		if (stored === undefined) return false;
		if (stored === this.#fingerprint) this.#ready = generation;
		else {
			this.#change(() => {
				this.#engine.changes.untrack(this.#source);
				migrateTable(storage.sql, this.#definition, JSON.parse(stored) as Fingerprint);
			});
		}
		return true;
	}

	#change(run: () => void): void {
		const { changes, meta, storage } = this.#engine;
		storage.transactionSync(() => {
			run();
			if (this.#definition.realtime) changes.track(this.#source);
			meta.create();
			meta.set(`table:${this.#definition.name}`, this.#fingerprint);
		});
		this.#ready = this.#engine.generation;
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
			path: this.#definition.columns.find((column) => column.name === name)?.field ?? name,
			message: "There is a row with this value.",
		}));
		return new UserDOError("conflict", { issues });
	}
}
