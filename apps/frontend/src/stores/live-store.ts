import type { Live, LiveSnapshot } from "@userdo/client/live";
import { createStore, type Store } from "./store.js";

/** A live query as React takes it. */
export function createLiveStore<Data>(query: Live<Data>, data: Data): Store<LiveSnapshot<Data>> {
	return createStore<LiveSnapshot<Data>>({
		initial: { data, status: "loading", pending: [], fromCache: true, error: undefined },
		start: (set) => query.subscribe(set),
	});
}
