/** Ends what it was returned for. A second call does nothing. */
export type Unsubscribe = () => void;

type Listener = (value: never) => void;

/** The channel of what the server broadcasts under that name. */
export const eventChannel = (event: string) => `event:${event}`;

/** The channel of what comes of a key or table, as it comes. */
export const rawChannel = (event: string) => `raw:${event}`;

/**
 * Listeners by channel: of what the socket brings (`kv:preferences`, `table:posts`, `event:typing`), and
 * of what this side knows by itself (`status`, `user`).
 */
export interface Listeners {
	readonly channels: ReadonlyMap<string, unknown>;
	/** Whether anybody listens to what only the socket brings. */
	readonly wanted: boolean;
	add<Value>(channel: string, listener: (value: Value) => void): Unsubscribe;
	emit(channel: string, value?: unknown): void;
}

/** @param onChange called whenever a listener has come or gone */
export function createListeners(onChange: () => void): Listeners {
	const channels = new Map<string, Set<Listener>>();
	const at = (channel: string) => channels.get(channel) ?? new Set();
	return {
		channels,
		get wanted() {
			return [...channels.keys()].some((channel) => channel.includes(":"));
		},
		add(channel, listener) {
			const set = at(channel);
			// A function of its own, so that one listener given twice is two listeners.
			const entry: Listener = (value) => listener(value);
			channels.set(channel, set.add(entry));
			onChange();
			return () => {
				if (set.delete(entry) && !set.size) channels.delete(channel);
				onChange();
			};
		},
		emit(channel, value) {
			const set = at(channel);
			for (const entry of [...set]) {
				// One of the listeners before it may have ended this one.
				if (!set.has(entry)) continue;
				try {
					entry(value as never);
				} catch (error) {
					// The mistake is the listener's own: it must show up, but not stop the others.
					queueMicrotask(() => {
						throw error;
					});
				}
			}
		},
	};
}
