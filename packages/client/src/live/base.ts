import type { Snapshot } from "@userdo/contracts";
import type { ChangeMessage, TableChange } from "@userdo/contracts/events";
import type { ListAnswer } from "../internals.js";
import { comparator, matches, type Row } from "./matcher.js";
import { applyOverlay, type Overlay } from "./overlay.js";
import type { Question } from "./question.js";
import { keepSame } from "./same.js";

/** What the server answers to a question: rows, or how many there are. */
export interface Answer extends Partial<Omit<ListAnswer<Row>, "kinds">> {
	count?: number;
	kinds?: ListAnswer<Row>["kinds"] | undefined;
	snapshot: Snapshot;
}

/** A change, and of which log it is. */
export type Told = ChangeMessage & Snapshot;

/** What there is to see: what is confirmed, and this client's own writes over it. */
export interface View {
	rows: readonly Row[];
	count?: number;
	/** The ids of rows with unconfirmed writes that are or were among them. */
	pending: readonly string[];
}

/** What is confirmed of a question's rows: an answer, and what changes have made of it since. */
export interface Base extends Snapshot {
	/** How many writes were confirmed before the server was asked: it had these. */
	readonly confirmed: number;
	/** The first rows of all, in their order. */
	readonly rows: readonly Row[];
	/** Whether something is missing that only the server knows. */
	readonly isIncomplete: boolean;
	/** Takes in a change that is newer. */
	apply(change: Told): void;
	/** To be called when all changes up to there were told. */
	reach(seq: number): void;
	layOver(overlays: readonly Overlay[]): View;
}

/** @param before rows that stay the same objects where they are equal */
export function createBase(
	{ where, orders, limit, counts }: Question,
	{ items = [], count = 0, kinds = {}, pageInfo, snapshot: { epoch, seq } }: Answer,
	confirmed: number,
	before: readonly Row[] = [],
): Base {
	const compare = comparator(orders, kinds);
	let rows = keepSame(before, items);
	/** Nothing is known of the rows after this one; of all where it is undefined. */
	let end = pageInfo?.hasNextPage && items.at(-1);
	/** How many to show: the server may have cut the list short, since its rows are large. */
	const size = end ? items.length : limit;
	/** A change did not tell enough: all stays as it was before it. */
	let isBroken = false;

	/** Whether it is one of the rows, as far as they are known. */
	const takes = (row: Row | undefined): row is Row =>
		!!row &&
		where.every((condition) => matches(row, condition, kinds)) &&
		(!end || compare(row, end) <= 0);

	/** The rows with that one in its place instead of the one with its id, if it is one of them. */
	const replace = (list: readonly Row[], id: unknown, row: Row | undefined): Row[] => {
		const others = list.filter((other) => other.id !== id);
		if (!takes(row)) return others;
		let from = 0;
		let to = others.length;
		while (from < to) {
			const middle = (from + to) >> 1;
			if (compare(others[middle] as Row, row) < 0) from = middle + 1;
			else to = middle;
		}
		others.splice(from, 0, row);
		return others;
	};

	const difference = (old: Row | undefined, row: Row | undefined) => +takes(row) - +takes(old);

	return {
		epoch,
		confirmed,
		get seq() {
			return seq;
		},
		get rows() {
			return rows;
		},
		get isIncomplete() {
			return isBroken || (!!end && rows.length < size);
		},
		reach(to) {
			if (!isBroken) seq = Math.max(seq, to);
		},
		apply({ epoch: of, seq: next, data, truncated }) {
			if (of !== epoch || next <= seq || isBroken) return;
			const { type, data: told, old } = Object(data) as Partial<TableChange<Row>>;
			// An update tells what was before as well, unless that is too large.
			if (!told || truncated || (counts && type === "update" && !old)) {
				isBroken = true;
				return;
			}
			const row = type === "delete" ? undefined : told;
			seq = next;
			if (counts) {
				count += difference(type === "create" ? undefined : (old ?? told), row);
				return;
			}
			rows = replace(rows, told.id, row);
			// Spare rows save requests when others go, but there must be an end to them.
			if (rows.length > 2 * size) {
				rows = rows.slice(0, size);
				end = rows.at(-1);
			}
		},
		layOver(overlays) {
			const view = { rows, count, pending: [] as string[] };
			for (const id of new Set(overlays.map((overlay) => overlay.id))) {
				const own = overlays.filter((overlay) => overlay.id === id);
				const [first] = own;
				const old = rows.find((row) => row.id === id) ?? first?.before;
				const row = own.reduce(applyOverlay, old);
				view.rows = replace(view.rows, id, row);
				// What a row was like that nobody here has seen, the server will say.
				if (old || first?.op === "create") view.count += difference(old, row);
				const isOpen = own.some((overlay) => overlay.isOpen);
				if (isOpen && (takes(old) || takes(row))) view.pending.push(id);
			}
			return view;
		},
	};
}
