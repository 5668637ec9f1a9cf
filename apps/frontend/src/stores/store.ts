import { useSyncExternalStore } from "react";

/** A value outside of React that tells when it has changed. */
export interface Store<Value> {
	/** @returns the function that ends it */
	subscribe(onChange: () => void): () => void;
	/** The same object as before, unless it has changed. */
	getSnapshot(): Value;
}

export const useStore = <Value>({ subscribe, getSnapshot }: Store<Value>): Value =>
	useSyncExternalStore(subscribe, getSnapshot);

interface Source<Value> {
	/** What is known as long as nobody has asked. */
	initial: Value;
	/** Begins to listen, with the first subscriber; what it returns is called after the last one. */
	start(set: (value: Value) => void): () => void;
}

/** A store that listens to its source only while somebody looks, and remembers nothing after that. */
export function createStore<Value>({ initial, start }: Source<Value>): Store<Value> {
	const listeners = new Set<() => void>();
	let value = initial;
	let stop: (() => void) | undefined;
	const set = (next: Value): void => {
		if (Object.is(next, value)) return;
		value = next;
		for (const listener of listeners) listener();
	};
	return {
		subscribe(onChange) {
			// Each has an entry of its own, also when the same function comes twice.
			const listener = () => onChange();
			listeners.add(listener);
			stop ??= start(set);
			return () => {
				if (!listeners.delete(listener) || listeners.size > 0) return;
				stop?.();
				stop = undefined;
				// The next who looks may be another user.
				value = initial;
			};
		},
		getSnapshot: () => value,
	};
}
