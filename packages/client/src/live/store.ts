import type { Operation, Snapshot } from "@userdo/contracts";
import type { ChangeMessage, TableChange } from "@userdo/contracts/events";
import type { CollectionInternals } from "../internals.js";
import type { Unsubscribe } from "../listeners.js";
import { toJson } from "../request.js";
import type { SocketStatus } from "../socket.js";
import type { Row } from "./matcher.js";
import { applyOverlay, type Overlay } from "./overlay.js";
import { type Question, toSearch } from "./question.js";
import { isSame } from "./same.js";
import { createWatch, isReached, type Subscriber, type Surroundings, type Watch } from "./watch.js";

/** A write to one row; the rest of it is the store's business. */
type Write =
	| { op: "create"; data: object }
	| { op: "update"; id: string; patch: object; ifUpdatedAt?: string | undefined }
	| { op: "delete"; id: string };

/** What is watched of a collection's rows, and what this client writes to them. */
export interface LiveStore {
	subscribe(question: Question, subscriber: Subscriber): Unsubscribe;
	/**
	 * Writes to a row, and shows at once what comes of it.
	 *
	 * @param guess what the server fills in of a new row, as far as it is known
	 */
	write(write: Write, guess?: object): Promise<WriteResult>;
}

interface WriteResult {
	/** Of what was not deleted. */
	row?: Row | undefined;
	deleted?: boolean;
}

/** New rows of the same millisecond, in their order. */
let made = 1000;

