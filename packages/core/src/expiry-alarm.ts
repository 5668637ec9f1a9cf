import type { Database } from "@userdo/tables";
import type { KeyValueStore } from "./kv.js";

/** Where the time is kept for which this class has set the alarm. */
const metaKey = "expiry-alarm";

/**
 * Wakes the object when a key expires. An object has a single alarm, and one that the developer has
 * set is never replaced, a later one neither: their code would run at another time than it asked
 * for. Expired keys are then deleted at that alarm, or at the next write.
 */
export class ExpiryAlarm {
	readonly #storage: DurableObjectStorage;
	readonly #meta: Database["meta"];
	readonly #kv: KeyValueStore;

	constructor(storage: DurableObjectStorage, meta: Database["meta"], kv: KeyValueStore) {
		this.#storage = storage;
		this.#meta = meta;
		this.#kv = kv;
	}

	/** Sets the alarm for the next key that expires. */
	async arm(): Promise<void> {
		if (this.#kv.nextExpiry() === undefined) return;
		const before = await this.#storage.getAlarm();
		const set = await this.#storage.getAlarm();
		// Somebody is setting it at this very moment: the next write of a key looks again.
		if (set !== before) return;
		// Asked for again: other calls may have come in between.
		const next = this.#kv.nextExpiry();
		if (next === undefined) return;
		const isOurs = set === null || String(set) === this.#meta.get(metaKey);
		// One of ours that is too early finds nothing to do but to set the next.
		if (!isOurs || (set !== null && set <= next)) return;
		this.#meta.set(metaKey, String(next));
		await this.#storage.setAlarm(next);
	}

	/** Deletes what has expired, and sets the alarm for what is left. */
	async ring(): Promise<void> {
		this.#kv.expire();
		await this.arm();
	}
}
