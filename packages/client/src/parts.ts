import type { Auth } from "./auth.js";
import type { CollectionInternals } from "./internals.js";
import type { Listeners } from "./listeners.js";
import type { Refetch } from "./refetch.js";

/** What the parts of a client share. */
export interface Parts {
	/** The base URL, without a slash at its end. */
	base: string;
	auth: Auth;
	listeners: Listeners;
	refetch: Refetch;
	/** What every collection has of its client. */
	shared: Omit<CollectionInternals, "name" | "list" | "batch" | "onChange">;
}
