import { type ChangeMessage, type Json, kvEvent } from "@userdo/contracts/events";
import type { Auth } from "./auth.js";
import type { Listeners, Unsubscribe } from "./listeners.js";
import type { Refetch } from "./refetch.js";
import type { Requests } from "./request.js";

/** What the parts of a client share. */
export interface Parts {
	requests: Requests;
	auth: Auth;
	/** Of what the socket brings. */
	live: Listeners;
	refetch: Refetch;
}

const prefix = kvEvent("");

export class KeyValue {
	readonly #parts: Parts;

	constructor(parts: Parts) {
		this.#parts = parts;
	}

	async get(key: string): Promise<unknown> {
		const { requests, auth } = this.#parts;
		const { data } = await auth.session(() => requests.endpoint("GET /data", { query: { key } }));
		// `toString` is a key like any other.
		return Object.hasOwn(data, key) ? data[key] : undefined;
	}

	async set(key: string, value: unknown): Promise<void> {
		const { requests, auth } = this.#parts;
		const body = { key, value: value as Json };
		await auth.session(() => requests.endpoint("POST /data", { body }));
	}

	onChange<Value>(key: string, listener: (value: Value | undefined) => void): Unsubscribe {
		return this.#parts.live.add(kvEvent(key), listener);
	}

	/** @returns whether this was a change of a key */
	changed({ event, data, truncated }: ChangeMessage): boolean {
		if (!event.startsWith(prefix)) return false;
		this.#parts.refetch.cancel(event);
		if (truncated) this.#refetch(event);
		else this.#parts.live.emit(event, data);
		return true;
	}

	/** Tells the listeners of each key what its value is now. */
	resync(): void {
		for (const event of this.#parts.live.channels) {
			if (event.startsWith(prefix)) this.#refetch(event);
		}
	}

	#refetch(event: string): void {
		const { live, refetch } = this.#parts;
		if (!live.has(event)) return;
		void refetch.run(
			event,
			() => this.get(event.slice(prefix.length)),
			(value) => live.emit(event, value),
		);
	}
}
