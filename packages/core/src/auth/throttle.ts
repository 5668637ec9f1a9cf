import { UserDOError } from "@userdo/contracts/errors";
import { networkOf } from "../network.js";

/** Tries that nobody has to wait for. */
const freeTries = 5;
const maxDelaySeconds = 60;
const maxNetworks = 1000;

interface Tries {
	failed: number;
	/** Milliseconds since 1970. */
	blockedUntil: number;
}

/**
 * Slows down whoever guesses this account's password: after five failures in a row the next try has
 * to wait 1, 2, 4 ... 60 seconds. Counted for each network, so that an attacker elsewhere can't lock
 * the owner out. Kept in memory, alike for accounts that exist and those that don't: an account
 * that doesn't exist must leave no byte behind.
 */
export class Throttle {
	readonly #tries = new Map<string, Tries>();

	/**
	 * Counts a try before its password is looked at, or parallel tries would all go through.
	 *
	 * @throws UserDOError `rate_limited` with `retryAfter`; a refused try counts for nothing
	 */
	begin(ip: string | undefined, now = Date.now()): void {
		this.check(ip, now);
		const network = networkOf(ip);
		const failed = this.#tries.get(network)?.failed ?? 0;
		const over = failed + 1 - freeTries;
		const delay = over < 0 ? 0 : Math.min(2 ** over, maxDelaySeconds);
		// Set anew rather than changed, so that the map's order is that of the last tries.
		this.#tries.delete(network);
		this.#tries.set(network, { failed: failed + 1, blockedUntil: now + delay * 1000 });
		for (const oldest of this.#tries.keys()) {
			if (this.#tries.size <= maxNetworks) break;
			this.#tries.delete(oldest);
		}
	}

	/** @throws UserDOError `rate_limited` with `retryAfter`, where the next try has to wait */
	check(ip: string | undefined, now = Date.now()): void {
		const blockedUntil = this.#tries.get(networkOf(ip))?.blockedUntil ?? 0;
		if (now >= blockedUntil) return;
		throw new UserDOError("rate_limited", { retryAfter: Math.ceil((blockedUntil - now) / 1000) });
	}

	/** The password was right. */
	succeed(ip: string | undefined): void {
		this.#tries.delete(networkOf(ip));
	}
}
