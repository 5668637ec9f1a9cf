import type { Snapshot } from "@userdo/contracts";
import {
	abuse,
	type ChangesFrame,
	type ErrorFrame,
	type EventFrame,
	forbidden,
	type HelloFrame,
	ping,
	replaced,
	sessionEnded,
	subprotocol,
} from "@userdo/contracts/events";
import { resync, tellChange } from "./changes.js";
import { globals } from "./globals.js";
import { backoff } from "./insist.js";
import { eventChannel } from "./listeners.js";
import type { Parts } from "./parts.js";
import { resolve } from "./request.js";

/**
 * - `idle`: not needed (nobody listens) or not allowed (nobody is signed in)
 * - `connecting`: the handshake is under way
 * - `open`: changes arrive
 * - `waiting`: cut off; the next try comes by itself
 * - `closed`: `close()` was called
 */
export type SocketStatus = "idle" | "connecting" | "open" | "waiting" | "closed";

/** What the client needs of a `WebSocket`. */
export interface SocketLike {
	readonly readyState: number;
	send(data: string): void;
	close(): void;
	addEventListener(type: string, listener: (event: unknown) => void): void;
}

export type SocketConstructor = new (url: string, protocols: string[]) => SocketLike;

/** The one connection of a client: opened when needed, kept alive, resumed without a gap. */
export interface Connection {
	readonly status: SocketStatus;
	/** The newest change that has come, of whatever key or table. */
	/** The newest change seen, and whose it was. */
	readonly position: (Snapshot & { user: string }) | undefined;
	/** To be called when the first listener came or the last one went. */
	listenersChanged(): void;
	/** To be called when somebody else (or nobody) is signed in. */
	userChanged(): void;
	close(): void;
}

/** The newest change seen, and whose it was. */
interface Position extends Snapshot {
	user: string;
	timestamp: number;
}

const pingEvery = 25_000;
const pongWithin = 10_000;
const helloWithin = 20_000;
/** How long a socket stays without listeners: a page that is left for another takes it along. */
const linger = 1_000;
/** A connection that broke sooner does not count as one: it must not reset the backoff. */
const stable = 5_000;
/** Handshakes are refused for other reasons than the session, too. */
const refreshEvery = 60_000;
/** No sooner than this after the last try, whatever the browser reports. */
const nudgeEvery = 1_000;
/** Coming back at once would be wrong: the server does not want this socket. */
const unwanted: unknown[] = [abuse, forbidden, replaced];

