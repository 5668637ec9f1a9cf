import type { Snapshot } from "@userdo/contracts";
import type { Row } from "./matcher.js";
import { isSame } from "./same.js";

/** A write of this client's own, laid over what is confirmed until that holds it. */
export interface Overlay {
	readonly op: "create" | "update" | "delete";
	/** Tells it from other writes in the log. */
	readonly mutation: string;
	/** Of a new row, one of its own until the server has told. */
	id: string;
	/** Of a new row all of it, as far as can be guessed; of an update what is set. */
	readonly data: Row;
	/** When it was made: ISO 8601. */
	readonly time: string;
	/** The row that it was made to, and what others have made of it since. */
	before: Row | undefined;
	/** The row as the write has left it, once that is known. */
	row?: Row | undefined;
	/** Where in the log it is, at the latest, once it is confirmed. */
	at?: Snapshot;
	/** Since when changes were heard as it was made: if they still are, it will be told. */
	readonly heard: Snapshot | undefined;
	/** Whether it is neither confirmed nor refused yet. */
	isOpen: boolean;
	/** How many have been confirmed up to this one. */
	confirmed?: number;
	/** Ends when it is confirmed or refused. */
	sent?: Promise<unknown>;
}

/** What the write makes of a row. */
export function applyOverlay(before: Row | undefined, overlay: Overlay): Row | undefined {
	const { op, id, data, time, row } = overlay;
	if (row || op === "delete") return row;
	if (op === "create") return { ...data, id };
	if (!before) return before;
	const after = { ...before, ...data };
	// The server writes nothing either where nothing is different.
	if (isSame(before, after)) return before;
	return typeof before.updatedAt === "string" ? { ...before, updatedAt: time, ...data } : after;
}
