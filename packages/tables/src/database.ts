import type { Database, DatabaseOptions } from "./types.js";

/** The table layer over that storage. */
export function createDatabase(
	_storage: DurableObjectStorage,
	_options: DatabaseOptions = {},
): Database {
	throw new Error("not built yet");
}
