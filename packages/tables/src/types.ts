import type { ChangeMessage } from "@userdo/contracts/events";
import type * as z from "zod";
import type { DrizzleDatabase, DrizzleTable } from "./drizzle-types.js";
import type { Meta } from "./meta.js";
import type {
	Answer,
	AnyQuery,
	Field,
	NoRelations,
	Patch,
	Query,
	Row,
	SortField,
	Where,
} from "./query-types.js";

/** What can be done with a table, here or from afar. */
export interface TableMethods<T, Input, Relations, Mode extends Where>
	extends Query<T, Input, Row<T>, Relations, Mode> {
	/**
	 * Adds a row.
	 *
	 * @throws UserDOError `invalid_input`, `conflict` (a `unique` of the table, or the id),
	 *   `payload_too_large` (over 2,000,000 bytes)
	 */
	create(data: Input): Answer<Row<T>, Mode>;
	/**
	 * Adds rows, all or none. Everything is validated before anything is written.
	 *
	 * @throws UserDOError as `create`, with paths like `3.title`
	 */
	createMany(rows: readonly Input[]): Answer<Row<T>[], Mode>;
	/**
	 * Adds the row, or replaces the one that has the same values in these fields: the schema's own
	 * `id`, or those of a `unique`. What the new data lacks, the row lacks then; its id and the table's
	 * `createdAt` stay. A conflict of other fields is still one.
	 *
	 * @throws UserDOError as `create`
	 */
	upsert(data: Input, options: { on: Field<T> | readonly Field<T>[] }): Answer<Row<T>, Mode>;
	findById(id: string): Answer<Row<T> | undefined, Mode>;
	/**
	 * Sets the fields of the patch and leaves the others. Nested objects are replaced. Null and
	 * undefined take an optional field away; undefined leaves one with a default as it is. A patch
	 * that changes nothing writes nothing. It may be made from a whole row: another id or `createdAt`
	 * is refused, an older `updatedAt` is a `conflict`.
	 *
	 * With `ifUpdatedAt`, the `updatedAt` of the row as the caller read it, only if nobody has changed
	 * it since: `conflict` otherwise. Each change makes `updatedAt` later, within a millisecond too.
	 *
	 * @throws UserDOError as `create`, and `not_found`
	 */
	update(
		id: string,
		patch: Patch<T, Input>,
		options?: { ifUpdatedAt?: "updatedAt" extends keyof T ? never : Date },
	): Answer<Row<T>, Mode>;
	/** Whether there was such a row. */
	delete(id: string): Answer<boolean, Mode>;
}

/**
 * A table of one schema. Everything is synchronous, since SQLite is local to the object; `await`
 * does no harm.
 */
export interface Table<T, Input = T, Relations = NoRelations, Name extends string = string>
	extends TableMethods<T, Input, Relations, "local"> {
	readonly name: Name;
	/** The same table for Drizzle's queries; its type comes by importing `@userdo/tables/drizzle`. */
	readonly drizzle: DrizzleTable<T, Input, Name>;
}

/** A table as a Worker reaches it: the same methods, which answer with promises. */
export type RemoteTable<T, Input = T, Relations = NoRelations> = TableMethods<
	T,
	Input,
	Relations,
	"remote"
>;

/** A table whose schema is not known to the compiler. */
export interface AnyTable extends AnyQuery {
	readonly name: string;
	create(data: unknown): Record<string, unknown>;
	createMany(rows: readonly unknown[]): Record<string, unknown>[];
	upsert(data: unknown, options: { on: string | readonly string[] }): Record<string, unknown>;
	findById(id: string): Record<string, unknown> | undefined;
	update(id: string, patch: unknown, options?: { ifUpdatedAt?: unknown }): Record<string, unknown>;
	delete(id: string): boolean;
}

/** A row as JSON has it: dates are ISO 8601 text, bigints decimal text. */
export type JsonRow = Record<string, unknown>;

/** Which rows to list. */
export interface JsonQuery {
	/** Conditions as data, joined by AND; dates and bigints as text. */
	where?: readonly unknown[] | undefined;
	orderBy?: readonly (readonly [field: string, direction?: string])[] | undefined;
	/** An integer from 1 to 1,000; 50. */
	limit?: number | undefined;
	/** The `endCursor` of the list before. */
	after?: string | null | undefined;
}

/** Where the change log stood when something was read. */
export interface JsonSnapshot {
	epoch: string;
	seq: number;
}

/** Rows, with all that it takes to keep them up to date by the changes that follow. */
export interface JsonList {
	items: JsonRow[];
	pageInfo: { hasNextPage: boolean; endCursor: string | null };
	/** Read together with the rows. */
	snapshot: JsonSnapshot;
	/** The fields of `where` and `orderBy` whose text in JSON is not in the order of their values. */
	kinds?: Record<string, "date" | "bigint">;
}

