import type { Snapshot } from "@userdo/contracts";
import type { UserDOError } from "../error.js";
import { backoff } from "../insist.js";
import type { SocketStatus } from "../socket.js";
import { type Answer, type Base, createBase, type Told, type View } from "./base.js";
import type { Row } from "./matcher.js";
import type { Overlay } from "./overlay.js";
import { type Question, toSearch } from "./question.js";
import { isSame, keepSame } from "./same.js";

/**
 * - `loading`: rows or the connection are under way
 * - `live`: changes arrive as they happen
 * - `offline`: cut off; the next try comes by itself
 * - `error`: the server refuses to answer
 */
export type LiveStatus = "loading" | "live" | "offline" | "error";

/** What a live query knows at a moment. */
export interface LiveSnapshot<Data> {
	/** The rows in their order, or their number. Rows that are as before are the same objects. */
	readonly data: Data;
	readonly status: LiveStatus;
	/** The ids of rows with writes of this client that are not confirmed yet. */
	readonly pending: readonly string[];
	/** Whether the server may have newer data. */
	readonly fromCache: boolean;
	/** Why the last request failed. */
	readonly error: UserDOError | undefined;
}

export interface Subscriber {
	listener: (snapshot: LiveSnapshot<never>) => void;
	seen?: unknown;
}

/** What the queries of one collection have in common. */
export interface Surroundings {
	/** Those of this client, in the order in which they were made. */
	writes: readonly Overlay[];
	/** How many writes were confirmed so far. */
	confirmed: number;
	/** All changes after there have been told... */
	heard?: Snapshot | undefined;
	/** ...up to there. */
	reached?: Snapshot | undefined;
	/** What the connection is like, or was before it began to come back. */
	connection?: SocketStatus;
	list(search: string): Promise<Answer>;
	/** Has all queries look at what there is now. */
	wake(): void;
}

/** One question, as long as anybody wants to know its answer. */
export interface Watch {
	/** The question as it is sent. */
	readonly search: string;
	readonly subscribers: Set<Subscriber>;
	readonly base: Base | undefined;
	/** Whether the write has to be laid over what is confirmed here, now or in a moment. */
	lacks(overlay: Overlay): boolean;
	hear(change: Told): void;
	/** To be called when all changes up to a place were told. */
	reach(): void;
	/** Asks again, since changes may have been missed, or since all that is known is somebody else's. */
	restart(forgets?: boolean): void;
	/** To be called when somebody subscribes, or the connection is there again. */
	retry(): void;
	stop(): void;
	/** Takes in what has been answered, and asks for what is missing. */
	settle(): void;
	/** Tells the subscribers what there is to see, unless it is what they have seen. */
	publish(): void;
}

/** One request for what is confirmed. */
interface Run {
	confirmed: number;
	/** The changes told since it was sent. */
	changes: Told[];
	/** The answer, once it is there. */
	base?: Base;
	/** The writes of which nobody knew then whether they are in it. */
	doubtful?: readonly Overlay[];
}

/** Changes come in bursts: rather one request after them than one for each. */
const pause = 50;

const nothing: View = { rows: [], pending: [] };

export const isReached = (reached: Snapshot | undefined, { epoch, seq }: Snapshot) =>
	reached?.epoch === epoch && reached.seq >= seq;

