import { UserDOError } from "@userdo/contracts/errors";

/** The longest that a sign-up waits for calls of the account before it. Milliseconds. */
const patience = 30_000;

/** The calls under way, each with the account's life in which it began. */
export class Calls {
	readonly #running = new Map<Promise<unknown>, number>();

	/** Runs a call; never rejects unless the call does. */
	async run<R>(life: number, call: () => Promise<R>): Promise<R> {
		const running = call();
		this.#running.set(running, life);
		try {
			return await running;
		} finally {
			this.#running.delete(running);
		}
	}

	/**
	 * Waits for what began in other lives, which could read and write in this one.
	 *
	 * @throws UserDOError `conflict` where that takes longer than half a minute
	 */
	async settle(life: number): Promise<void> {
		const old = () => [...this.#running].filter(([, began]) => began !== life);
		if (old().length === 0) return;
		let timer: ReturnType<typeof setTimeout> | undefined;
		const late = new Promise<void>((resolve) => {
			timer = setTimeout(resolve, patience);
		});
		await Promise.race([Promise.allSettled(old().map(([call]) => call)), late]);
		if (timer !== undefined) clearTimeout(timer);
		if (old().length === 0) return;
		throw new UserDOError("conflict", {
			message: "The account that was here is still being deleted. Please try again.",
		});
	}
}
