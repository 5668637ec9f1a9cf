/**
 * How long to wait before the next try, in milliseconds: full jitter, so that the clients that a
 * deploy cut off together don't come back together.
 *
 * @param failures in a row, before this one
 */
export function backoff(failures: number): number {
	return Math.random() * Math.min(30_000, 250 * 2 ** failures);
}