export function createWatch(around: Surroundings, question: Question): Watch {
	const search = toSearch(question);
	const subscribers = new Set<Subscriber>();
	let base: Base | undefined;
	let run: Run | undefined;
	let timer: ReturnType<typeof setTimeout> | undefined;
	/** Something may have been missed. */
	let isStale = false;
	/** Asking again would be in vain. */
	let isRefused = false;
	let failures = 0;
	let kinds: Answer["kinds"];
	let error: UserDOError | undefined;
	let snapshot: Partial<LiveSnapshot<unknown>> = {};

	/** Whether all changes since the base have been told. */
	const isContinuous = () => !around.heard || isReached(base, around.heard);

	const isIncomplete = () => !base || isStale || base.isIncomplete || !isContinuous();

	const lacks = ({ isOpen, confirmed = 0, at }: Overlay): boolean => {
		const { confirmed: asked = confirmed } = base ?? run ?? {};
		return isOpen || (asked < confirmed && !(at && isReached(base, at)));
	};

	const apply = (change: Told): void => {
		if (isContinuous()) base?.apply(change);
	};

	const reach = (): void => {
		if (isContinuous()) base?.reach(around.reached?.seq ?? 0);
	};

	/** Sends the next request after so many milliseconds, or none. */
	const plan = (milliseconds?: number): void => {
		if (timer) clearTimeout(timer);
		timer = milliseconds ? setTimeout(plan, milliseconds, 0) : undefined;
		if (milliseconds === 0) void fetch();
	};

	const fetch = async (): Promise<void> => {
		const current: Run = { confirmed: around.confirmed, changes: [] };
		run = current;
		isStale = false;
		try {
			const { list } = around;
			const { counts, where } = question;
			const [answer, sample] = await Promise.all([
				list(search),
				// Only a list tells of the kinds.
				counts && where[0] && !kinds && list(toSearch({ ...question, limit: 1, counts: false })),
			]);
			if (run !== current) return;
			if (sample) kinds = sample.kinds ?? {};
			run.base = createBase(question, { kinds, ...answer }, run.confirmed, base?.rows);
			run.doubtful = around.writes;
		} catch (thrown) {
			if (run !== current) return;
			run = undefined;
			isStale = true;
			error = thrown as UserDOError;
			// What was refused once will be refused again. Anything else is an outage.
			isRefused = error.status >= 400 && error.status < 429;
			failures++;
		}
		around.wake();
	};

	const restart = (forgets = false): void => {
		if (forgets) base = run = error = undefined;
		isStale = true;
		isRefused = false;
		failures = 0;
		plan();
	};

	return {
		search,
		subscribers,
		get base() {
			return base;
		},
		lacks,
		reach,
		restart,
		stop: plan,
		hear(change) {
			run?.changes.push(change);
			apply(change);
		},
		retry() {
			if (failures) restart();
		},
		settle() {
			const { heard, reached } = around;
			const isTold = run?.base && isReached(reached, run.base);
			// A new row might be seen twice: as the server has it, and as an overlay.
			const isDoubtful = (overlay: Overlay) =>
				overlay.isOpen && !(isTold && overlay.heard === heard);
			if (run?.base && !run.doubtful?.some(isDoubtful)) {
				const { changes } = run;
				base = run.base;
				run = error = undefined;
				failures = isContinuous() ? 0 : failures + 1;
				for (const change of changes) apply(change);
				reach();
			}
			if (run || timer || isRefused || !isIncomplete()) return;
			const soon = base ? pause : 0;
			plan(failures ? backoff(failures - 1) : soon);
		},
		publish() {
			const { writes, connection } = around;
			const { counts, limit } = question;
			const { rows, count, pending } = base?.layOver(writes.filter(lacks)) ?? nothing;
			const { data = nothing.rows, pending: before } = snapshot;
			const isLost = connection === "waiting" || connection === "closed";
			const reachable: LiveStatus = base && connection === "open" ? "live" : "loading";
			const status = isRefused ? "error" : isLost ? "offline" : reachable;
			const next: LiveSnapshot<unknown> = {
				data: counts ? count : keepSame(data as readonly Row[], rows.slice(0, limit)),
				status,
				pending: before && isSame(before, pending) ? before : pending,
				fromCache: status !== "live" || !!run || isIncomplete(),
				error,
			};
			const keys = Object.keys(next) as (keyof typeof next)[];
			if (keys.some((key) => next[key] !== snapshot[key])) snapshot = next;
			for (const subscriber of subscribers) {
				if (subscriber.seen === snapshot) continue;
				subscriber.seen = snapshot;
				// Apart: a mistake of its own shows up, but stops neither the others nor anything here.
				queueMicrotask(() => {
					if (subscribers.has(subscriber)) subscriber.listener(snapshot as never);
				});
			}
		},
	};
}
