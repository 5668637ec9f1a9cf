import type { Contestant } from "../../harness/worker/contestants.ts";
import { hits, makePost, type PostInput } from "./posts.ts";
import type { Stores } from "./stores.ts";

/** Who is compared; any other contestant is there to be read, and not judged. */
export const ours = "ours";
export const byHand = "by hand";

export type Case = (stores: Stores, data: Data) => Contestant[];

/** What all calls of a race use; made before anything is timed. */
export interface Data {
	ids: readonly string[];
	inputs: readonly PostInput[];
	rows: number;
}

export function prepare({ sql }: Stores, rows: number): Data {
	const ids = sql.exec("SELECT id FROM posts ORDER BY score").raw();
	const inputs = Array.from({ length: 1000 }, (_, i) => makePost(i, rows));
	return { ids: Array.from(ids, ([id]) => String(id)), inputs, rows };
}

/** Far from the one before, as requests are. */
export function at<T>(list: readonly T[], i: number): T {
	return list[(i * 7919) % list.length] as T;
}

export const category = (i: number, rows: number) =>
	`category-${(i * 7919) % Math.max(1, Math.floor(rows / hits))}`;
export const score = (i: number, rows: number) => (i * 7919) % Math.max(1, rows - 20);
// Never what is stored already: a row that does not change is not written.
export const title = (i: number) => `Another title, given by call ${i} of the bench`;
export const rating = (i: number) => (i % 49) / 10;
