import type { TableChange } from "@userdo/contracts/events";
import type { CallOptions } from "./call.js";
import type { CollectionInternals, internals } from "./internals.js";
import type { Unsubscribe } from "./listeners.js";
import type { Query } from "./query.js";
import type { JsonObject, Patch } from "./types.js";

export interface UpdateOptions extends CallOptions {
	/** The row's `updatedAt` as it was read: `conflict` where somebody has changed it since. */
	ifUpdatedAt?: string | undefined;
}

export interface UpsertOptions extends CallOptions {
	/** The `unique` field, or fields, by which the row is found that is to be replaced. */
	on: string | readonly string[];
}

/** What other entries of this package find at a collection. */
interface WithInternals {
	readonly [internals]: CollectionInternals;
}

/**
 * A collection of the contract: `<base>/<name>` and `<base>/<name>/<id>`, and the changes of the table
 * `<name>`. Dates and bigints are taken as they are; in the rows that come back they are texts.
 */
export interface TypedCollection<Row, Data> extends Query<Row>, WithInternals {
	/** Adds a row. */
	create(data: Data, options?: CallOptions): Promise<Row>;
	/** Adds a row, or replaces the one that is alike in some fields. */
	upsert(data: Data, options: UpsertOptions): Promise<Row>;
	/** The row of that id, if there is one. */
	findById(id: string, options?: CallOptions): Promise<Row | undefined>;
	/** The row of that id. Where there is none it rejects with `not_found`. */
	get(id: string, options?: CallOptions): Promise<Row>;
	/** The rows; all of them, in requests of 1,000 each. */
	get(options?: CallOptions): Promise<Row[]>;
	/** Sets some fields of a row. */
	update(id: string, patch: Patch<Row, Data>, options?: UpdateOptions): Promise<Row>;
	/** `deleted` is false where there was no such row. */
	delete(id: string, options?: CallOptions): Promise<{ deleted: boolean }>;
	/** Calls the listener for each row that is created, updated or deleted, here or anywhere else. */
	onChange(listener: (change: TableChange<Row>) => void): Unsubscribe;
}

/**
 * A collection of which nothing is known to the compiler, perhaps with endpoints of the app's own.
 * What these answer is given back as it is; its type is a claim that nothing checks.
 */
export interface Collection extends Query<JsonObject>, WithInternals {
	/** `POST <base>/<name>` */
	create<Body = JsonObject>(data: object, options?: CallOptions): Promise<Body>;
	/** `PUT <base>/<name>` */
	upsert<Body = JsonObject>(data: object, options: UpsertOptions): Promise<Body>;
	/** `GET <base>/<name>`: the whole answer. */
	list<Body = JsonObject>(options?: CallOptions): Promise<Body>;
	/** `GET <base>/<name>/<id>`; undefined for `not_found` */
	findById<Body = JsonObject>(id: string, options?: CallOptions): Promise<Body | undefined>;
	/** `GET <base>/<name>/<id>` */
	get<Body = JsonObject>(id: string, options?: CallOptions): Promise<Body>;
	/** The rows; all of them, in requests of 1,000 each. */
	get(options?: CallOptions): Promise<JsonObject[]>;
	/** `PATCH <base>/<name>/<id>` */
	update<Body = JsonObject>(id: string, patch: object, options?: UpdateOptions): Promise<Body>;
	/** `DELETE <base>/<name>/<id>` */
	delete<Body = JsonObject>(id: string, options?: CallOptions): Promise<Body>;
	/** Calls the listener for each row that is created, updated or deleted, here or anywhere else. */
	onChange<Row = JsonObject>(listener: (change: TableChange<Row>) => void): Unsubscribe;
}
