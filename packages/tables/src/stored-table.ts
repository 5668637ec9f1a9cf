import { createTable, type Fingerprint, fingerprint, isCurrent } from "./ddl.js";
import type { Definition } from "./definition.js";
import type { Engine } from "./engine.js";
import { isStale, misconfigured } from "./errors.js";
import { type Migrated, migrateTable } from "./migrate.js";
import { createReferenceTriggers } from "./reference-triggers.js";
import { toRefusal } from "./refusals.js";
import { buildSearch, createSearchTriggers } from "./search-index.js";
import {
	checkAfterSteps,
	referencedTables,
	referringTables,
	updateReferences,
} from "./stored-references.js";
import { tableSource } from "./table-source.js";
import type { ChangeSource } from "./types.js";

/** A declared table as it stands in the storage, if it does: made and changed on first use. */
export class StoredTable {
	readonly #engine: Engine;
	readonly #definition: Definition;
	readonly #source: ChangeSource;
	/** Made when it is first asked for: an object that wakes uses few of its tables. */
	#fingerprint: string | undefined;
	/** The generation in which the stored table was seen to match; -1 when it was not. */
	#ready = -1;
	/** The generation in which it was also seen that the tables are there that it refers to. */
	#linked = -1;
	/** The generation in which those that refer to it were brought to their definitions. */
	#settled = -1;
	#isChanging = false;

	constructor(engine: Engine, definition: Definition) {
		this.#engine = engine;
		this.#definition = definition;
		this.#source = tableSource(definition.shape);
		if (definition.realtime) engine.changes.register(this.#source);
	}

	/** Runs against the stored table, or answers `empty` where it is not there yet. */
	read<R>(empty: R, run: (sql: SqlStorage) => R): R {
		return this.#attempt(() => (this.#open() ? run(this.#engine.storage.sql) : empty));
	}

	/** As `read`, of what deletes rows. */
	remove<R>(empty: R, run: (sql: SqlStorage) => R): R {
		return this.#attempt(() => {
			this.settle();
			return this.#open() ? run(this.#engine.storage.sql) : empty;
		});
	}

	/** Runs a write against the stored table, which is made where it is missing. */
	write(run: (sql: SqlStorage) => void): void {
		this.#attempt(() => {
			this.ensure();
			run(this.#engine.storage.sql);
		});
		this.#engine.wrote();
	}

	/**
	 * Creates the stored table and those that it refers to, or brings them to what the definitions
	 * say.
	 */
	ensure(): void {
		if (this.#linked === this.#engine.generation) return;
		const referenced = referencedTables(this.#engine, this.#definition);
		this.#transaction(() => {
			// Before the others are looked at: they may refer to this one.
			this.#linked = this.#engine.generation;
			if (!this.#open()) {
				this.#change(() => {
					createTable(this.#engine.storage.sql, this.#definition);
					return { fingerprint: fingerprint(this.#definition), stepped: false, isNew: true };
				});
			}
			for (const table of referenced) table.ensure();
		});
	}

	/**
	 * Brings this table, and all that a deletion in it may lead to, to what the definitions say where
	 * they are stored: the stored triggers may be those of another action.
	 */
	settle(): void {
		if (this.#settled === this.#engine.generation) return;
		this.#open();
		// Before the others are looked at: they may refer to each other.
		this.#settled = this.#engine.generation;
		for (const table of referringTables(this.#engine, this.#definition)) table.settle();
	}

	/** Whether the stored table is there. Applies what the definition adds to it. */
	#open(): boolean {
		const { generation } = this.#engine;
		if (this.#ready === generation) return true;
		const stored = this.#engine.fingerprint(this.#definition.name);
		if (stored === undefined) return false;
		this.#fingerprint ??= JSON.stringify(fingerprint(this.#definition));
		if (stored === this.#fingerprint || isCurrent(this.#definition, stored)) {
			this.#ready = generation;
		} else this.#migrate(JSON.parse(stored) as Fingerprint);
		return true;
	}

	#migrate(stored: Fingerprint): void {
		const { changes, storage } = this.#engine;
		const isHeard = this.#definition.realtime || stored.realtime;
		this.#change(() => {
			const migrated = migrateTable(storage.sql, this.#definition, stored);
			if (migrated.stepped && isHeard) changes.renew(this.#source.event);
			return migrated;
		}, stored);
	}

	#change(run: () => Migrated, before?: Fingerprint): void {
		const { name } = this.#definition;
		if (this.#isChanging) {
			const message = "A step has the rows of its own table by `sql` alone.";
			throw misconfigured({ path: name, message });
		}
		this.#isChanging = true;
		let stepped = false;
		try {
			this.#transaction(() => {
				const migrated = run();
				stepped = migrated.stepped;
				this.#store(migrated, before);
			});
		} finally {
			this.#isChanging = false;
		}
		if (!stepped) return;
		// Steps may have touched other tables too.
		this.#engine.forget();
		this.#engine.wrote();
	}

	/** Makes what hangs on the table: the log's triggers, the search index, the references. */
	#store({ fingerprint: after, stepped, isNew }: Migrated, before?: Fingerprint): void {
		const { changes, generation, meta, storage } = this.#engine;
		const { name, realtime } = this.#definition;
		if (realtime) changes.track(this.#source, isNew);
		meta.create();
		meta.set(`table:${name}`, JSON.stringify(after));
		this.#ready = generation;
		if (after.search ?? before?.search) {
			const isSame = JSON.stringify(after.search) === JSON.stringify(before?.search);
			const update = isSame && !stepped && !isNew ? createSearchTriggers : buildSearch;
			update(storage.sql, this.#definition);
		}
		updateReferences(this.#engine, this.#definition, {
			before: stepped ? {} : before?.references,
			after: after.references,
		});
		if (!stepped) return;
		// They were taken from all tables, and those may have changed.
		checkAfterSteps(this.#engine);
		createReferenceTriggers(storage.sql);
	}

	/** What was seen of tables inside of it is forgotten when it fails. */
	#transaction(run: () => void): void {
		try {
			this.#engine.storage.transactionSync(run);
		} catch (error) {
			this.#engine.forget();
			throw error;
		}
	}

	/** Again, once, when what was there is gone: a `deleteAll()`, a rollback or a DROP took it. */
	#attempt<R>(run: () => R): R {
		try {
			try {
				return run();
			} catch (error) {
				if (!isStale(error) || this.#ready === -1) throw error;
				this.#engine.recover(error);
				return run();
			}
		} catch (error) {
			throw toRefusal(error, this.#definition) ?? error;
		}
	}
}
