import { tableEvent } from "@userdo/contracts/events";
import { sendBatch } from "./batch.js";
import type { CallOptions } from "./call.js";
import type { Collection } from "./collection-types.js";
import { isUserDOError, UserDOError } from "./error.js";
import { internals, type ListAnswer } from "./internals.js";
import { rawChannel } from "./listeners.js";
import type { Parts } from "./parts.js";
import type { QueryState } from "./query.js";
import { segment, toJson } from "./request.js";
import type { JsonObject } from "./types.js";

/** A collection, or the part of it that a query has come to. */
export function createCollection(parts: Parts, name: string, state: QueryState = {}): Collection {
	const { auth, listeners, shared } = parts;
	const event = tableEvent(name);
	// `async`, so that a refused id is a rejection like any other.
	const send = async <Body>(method: string, options?: object, body?: object, ...ids: string[]) =>
		auth.call<Body>(`${method} ${[name, ...ids].map(segment).join("/")}`, options, body);
	const read = <Body>(id: string, options?: CallOptions) =>
		send<Body>("GET", options, undefined, id);
	const step = (next: QueryState) => createCollection(parts, name, { ...state, ...next });
	const and = (condition: unknown) => step({ where: [...(state.where ?? []), condition] });
	const where = state.where && toJson(state.where);
	const list = <Body = ListAnswer<JsonObject>>(options?: object) =>
		send<Body>("GET", { ...state, ...options, where });
	const all = async (options?: CallOptions) => {
		const rows: JsonObject[] = [];
		const limit = state.limit as number;
		let after: string | null = null;
		const id = auth.user?.id;
		do {
			const page: ListAnswer<JsonObject> = await list({
				limit: 1_000,
				...state,
				...options,
				after,
			});
			// Somebody else may have signed in meanwhile.
			if (id && id !== auth.user?.id) throw new UserDOError("unauthorized", { status: 401 });
			rows.push(...page.items);
			after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
			// Pages of large rows are shorter than they were asked for. No number is below undefined.
		} while (after && !(rows.length >= limit));
		return rows.slice(0, limit);
	};
	return {
		// With an operator it is a comparison, else a condition as data.
		where: (...condition: unknown[]) => and(condition[1] ? condition : condition[0]),
		or: (or) => and({ or }),
		not: (not) => and({ not }),
		orderBy: (field, direction = "asc") =>
			step({ orderBy: [...(state.orderBy ?? []), `${field}:${direction}`] }),
		limit: (limit) => step({ limit }),
		first: async (options) => (await list({ ...options, limit: 1 })).items[0],
		async count(options) {
			const { count } = await send<{ count: number }>("GET", { ...options, where, count: true });
			return Math.min(count, state.limit ?? count);
		},
		page: list,
		list,
		get: ((id?: string | CallOptions, options?: CallOptions) =>
			typeof id === "string" ? read(id, options) : all(id)) as Collection["get"],
		findById: (id, options) =>
			read<never>(id, options).catch((error: unknown) => {
				if (!isUserDOError(error, "not_found")) throw error;
				return undefined;
			}),
		create: (data, options) => send("POST", options, data),
		upsert: (data, options) => send("PUT", options, data),
		update: (id, patch, options) => send("PATCH", options, patch, id),
		delete: (id, options) => send("DELETE", options, undefined, id),
		onChange: (listener) => listeners.add(event, listener),
		[internals]: {
			...shared,
			name,
			list: (search) => auth.call(`GET ${segment(name)}?${search}`),
			batch: (operations) => sendBatch(auth, operations),
			onChange: (listener) => listeners.add(rawChannel(event), listener),
		},
	};
}
