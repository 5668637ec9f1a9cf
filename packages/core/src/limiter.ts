import { UserDOError } from "@userdo/contracts/errors";

/** One try to be counted. */
export interface LimitCount {
	/**
	 * A hash, where an object counts for many: neither an address nor an email may stand there in clear
	 * text.
	 */
	key: string;
	/** Tries that pass within any `period`. */
	limit: number;
	/** Seconds. */
	period: number;
}

/** Whether a try passes, and else in how many seconds the next one will. */
export interface LimitResult {
	allowed: boolean;
	retryAfter: number;
}

const maxKeys = 10_000;
/** Each try is remembered by its time, so that this bounds what one key may take. */
const maxLimit = 1000;
const holdMs = 60_000;

/**
 * Counts tries in memory, over a sliding window: of any minute at most ten pass, where ten a minute
 * are allowed. (A fixed window lets twenty pass around its edge, and a leaky bucket nearly twenty in
 * the first minute, as it refills while it is being emptied.) Nothing is ever stored.
 */
export class Limiter {
	/** When the tries of a key passed, the oldest first; keys in the order of their last try. */
	readonly #passed = new Map<string, number[]>();
	#hold: ReturnType<typeof setTimeout> | undefined;

	/** Counts a try, unless it is refused. */
	count({ key, limit, period }: LimitCount, now = Date.now()): LimitResult {
		const most = Math.min(limit, maxLimit);
		const start = now - period * 1000;
		const passed = (this.#passed.get(key) ?? []).filter((time) => time > start);
		if (passed.length >= most) {
			const next = passed.at(-most) ?? now;
			return { allowed: false, retryAfter: Math.max(1, Math.ceil((next - start) / 1000)) };
		}
		passed.push(now);
		this.#passed.delete(key);
		this.#passed.set(key, passed);
		for (const oldest of this.#passed.keys()) {
			if (this.#passed.size <= maxKeys) break;
			this.#passed.delete(oldest);
		}
		if (passed.length * 2 >= most) this.#stay();
		return { allowed: true, retryAfter: 0 };
	}

	/** @throws UserDOError `rate_limited` where the try does not pass */
	require(count: LimitCount): void {
		const { allowed, retryAfter } = this.count(count);
		if (!allowed) throw new UserDOError("rate_limited", { retryAfter });
	}

	/** Takes back the last try of a key, or all of them. */
	forget(key: string, what: "last" | "all" = "all"): void {
		const passed = this.#passed.get(key);
		if (passed === undefined) return;
		passed.pop();
		if (what === "all" || passed.length === 0) this.#passed.delete(key);
	}

	/**
	 * An idle object goes to sleep after ten seconds and then forgets, which whoever waits as long
	 * between their bursts would profit from. A pending timer keeps it awake: only while somebody has
	 * used up half of a limit, since that time is billed.
	 */
	#stay(): void {
		if (this.#hold !== undefined) clearTimeout(this.#hold);
		this.#hold = setTimeout(() => {}, holdMs);
	}
}
