import type { Collection, TypedCollection } from "./collection-types.js";
import { internals } from "./internals.js";
import { createLiveQuery, type LiveQuery } from "./live/query.js";
import { createStore, type LiveStore } from "./live/store.js";
import type { JsonObject, Patch } from "./types.js";

export type { Live, LiveQuery } from "./live/query.js";
export type { LiveSnapshot, LiveStatus } from "./live/watch.js";

/** A collection whose rows are looked at while they change, and whose writes are seen at once. */
export interface LiveCollection<Row, Data> extends LiveQuery<Row> {
	/**
	 * Adds a row. It is seen at once, under an id of its own (it begins with `~`) until the server has
	 * told the row's, and taken back when the server refuses it.
	 *
	 * @returns the row as the server has it
	 * @throws UserDOError as `create` of the collection itself
	 */
	create(data: Data): Promise<Row>;
	/** Sets some fields of a row, in the same way. With `ifUpdatedAt` only if nobody has changed it. */
	update(
		id: string,
		patch: Patch<Row, Data>,
		options?: { ifUpdatedAt?: string | undefined },
	): Promise<Row>;
	/** Deletes a row, in the same way: false where there was none. */
	delete(id: string): Promise<boolean>;
}

export interface LiveOptions<Data> {
	/**
	 * What the schema fills in where a new row lacks it. Only the server knows the schema: without
	 * them, a new row is not among those with `done == false` before its `create` was answered.
	 */
	defaults?: Partial<Data> | undefined;
}

/** By client, as far as something of it alone tells, and by collection. */
const stores = new WeakMap<object, Map<string, LiveStore>>();

/**
 * Queries of a collection that stay up to date by themselves, and writes that are seen at once.
 *
 * @example
 * const posts = live(client.collection("posts"));
 * const stop = posts.orderBy("createdAt", "desc").limit(20).subscribe(({ data }) => render(data));
 * await posts.create({ title: "Hello" });
 */
export function live(
	collection: Collection,
	options?: LiveOptions<object>,
): LiveCollection<JsonObject, object>;
export function live<Row, Data>(
	collection: TypedCollection<Row, Data>,
	options?: LiveOptions<Data>,
): LiveCollection<Row, Data>;
export function live(
	{ [internals]: source }: Pick<Collection, typeof internals>,
	{ defaults }: LiveOptions<object> = {},
): unknown {
	const known = stores.get(source.user) ?? new Map<string, LiveStore>();
	const store = known.get(source.name) ?? createStore(source);
	stores.set(source.user, known.set(source.name, store));
	const collection: LiveCollection<unknown, object> = {
		...createLiveQuery(store),
		create: async (data) => (await store.write({ op: "create", data }, defaults)).row,
		update: async (id, patch, options) =>
			(await store.write({ op: "update", id, patch, ...options })).row,
		delete: async (id) => (await store.write({ op: "delete", id })).deleted as boolean,
	};
	return collection;
}
