import { isUserDOError } from "@userdo/contracts/errors";
import { backoff } from "./backoff.js";

/**
 * Fetches what a change did not bring along. Only the newest word on a name counts: whatever is
 * told of it later ends the fetch that is still under way.
 */
export class Refetch {
	readonly #turns = new Map<string, object>();

	/** Loads until it works, then delivers, unless something newer came. */
	async run<Value>(
		name: string,
		load: () => Promise<Value>,
		deliver: (value: Value) => void,
		giveUp?: () => void,
	): Promise<void> {
		const turn = {};
		this.#turns.set(name, turn);
		const current = () => this.#turns.get(name) === turn;
		for (let failures = 0; current(); failures++) {
			try {
				const value = await load();
				if (current()) deliver(value);
				break;
			} catch (error) {
				// What was refused once will be refused again. Anything else is an outage.
				if (isUserDOError(error) && error.status >= 400 && error.status < 429) {
					if (current()) giveUp?.();
					break;
				}
				await new Promise((resolve) => setTimeout(resolve, backoff(failures)));
			}
		}
		if (current()) this.cancel(name);
	}

	/** Something newer is known of the name. */
	cancel(name: string): void {
		this.#turns.delete(name);
	}

	clear(): void {
		this.#turns.clear();
	}
}
