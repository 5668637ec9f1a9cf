import type { EndpointResponse } from "@userdo/contracts";
import type { Auth } from "./auth.js";
import type { CallOptions } from "./call.js";

/** A key's value, and the version that `ifVersion` asks for: 0 and no value where it is not set. */
export interface Entry<Value> {
	value: Value | undefined;
	version: number;
}

/** What a key must be like for a write to happen. */
export interface DeleteKeyOptions extends CallOptions {
	/** The version that the key must have; 0: it must not be set. Anything else is a `conflict`. */
	ifVersion?: number | undefined;
}

export interface SetKeyOptions extends DeleteKeyOptions {
	/** Seconds until the key is gone. */
	ttl?: number | undefined;
}

export interface ListKeysOptions extends CallOptions {
	/** How the keys start. */
	prefix?: string | undefined;
	/** The `next` of the list before. */
	after?: string | undefined;
	/** At most so many. */
	limit?: number | undefined;
}

export async function getEntry<Value>(
	auth: Auth,
	key: string,
	options?: CallOptions,
): Promise<Entry<Value>> {
	const { data, versions } = await auth.call<EndpointResponse<"GET /data">>("GET ../data", {
		...options,
		key,
	});
	// `toString` is a key like any other.
	const isSet = Object.hasOwn(data, key);
	return {
		value: isSet ? (data[key] as Value) : undefined,
		version: isSet ? (versions?.[key] as number) : 0,
	};
}
