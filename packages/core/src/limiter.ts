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
	/**
	 * Seconds after which the try counts no longer, unless it is kept by then: for what counts only if
	 * it fails. A key of which a try was kept, or a tenth of whose limit is used, gets no more of them.
	 */
	trial?: number;
}

/** Whether a try passes, and else in how many seconds the next one will. */
export interface LimitResult {
	allowed: boolean;
	retryAfter: number;
	/** What to keep the try by, where it is on trial. */
	trial?: number;
}

/** A try, by times in milliseconds since 1970. */
interface Mark {
	/** When it counts no longer. */
	until: number;
	/** When it would, if it is kept. */
	keptUntil: number;
}

const maxKeys = 10_000;
/** Each try is remembered by itself, so that this bounds what one key may take. */
const maxLimit = 1000;
/** What was tried with success, and still counts, leaves nine tenths of a limit to whoever tries now. */
const trialShare = 10;
const holdMs = 60_000;

/**
 * Counts tries in memory, over a sliding window: of any minute at most ten pass, where ten a minute
 * are allowed. (A fixed window lets twenty pass around its edge, and a leaky bucket nearly twenty in
 * the first minute, as it refills while it is being emptied.) Nothing is ever stored.
 */
export class Limiter {
	/** The tries of a key that passed, the oldest first; keys in the order of their last try. */
	readonly #passed = new Map<string, Mark[]>();
	#hold: ReturnType<typeof setTimeout> | undefined;

	/** Counts a try, unless it is refused. */
	count({ key, limit, period, trial }: LimitCount, now = Date.now()): LimitResult {
		const most = Math.min(limit, maxLimit);
		const passed = (this.#passed.get(key) ?? []).filter(({ until }) => until > now);
		if (passed.length >= most) {
			const ends = passed.map(({ until }) => until).sort((a, b) => a - b);
			const next = ends.at(-most) ?? now;
			return { allowed: false, retryAfter: Math.max(1, Math.ceil((next - now) / 1000)) };
		}
		const keptUntil = now + period * 1000;
		const onTrial =
			trial !== undefined && (passed.length + 1) * trialShare <= most && passed.every(isOnTrial);
		passed.push({ until: onTrial ? now + trial * 1000 : keptUntil, keptUntil });
		this.#remember(key, passed);
		if (passed.length * 2 >= most) this.#stay();
		return { allowed: true, retryAfter: 0, ...(onTrial && { trial: keptUntil }) };
	}

	/** Counts a try that was on trial to the end, also where its trial is over. */
	keep(key: string, trial: number): void {
		const passed = this.#passed.get(key) ?? [];
		const found = passed.find((mark) => mark.keptUntil === trial && isOnTrial(mark));
		if (found === undefined) passed.push({ until: trial, keptUntil: trial });
		else found.until = trial;
		this.#remember(key, passed);
	}

	#remember(key: string, passed: Mark[]): void {
		this.#passed.delete(key);
		this.#passed.set(key, passed);
		for (const oldest of this.#passed.keys()) {
			if (this.#passed.size <= maxKeys) break;
			this.#passed.delete(oldest);
		}
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

function isOnTrial({ until, keptUntil }: Mark): boolean {
	return until < keptUntil;
}