/**
 * A table whose rows come and go as JSON. Where a field takes a date or a bigint, its text is taken
 * for one: ISO 8601 with a zone, decimal digits. Whatever else stands there is for the schema to
 * refuse.
 */
export interface JsonTable {
	/** @throws UserDOError `invalid_input` naming what is wrong with the query */
	list(query: JsonQuery): JsonList;
	count(where?: readonly unknown[]): { count: number; snapshot: JsonSnapshot };
	find(id: string): JsonRow | undefined;
	/** @throws UserDOError as the table's own `create`, and so on for the others */
	create(data: unknown): JsonRow;
	upsert(data: unknown, options: { on: string | readonly string[] }): JsonRow;
	update(id: string, patch: unknown, options?: { ifUpdatedAt?: string | undefined }): JsonRow;
	delete(id: string): boolean;
}

export interface TableOptions<
	F extends string = string,
	R = References<F>,
	Path extends string = F,
> {
	/** The rows are the user's own. Always so: the object is the user. Stated for the reader. */
	userScoped?: boolean;
	/**
	 * A field, or several for one index; also a place inside of a JSON field: `author.name`. Each costs
	 * one more row written per insert.
	 */
	indexes?: readonly (Path | readonly Path[])[];
	/** As `indexes`, of fields; no two rows have the same. Rows that lack one don't count. */
	unique?: readonly (F | readonly F[])[];
	/**
	 * Fields that hold ids of a table's rows, and that table: its name, or what `table()` returned.
	 * It may be declared later, but before the first write. A row can't refer to one that isn't there,
	 * and what happens to it when that one is deleted is told by `onDelete`.
	 *
	 * @example
	 * database.table("posts", PostSchema, {
	 * 	references: { authorId: { table: authors, onDelete: "cascade" } },
	 * });
	 */
	references?: R &
		(string extends keyof R ? unknown : { readonly [K in Exclude<keyof R, F>]: never });
	/**
	 * Text fields that are searched by words, whatever their case and accents. The index costs three
	 * rows written more per insert, two per delete, and one per change of these fields.
	 */
	search?: readonly F[];
	/** `false`: changes of this table are not logged, so nobody hears of them. */
	realtime?: boolean;
	/**
	 * Steps for changes of the schema that could lose data, in the order of their versions. What is
	 * safe is done without: new fields that are optional or have a default, and indexes. A refused
	 * change tells the step to write.
	 *
	 * A stored table runs those above its own version when it is first used, then takes the shape of
	 * the definition, all in one transaction; a new table runs none.
	 *
	 * @throws UserDOError `misconfigured` where a step throws (kept as `cause`) or is asynchronous, or
	 *   where its outcome is not what the schema says: then nothing is changed
	 * @example
	 * [{ version: 1, up: (sql) => { sql.exec('ALTER TABLE "posts" RENAME COLUMN "name" TO "title"') } }]
	 */
	migrations?: readonly Migration[];
}

/** One step in the history of a table. */
export interface Migration {
	/** A positive integer, higher than that of the step before, and never given to another step. */
	version: number;
	/**
	 * Changes the stored table. Synchronous, and by this `sql` alone. Columns hold what the README
	 * says of their types; `id`, `_created_at` and `_updated_at` must stay. No change is logged:
	 * whoever listens is told to fetch anew.
	 */
	up(sql: SqlStorage): void;
}

/** A table, or its name. */
export type ReferenceTarget = string | { readonly name: string };

/**
 * What the deletion of a row does to those that refer to it: they stand against it (`restrict`), are
 * deleted as well (`cascade`), or lose the reference (`set-null`, of an optional or nullable field).
 */
export type OnDelete = "restrict" | "cascade" | "set-null";

/** What the fields of a table refer to. */
export type References<F extends string> = {
	readonly [K in F]?: ReferenceTarget | ReferenceOptions;
};

export interface ReferenceOptions {
	table: ReferenceTarget;
	/** Default: `restrict`. */
	onDelete?: OnDelete;
	/** The relation's name. Default: the field without its final `Id` or `_id`, if it has one. */
	as?: string;
	/**
	 * The name of the way back, for `with` on the other table. Default: this table's name. Needed
	 * where several fields refer to one table.
	 */
	inverse?: string;
}

type Target<R> = R extends { readonly table: infer T } ? T : R;

type RelationName<F, R> = R extends { readonly as: infer Name extends string }
	? Name
	: F extends `${infer Name}_id` | `${infer Name}Id`
		? Exclude<Name, "">
		: never;

/** The rows that references lead to, by the relations' names. Of a table's mere name: any row. */
export type RelationsOf<R> = {
	-readonly [F in keyof R as RelationName<F, R[F]>]:
		| (Target<R[F]> extends Table<infer T, infer _Input, infer _Relations>
				? Row<T>
				: Record<string, unknown>)
		| null;
};

