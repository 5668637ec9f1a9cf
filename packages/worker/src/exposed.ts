import { type Collections, defineCollections } from "@userdo/contracts";

/** What may be done with a collection over HTTP. */
export type Exposure = "read" | "write";

/**
 * The collections that are served at all, by name. A map, in which no name finds what objects have.
 *
 * @throws UserDOError `misconfigured` for a name that is an endpoint's, or can't be a table's
 */
export function findExposed(collections: Collections): ReadonlyMap<string, Exposure> {
	const found = Object.entries(defineCollections(collections));
	const exposed = found.flatMap(([name, { expose }]): [string, Exposure][] =>
		// Not merely set: where no compiler looked, anything else must open nothing.
		expose === "read" || expose === "write" ? [[name, expose]] : [],
	);
	return new Map(exposed);
}
