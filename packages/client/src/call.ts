import { UserDOError } from "./error.js";
import { globals } from "./globals.js";

/** How long a call may take. */
export interface CallOptions {
	/** Ends the call, which then rejects with the signal's reason, as `fetch` does. */
	signal?: AbortSignal | undefined;
	/**
	 * Milliseconds until the call rejects with `timeout`; the client's own unless it is given.
	 * `Infinity` is for ever.
	 */
	timeout?: number | undefined;
}

/** Milliseconds: what a timer can hold. */
export const longest = 2 ** 31 - 1;

/** Runs what a signal or the clock may end. It rejects at once then, whatever becomes of the rest. */
export function within<Result>(
	signal: AbortSignal | undefined,
	timeout: number,
	run: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
	return new Promise((resolve, reject) => {
		const controller = new AbortController();
		const end = (reason: unknown) => {
			reject(reason);
			controller.abort(reason);
		};
		// React Native's signals have no reason.
		const abort = () => end(signal?.reason ?? new Error("aborted"));
		if (signal?.aborted) return abort();
		const timer = globals.setTimeout(
			() => end(new UserDOError("timeout")),
			Math.min(timeout, longest),
		);
		signal?.addEventListener("abort", abort);
		run(controller.signal)
			.finally(() => {
				globals.clearTimeout(timer);
				signal?.removeEventListener("abort", abort);
			})
			.then(resolve, reject);
	});
}
