import type { Unsubscribe } from "@userdo/client";
import { createStore, type Store } from "./store.js";

/** What a store needs of a client whose key that is. */
export interface KeyClient<Key extends string, Value> {
	get(key: Key): Promise<Value | undefined>;
	set(key: Key, value: Value): Promise<number>;
	onChange(key: Key, listener: (value: Value | undefined) => void): Unsubscribe;
	onStatus(listener: (status: string) => void): Unsubscribe;
}

export interface KeyStore<Value> extends Store<Value> {
	/** Shows the value at once, and what was there before when the server refuses it. */
	save(value: Value): Promise<void>;
}

/** The value of a key, whoever sets it. */
export function createKeyStore<Key extends string, Value>(
	client: KeyClient<Key, Value>,
	key: Key,
	fallback: Value,
): KeyStore<Value> {
	let show: (value: Value) => void = () => {};
	/** Counts what was shown: an answer that was overtaken is of no use. */
	let turn = 0;
	const take = (value: Value | undefined): void => {
		turn++;
		show(value ?? fallback);
	};
	const load = async (): Promise<void> => {
		const before = turn;
		try {
			const value = await client.get(key);
			if (turn === before) take(value);
		} catch {
			// The next connection brings it.
		}
	};
	const store = createStore<Value>({
		initial: fallback,
		start(set) {
			show = set;
			const stops = [
				client.onChange(key, take),
				// Changes are heard from the moment it is open.
				client.onStatus((status) => {
					if (status === "open") void load();
				}),
			];
			void load();
			return () => {
				turn++;
				show = () => {};
				for (const stop of stops) stop();
			};
		},
	});
	return {
		...store,
		async save(value) {
			const before = store.getSnapshot();
			take(value);
			const mine = turn;
			try {
				await client.set(key, value);
			} catch (error) {
				if (turn === mine) take(before);
				throw error;
			}
		},
	};
}
