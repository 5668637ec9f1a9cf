/** Ends what it was returned for. A second call does nothing. */
export type Unsubscribe = () => void;

type Listener = (value: unknown) => void;

/** Listeners by channel: `kv:preferences`, `table:posts`, `status`. */
export class Listeners {
	readonly #channels = new Map<string, Set<Listener>>();
	readonly #onSize: (() => void) | undefined;

	/** @param onSize called when a first listener came or the last one went */
	constructor(onSize?: () => void) {
		this.#onSize = onSize;
	}

	get channels(): string[] {
		return [...this.#channels.keys()];
	}

	has(channel: string): boolean {
		return this.#channels.has(channel);
	}

	/** Whether anybody listens to anything. */
	get any(): boolean {
		return this.#channels.size > 0;
	}

	add<Value>(channel: string, listener: (value: Value) => void): Unsubscribe {
		const first = !this.any;
		const set = this.#channels.get(channel) ?? new Set();
		// A function of its own, so that one listener given twice is two listeners.
		const entry: Listener = (value) => listener(value as Value);
		this.#channels.set(channel, set.add(entry));
		if (first) this.#onSize?.();
		return () => {
			if (!set.delete(entry) || set.size > 0) return;
			this.#channels.delete(channel);
			if (!this.any) this.#onSize?.();
		};
	}

	emit(channel: string, value?: unknown): void {
		const set = this.#channels.get(channel);
		for (const entry of [...(set ?? [])]) {
			// One of the listeners before it may have ended this one.
			if (!set?.has(entry)) continue;
			try {
				entry(value);
			} catch (error) {
				// The mistake is the listener's own: it must show up, but not stop the others.
				queueMicrotask(() => {
					throw error;
				});
			}
		}
	}
}
