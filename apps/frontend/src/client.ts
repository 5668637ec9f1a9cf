// Types alone: no schema of the API, and no Zod, comes along.
import type { collections, keys } from "@apps/frontend-contract";
import { UserDOClient } from "@userdo/client";
import { live } from "@userdo/client/live";
import type { CollectionRow, KeyValue } from "@userdo/contracts";

export type Task = CollectionRow<(typeof collections)["tasks"]>;
export type Status = Task["status"];
export type Preferences = KeyValue<(typeof keys)["preferences"]>;

export const client = new UserDOClient<typeof collections, typeof keys>(
	import.meta.env.VITE_API_URL,
);

/** Tasks that are seen while they change, and whose writes are seen at once. */
export const tasks = live(client.collection("tasks"), { defaults: { status: "todo" } });