export function createStore(source: CollectionInternals): LiveStore {
	const watches: Watch[] = [];
	/** The ids of rows by those that they had before the server gave them one. */
	const ids = new Map<string, string>();
	let stops: Unsubscribe[] = [];
	/** The server's newest time, in milliseconds. */
	let newest = 0;
	let isAwake = false;
	let user = source.user();

	const around: Surroundings = {
		writes: [],
		confirmed: 0,
		list: source.list<Row>,
		// Once for all that happens in a turn: a frame of a hundred changes is one.
		wake() {
			if (isAwake) return;
			isAwake = true;
			queueMicrotask(() => {
				isAwake = false;
				for (const watch of watches) watch.settle();
				around.writes = around.writes.filter(
					(overlay) => overlay.isOpen || watches.some((watch) => watch.lacks(overlay)),
				);
				for (const watch of watches) watch.publish();
			});
		},
	};
	const { wake } = around;

	const setStatus = (status: SocketStatus): void => {
		// Each try of a connection that is lost is no news.
		if (status !== "connecting") around.connection = status;
		if (status === "open") {
			// From here on, unless what was missed is about to be told.
			around.heard ??= around.reached ??= source.position();
			for (const watch of watches) watch.retry();
		}
		wake();
	};

	const find = (id: string): Row | undefined =>
		watches.flatMap(({ base }) => base?.rows ?? []).find((row) => row.id === id);

	/** The later writes to the row were made to that. */
	const know = (id: unknown, row: Row | undefined): void => {
		for (const overlay of around.writes) {
			if (overlay.id === id && overlay.isOpen) overlay.before = row;
		}
	};

	/**
	 * @param named has the row's id, where it is there
	 * @param row undefined where it is gone, or was not told
	 */
	const confirm = (
		overlay: Overlay,
		at: Snapshot,
		named: Row | undefined,
		row: Row | undefined,
	): void => {
		const { id: own, before, heard } = overlay;
		const id = (named?.id ?? own) as string;
		if (id !== own) {
			ids.set(own, id);
			for (const other of around.writes) if (other.id === own) other.id = id;
		}
		overlay.row ??= row;
		if (!overlay.isOpen) return;
		overlay.isOpen = false;
		overlay.confirmed = ++around.confirmed;
		know(overlay.id, applyOverlay(overlay.before, overlay));
		// All up to there was told but this one, which did something: nobody logs it.
		const isSilent =
			heard === around.heard && isReached(around.reached, at) && !isSame(before, row);
		for (const other of around.writes) {
			// What was written to the row before was done before.
			if (other.id === id && !other.isOpen && !isSilent) other.at ??= at;
		}
		// Only a new answer can tell whether it is in there.
		if (isSilent || at.epoch !== around.reached?.epoch) {
			for (const watch of watches) watch.restart();
		}
	};

	const hear = (change: ChangeMessage): void => {
		const { mutation, data, timestamp, truncated } = change;
		const { type, data: whole } = Object(data) as Partial<TableChange<Row>>;
		const row = type === "delete" || truncated ? undefined : whole;
		const told = { ...change, epoch: around.reached?.epoch as string };
		// The same mutation is on the rows that were deleted along.
		const overlay = around.writes.find(
			(each) =>
				each.mutation === mutation &&
				each.op === type &&
				(type === "create" || each.id === whole?.id),
		);
		if (overlay) confirm(overlay, told, whole, row);
		if (row || type === "delete") know(whole?.id, row);
		newest = Math.max(newest, timestamp);
		for (const watch of watches) watch.hear(told);
		around.reached = told;
		wake();
	};

	const listen = (): void => {
		around.heard = around.reached = source.position();
	};

	// For as long as the client is there: writes need nobody who watches.
	source.onUser(() => {
		const before = user;
		user = source.user();
		// The first word on whose socket it is all along is no change.
		if (before === undefined && user && source.position()?.user === user.id) return;
		around.writes = [];
		listen();
		for (const watch of watches) watch.restart(true);
		wake();
	});

	return {
		subscribe(question, subscriber) {
			const search = toSearch(question);
			const watch = watches.find((each) => each.search === search) ?? createWatch(around, question);
			if (watches.length === 0) {
				listen();
				setStatus(source.status());
				stops = [
					source.onStatus(setStatus),
					source.onResync(() => {
						listen();
						for (const each of watches) each.restart();
						wake();
					}),
					source.onPosition(() => {
						around.reached = source.position();
						for (const each of watches) each.reach();
						wake();
					}),
					source.onChange(hear),
				];
			}
			if (watch.subscribers.size === 0) watches.push(watch);
			watch.subscribers.add(subscriber);
			watch.retry();
			wake();
			return () => {
				if (!watch.subscribers.delete(subscriber) || watch.subscribers.size > 0) return;
				watch.stop();
				watches.splice(watches.indexOf(watch), 1);
				if (watches.length === 0) for (const stop of stops) stop();
				wake();
			};
		},
		write(write, guess) {
			const operation = JSON.parse(toJson(write)) as AnyWrite;
			const { op, id, data, patch } = operation;
			// The clock of this side may be slow, and what is newest belongs at the end.
			const time = new Date(Math.max(Date.now(), newest + 1)).toJSON();
			// After all that the server makes, which are in the order of time as well.
			const own = ids.get(id as string) ?? id ?? String(data?.id ?? `~${time}${made++}`);
			// Not `randomUUID`, which is missing where a page came by plain HTTP.
			const mutation = crypto.getRandomValues(new Uint32Array(4)).join("-");
			const last = around.writes.findLast((other) => other.id === own);
			const overlay: Overlay = {
				op,
				mutation,
				id: own,
				data: patch ?? { createdAt: time, updatedAt: time, ...guess, ...data },
				time,
				before: last ? (last.isOpen ? last.before : applyOverlay(last.before, last)) : find(own),
				heard: around.heard,
				isOpen: true,
			};
			const send = async (): Promise<WriteResult> => {
				try {
					// Writes to one row get there in their order.
					await last?.sent?.catch(() => {});
					// What was meant for one user must not be done to another.
					if (!around.writes.includes(overlay)) {
						throw Object.assign(new Error("unauthorized"), {
							name: "UserDOError",
							code: "unauthorized",
							status: 401,
						});
					}
					// The server may have given the row another id meanwhile.
					const target = id && overlay.id;
					const { results, snapshot } = await source.batch([
						{ ...operation, id: target, mutation, collection: source.name } as Operation,
					]);
					const [result = {}] = results as WriteResult[];
					confirm(overlay, snapshot, result.row, result.row);
					return result;
				} catch (error) {
					// Only the answer got lost.
					if (overlay.confirmed) {
						return { row: applyOverlay(overlay.before, overlay), deleted: true };
					}
					overlay.isOpen = false;
					throw error;
				} finally {
					wake();
				}
			};
			around.writes = [...around.writes, overlay];
			wake();
			const sent = send();
			overlay.sent = sent;
			return sent;
		},
	};
}

/** Any of them. */
interface AnyWrite {
	op: Write["op"];
	id?: string;
	data?: Row;
	patch?: Row;
}
