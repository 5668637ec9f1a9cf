import { longest, within } from "./call.js";

/**
 * How long to wait before the next try, in milliseconds: full jitter, so that the clients that a
 * deploy cut off together don't come back together.
 *
 * @param failures in a row, before this one
 */
export const backoff = (failures: number) => Math.random() * Math.min(30_000, 250 * 2 ** failures);

/**
 * Tries until there is an answer. What was refused once will be refused again; all else is an outage.
 *
 * @param goesOn whether another try makes sense, after that many
 */
export async function insist<Result>(
	attempt: () => Promise<Result>,
	goesOn: (tries: number) => boolean,
	signal?: AbortSignal,
): Promise<Result> {
	for (let tries = 1; ; tries++) {
		try {
			return await attempt();
		} catch (error) {
			const { status } = Object(error);
			if (!(status < 400 || status >= 429) || !goesOn(tries)) throw error;
			const wait = backoff(tries - 1);
			await within(signal, longest, () => new Promise((done) => setTimeout(done, wait)));
			if (!goesOn(tries)) throw error;
		}
	}
}
