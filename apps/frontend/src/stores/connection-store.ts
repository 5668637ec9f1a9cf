import type { SocketStatus } from "@userdo/client";
import type { Store } from "./store.js";

export type Connection = "live" | "connecting" | "offline";

interface ConnectionClient {
	readonly status: SocketStatus;
	onStatus(listener: (status: SocketStatus) => void): () => void;
}

/** What a browser tells about its network. */
type Network = Pick<EventTarget, "addEventListener" | "removeEventListener"> & {
	readonly navigator: { readonly onLine: boolean };
};

/** Whether changes arrive right now. */
export function createConnectionStore(
	client: ConnectionClient,
	network: Network,
): Store<Connection> {
	return {
		subscribe(onChange) {
			const stop = client.onStatus(onChange);
			for (const event of ["online", "offline"]) network.addEventListener(event, onChange);
			return () => {
				stop();
				for (const event of ["online", "offline"]) network.removeEventListener(event, onChange);
			};
		},
		getSnapshot() {
			if (!network.navigator.onLine || client.status === "waiting") return "offline";
			return client.status === "open" ? "live" : "connecting";
		},
	};
}
