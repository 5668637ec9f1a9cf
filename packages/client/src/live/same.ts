import type { Row } from "./matcher.js";

export const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** The rows; those that are as they were are the same objects, and so is the list if all of them are. */
export function keepSame(before: readonly Row[], rows: readonly Row[]): readonly Row[] {
	const known = new Map(before.map((row) => [row.id, row]));
	const kept = rows.map((row) => {
		const old = known.get(row.id);
		return old && (old === row || isSame(old, row)) ? old : row;
	});
	const isKept = kept.length === before.length && kept.every((row, i) => row === before[i]);
	return isKept ? before : kept;
}
