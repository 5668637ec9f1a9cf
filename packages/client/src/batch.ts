import type { Collections, EndpointResponse, Keys } from "@userdo/contracts";
import type { Auth } from "./auth.js";
import type { CallOptions } from "./call.js";
import { insist } from "./insist.js";
import type { CollectionName, InputOf, Patch, RowOf, Unknown, ValueInputOf } from "./types.js";

/** An id of 8 to 64 letters, digits, `_` and `-`: what comes again under it is done once. */
interface WithId {
	mutation?: string;
}

interface OnRow<Name> extends WithId {
	collection: Name;
	id: string;
}

interface WithData<Name, Data> extends WithId {
	collection: Name;
	data: Data;
}

type CollectionOperation<C extends Collections, Name> =
	| ({ op: "create" } & WithData<Name, InputOf<C, Name>>)
	| ({ op: "upsert"; on: readonly string[] } & WithData<Name, InputOf<C, Name>>)
	| ({
			op: "update";
			patch: Patch<RowOf<C, Name>, InputOf<C, Name>>;
			ifUpdatedAt?: string | undefined;
	  } & OnRow<Name>)
	| ({ op: "delete" } & OnRow<Name>);

type KeyOperation<K extends Keys, Key> =
	| ({
			op: "set-key";
			key: Key;
			value: ValueInputOf<K, Key>;
			ifVersion?: number | undefined;
			ttl?: number | undefined;
	  } & WithId)
	| ({ op: "delete-key"; key: Key; ifVersion?: number | undefined } & WithId);

/** One write of a batch: to a row or a key. */
export type BatchOperation<C extends Collections = Unknown, K extends Keys = Unknown> =
	| { [Name in CollectionName<C>]: CollectionOperation<C, Name> }[CollectionName<C>]
	| { [Key in keyof K]: KeyOperation<K, Key> }[keyof K]
	| KeyOperation<Unknown, Exclude<string, keyof K>>;

/** What the operations give, each in its place. */
export type BatchResults<C extends Collections, Operations> = {
	-readonly [Place in keyof Operations]: BatchResult<C, Operations[Place]>;
};

type BatchResult<C extends Collections, O> = O extends { op: "set-key" }
	? number
	: O extends { op: "delete" | "delete-key" }
		? boolean
		: O extends { collection: infer Name }
			? RowOf<C, Name>
			: never;

const maxTries = 4;

/**
 * Sends a batch until there is an answer, a few times: what the server has done already it does not do
 * again.
 */
export function sendBatch(
	auth: Auth,
	operations: readonly WithId[],
	options: CallOptions = {},
): Promise<EndpointResponse<"POST /api/batch">> {
	const id = auth.user?.id;
	const body = {
		operations: operations.map((operation) => ({
			...operation,
			// Not `randomUUID`, which is missing where a page came by plain HTTP.
			mutation: operation.mutation ?? crypto.getRandomValues(new Uint32Array(4)).join("-"),
		})),
	};
	return insist(
		() => auth.call("POST batch", options, body),
		// What was meant for one user must not be done to another.
		(tries) => tries < maxTries && id === auth.user?.id,
		options.signal,
	);
}