/** The tables of one Durable Object. */
export interface Database {
	/**
	 * Declares a table. Synchronous, and nothing is written before the table is first written to, so
	 * it may stand in a constructor or a class field.
	 *
	 * @throws UserDOError `misconfigured` where the name or the schema can't be stored, or where the
	 *   name is declared already with another schema or other options
	 */
	table<
		S extends z.ZodObject,
		const R extends References<Field<z.output<S>>> = NoRelations,
		Name extends string = string,
	>(
		name: Name,
		schema: S,
		options?: TableOptions<Field<z.output<S>>, R, SortField<z.output<S>>>,
	): Table<z.output<S>, z.input<S>, RelationsOf<R>, Name>;
	/** Every declared table by name. */
	readonly tables: ReadonlyMap<string, AnyTable>;
	readonly changes: ChangeLog;
	/** What is remembered of the storage itself, by key; for layers above this one too. */
	readonly meta: Pick<Meta, "get" | "set">;
	/** The declared table of that name, for rows as JSON. */
	json(name: string): JsonTable | undefined;
	/**
	 * The Drizzle database over the same tables, for joins and whatever else SQL can do. Its first
	 * query creates what is missing of the declared tables. Its writes are not validated by the
	 * schemas, but logged and told as all others are.
	 *
	 * @throws UserDOError `misconfigured` where nothing imports `@userdo/tables/drizzle`
	 * @example
	 * import { eq } from "@userdo/tables/drizzle";
	 * database.db.select().from(posts.drizzle).where(eq(posts.drizzle.title, "Hello")).all();
	 */
	readonly db: DrizzleDatabase;
	/**
	 * What a layer above may read along with its own when the object wakes: SQL of columns, and what
	 * takes the row that has them. Saves each table a query of its own.
	 */
	readonly wake: {
		readonly columns: string;
		take(row: Record<string, SqlStorageValue>): void;
	};
	/** Creates every declared table that is missing, and the change log. */
	create(): void;
	/**
	 * Runs all or nothing. Synchronous: a Durable Object would commit before an async function's
	 * first `await`, so one is refused and rolled back. May be nested.
	 */
	transaction<T>(run: () => T extends PromiseLike<unknown> ? never : T): T;
}

export interface DatabaseOptions {
	/** Called after each write of this layer; for a transaction once, after it has committed. */
	onWrite?: () => void;
	/** Runs each transaction, so that whatever else is kept can be taken back with it. */
	transaction?: <T>(run: () => T) => T;
}

/** A place in the change log. */
export interface ChangePosition {
	epoch: string;
	seq: number;
	/**
	 * The change's own time, in milliseconds since 1970: storage that was restored to an earlier day
	 * counts on from there, and gives the same numbers to other changes.
	 */
	timestamp?: number;
}

/** Every change of the tables, in the order it happened, however it was made. */
export interface ChangeLog {
	/** Random, made with the log: where it differs, every `seq` means something else. "" before. */
	readonly epoch: string;
	/** The newest change; 0 before the first. */
	readonly seq: number;
	/** Both, by one query. */
	readonly snapshot: JsonSnapshot;
	/** SQL of the columns that {@link toSnapshot} takes, to be read along with others. */
	readonly snapshotColumns: string;
	toSnapshot(row: Record<string, SqlStorageValue>): JsonSnapshot;
	/** Creates the log's own tables, if they are missing. */
	create(): void;
	/** At most `limit` changes after that `seq`, ready to be sent as JSON. */
	read(after: number, limit: number): ChangeMessage[];
	/** Bytes of the rows that the changes after that `seq` carry. */
	weigh(after: number): number;
	/** Whether all that happened since can still be told. */
	covers(position: ChangePosition): boolean;
	/** Writes that id of a client's write into all changes after that `seq`. */
	attribute(mutation: string, after: number): void;
	/** Forgets what is older than 10,000 changes or 7 days. The newest change always stays. */
	prune(now?: number): void;
	/** Says how to read the changes of a table. To be called at each start; touches no storage. */
	register(source: ChangeSource): void;
	/** Logs the changes of a table from now on: makes its triggers, and registers it. */
	track(source: ChangeSource): void;
}

export type ChangeOp = "create" | "update" | "delete";

/** A table whose changes are logged. */
export interface ChangeSource {
	/** Its name in SQLite. */
	table: string;
	/** The event of its changes, or how they all start where it ends in a colon: `kv:`. */
	event: string;
	/**
	 * SQL expressions of the event, the row's key and its body, which is text, and not logged where it
	 * is too large. `size`: bytes that say so before the body is made, where it is more than a column.
	 */
	sql(row: "NEW" | "OLD"): { event: string; key: string; body: string; size?: string };
	/** What a listener gets. */
	decode(change: { op: ChangeOp; body: string; old?: string }): unknown;
	/** What a listener gets of a change too large to log; nothing when absent. */
	decodeTruncated?(change: { op: ChangeOp; key: string }): unknown;
	/** An update that leaves all of these columns as they were is no change. Default: all. */
	columns?: readonly string[];
}
