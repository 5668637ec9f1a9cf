/** A change as the log has it. */
export interface LedgerEntry {
	seq: number;
	event: string;
	op: "create" | "update" | "delete";
	key: string;
	mutation: string | null;
	/** Of a note, also when it was last changed, in milliseconds since 1970. */
	label: string | null;
	updatedAt: number | null;
}

/** No two changes of a row have the same time. */
export function nameOf(op: string, id: string, updatedAt: number): string {
	return `${op} ${id} ${updatedAt}`;
}
