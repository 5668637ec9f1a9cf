import type { RowCounts } from "../harness/rows.ts";

/** What one call takes of what Cloudflare bills. */
export interface Work extends RowCounts {
	/** Calls to objects. */
	hops: number;
}

/**
 * By operation, in tables of a thousand rows and of a million alike. Tests hold it to what the app of
 * this bench does: a row of its posts stands in two indexes and in the log.
 */
export const work = {
	signup: { hops: 2, read: 191, written: 87 },
	login: { hops: 3, read: 1, written: 1 },
	me: { hops: 1, read: 0, written: 0 },
	get: { hops: 1, read: 1, written: 0 },
	set: { hops: 1, read: 2, written: 2 },
	create: { hops: 1, read: 0, written: 4 },
	list: { hops: 1, read: 23, written: 0 },
	method: { hops: 1, read: 22, written: 0 },
	connect: { hops: 1, read: 2, written: 0 },
} as const satisfies Record<string, Work>;

export type Operation = keyof typeof work;