export function createConnection(parts: Parts, create?: SocketConstructor): Connection {
	const { base, auth, listeners } = parts;
	let status: SocketStatus = "idle";
	let socket: SocketLike | undefined;
	/** Of the next step of the current state: a try, a ping, giving up. */
	let timer: number | undefined;
	/** Stops what was under way when the state changed. */
	let turn = 0;
	let failures = 0;
	let triedAt = 0;
	let openedAt = 0;
	/** The session may have ended: refresh it before the next try. */
	let doubtful = false;
	let refreshedAt = 0;
	let position: Position | undefined;

	const after = (milliseconds: number, run: () => void): void => {
		globals.clearTimeout(timer);
		timer = globals.setTimeout(run, milliseconds);
	};

	const setStatus = (next: SocketStatus): void => {
		if (next === status) return;
		status = next;
		listeners.emit("status", status);
	};

	const start = (): void => {
		if (status !== "idle" || auth.user === null || !listeners.wanted) return;
		globals.addEventListener?.("online", nudge);
		globals.document?.addEventListener("visibilitychange", look);
		failures = 0;
		doubtful = false;
		void connect();
	};

	const stop = (next: "idle" | "closed"): void => {
		if (status === "closed") return;
		globals.removeEventListener?.("online", nudge);
		globals.document?.removeEventListener("visibilitychange", look);
		leave();
		setStatus(next);
	};

	/** Lets go of the socket and of everything that was planned. */
	const leave = (): void => {
		const left = socket;
		socket = undefined;
		turn++;
		globals.clearTimeout(timer);
		// A browser complains on the console about a socket closed before it was open.
		if (left?.readyState === 0) left.addEventListener("open", () => left.close());
		else left?.close();
	};

	/** The connection is gone or of no use: come back after a while. */
	const lost = (code?: number): void => {
		if (status !== "open") doubtful = true;
		else if (Date.now() - openedAt > stable) failures = 0;
		if (code === sessionEnded) {
			doubtful = true;
			refreshedAt = 0;
		}
		if (unwanted.includes(code)) failures = 9;
		leave();
		retryAfter(backoff(failures++));
	};

	const retryAfter = (milliseconds: number): void => {
		after(milliseconds, connect);
		setStatus("waiting");
	};

	const connect = async (): Promise<void> => {
		const current = ++turn;
		triedAt = Date.now();
		if (doubtful && triedAt - refreshedAt > refreshEvery) {
			try {
				await auth.refresh();
			} catch {
				// Who turns out to be signed out was stopped by userChanged().
				if (turn === current) lost();
				return;
			}
			if (turn !== current) return;
			refreshedAt = Date.now();
		}
		doubtful = false;
		after(helloWithin, lost);
		setStatus("connecting");
		// A listener of the status may have changed everything.
		if (turn !== current) return;
		try {
			const made = new (create ?? globals.WebSocket)(address(), [subprotocol]);
			socket = made;
			made.addEventListener("message", (event) => {
				if (socket === made) hear((event as { data: unknown }).data);
			});
			made.addEventListener("close", (event) => {
				if (socket === made) lost((event as { code: number }).code);
			});
			// A close follows each error. Some sockets throw an error that nobody listens to.
			made.addEventListener("error", () => {});
		} catch {
			lost();
		}
	};

	const address = (): string => {
		const { user } = auth;
		const known = position && (!user || user.id === position.user) ? position : undefined;
		const since = known ? `?since=${known.seq}.${known.timestamp}&epoch=${known.epoch}` : "";
		return resolve(base, `ws${since}`).href.replace("http", "ws");
	};

	const hear = (data: unknown): void => {
		let frame: { type?: unknown } = {};
		try {
			frame = Object(JSON.parse(data as string));
		} catch {
			// The answer to a ping.
		}
		frames[String(frame.type)]?.(frame as never);
		// Whatever it was, the connection lives.
		if (status === "open") after(pingEvery, check);
	};

	const frames: Partial<Record<string, (frame: never) => void>> = {
		hello({ user, epoch, seq, mode }: HelloFrame) {
			if (auth.user && auth.user.id !== user.id) {
				// Another tab signed somebody else in, or this handshake was too early: ask who it is.
				lost(sessionEnded);
				return;
			}
			const [before, current] = [position, socket];
			openedAt = Date.now();
			const resumed = mode === "replay" && before?.user === user.id && before.epoch === epoch;
			if (!resumed) position = { user: user.id, epoch, seq, timestamp: 0 };
			setStatus("open");
			if (!resumed && (before || mode === "resync") && socket === current) resync(parts);
			listeners.emit("position");
		},
		changes({ from, to, changes }: ChangesFrame) {
			const [current, held] = [socket, position];
			// What is missing comes as a replay.
			if (!held || from > held.seq) {
				lost();
				return;
			}
			for (const change of changes) {
				if (change.seq <= held.seq) continue;
				held.seq = change.seq;
				held.timestamp = change.timestamp;
				tellChange(parts, change);
				// A listener may have changed everything.
				if (socket !== current) return;
			}
			held.seq = Math.max(held.seq, to);
			listeners.emit("position");
		},
		event: ({ event, data }: EventFrame) => listeners.emit(eventChannel(event), data),
		error({ code }: ErrorFrame) {
			// A close follows, of which browsers may tell as much as two seconds later.
			if (code === "unauthorized") lost(sessionEnded);
		},
	};

	const check = (): void => {
		after(pongWithin, lost);
		socket?.send(ping);
	};

	const look = (): void => {
		if (globals.document?.visibilityState === "visible") nudge();
	};

	/** Things look better than a moment ago: try at once, or see whether the connection still lives. */
	const nudge = (): void => {
		if (status === "open") check();
		if (status !== "waiting") return;
		failures = 0;
		retryAfter(Math.max(0, triedAt + nudgeEvery - Date.now()));
	};

	return {
		get status() {
			return status;
		},
		get position() {
			return position && { ...position };
		},
		listenersChanged() {
			start();
			if (listeners.wanted) return;
			globals.setTimeout(() => {
				if (listeners.wanted) return;
				stop("idle");
				// Whoever listens next is not told what happened before.
				position = undefined;
			}, linger);
		},
		userChanged() {
			const { user } = auth;
			const another = status === "open" && position?.user !== user?.id;
			if (!user || another) stop("idle");
			// Whatever was doubted was the session before this one.
			doubtful = false;
			if (status === "waiting") nudge();
			start();
		},
		close: () => stop("closed"),
	};
}
