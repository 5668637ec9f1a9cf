import type { SqlChangeLog } from "./change-log.js";
import type { Compiler } from "./compiler.js";
import type { Definition } from "./definition.js";
import type { Meta } from "./meta.js";
import type { Reference } from "./references.js";
import type { Relation } from "./relations.js";
import type { SqlValue } from "./sql.js";

/** A declared table as queries and other tables see it: it may not be stored yet. */
export interface DeclaredTable {
	readonly definition: Definition;
	readonly compiler: Compiler;
	/** Runs against the stored table, or answers `empty` where it is not there yet. */
	read<R>(empty: R, run: (sql: SqlStorage) => R): R;
	/** How many rows that statement deleted. */
	deleteBy(text: string, values: readonly SqlValue[]): number;
	/** Sets those fields, which the schema has parsed, in those rows, all or none. */
	updateEach(ids: readonly string[], fields: Record<string, unknown>): void;
	/** Whether rows of any table may refer to rows of this one. */
	isReferred(): boolean;
	/** @throws UserDOError `invalid_input` where there is none of that name */
	relation(name: unknown): Relation;
	/** Creates the stored table, or brings it to what the definition says. */
	ensure(): void;
	/** Brings it, and those that refer to it, to what the definitions say where they are stored. */
	settle(): void;
}

/** A declared table and how it refers to another one. */
export interface Referencing {
	table: DeclaredTable;
	reference: Reference;
}

/** What the tables of one database share. */
export interface Engine {
	readonly storage: DurableObjectStorage;
	readonly meta: Meta;
	readonly changes: SqlChangeLog;
	/** Another number than before: what was known about stored tables may no longer be so. */
	readonly generation: number;
	/** What stands in the storage of the table of that name, as it was stored with it. */
	fingerprint(name: string): string | undefined;
	/** The declared table of that name. */
	find(name: string): DeclaredTable | undefined;
	/** The declared tables that refer to that one. */
	referencing(name: string): Referencing[];
	/** Forgets what is known about stored tables. */
	forget(): void;
	/** To be called before a statement is tried again that found stored tables not as they were. */
	recover(error: unknown): void;
	/** Makes the triggers of a table that others refer to, at the end where many are made at once. */
	refer(table: string): void;
	/** All or nothing; what was written is told once, after the commit. */
	transaction<T>(run: () => T): T;
	/** To be called after each write. */
	wrote(): void;
}
