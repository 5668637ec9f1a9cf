import {
	type ChangeMessage,
	type ChangesFrame,
	closeCodes,
	type EventFrame,
	type HelloFrame,
	ping,
	type ServerFrame,
	subprotocol,
} from "@userdo/contracts/events";
import type { Auth } from "./auth.js";
import { backoff } from "./backoff.js";
import { globals } from "./globals.js";

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

export interface SocketHooks {
	/** Whether anybody listens. */
	wanted(): boolean;
	url(): URL;
	onStatus(status: SocketStatus): void;
	onChange(change: ChangeMessage): void;
	onEvent(event: EventFrame): void;
	/** What was missed can't be told any more. */
	onResync(): void;
}

/** The newest change seen, and whose it was. */
interface Position {
	user: string;
	epoch: string;
	seq: number;
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
const unwanted: number[] = [closeCodes.abuse, closeCodes.forbidden, closeCodes.replaced];

/** The one connection of a client: opened when needed, kept alive, resumed without a gap. */
export class Socket {
	readonly #auth: Auth;
	readonly #hooks: SocketHooks;
	readonly #create: SocketConstructor | undefined;
	#status: SocketStatus = "idle";
	#socket: SocketLike | undefined;
	/** Of the next step of the current state: a try, a ping, giving up. */
	#timer: number | undefined;
	#linger: number | undefined;
	/** Stops what was under way when the state changed. */
	#turn = {};
	#failures = 0;
	#triedAt = 0;
	#openedAt = 0;
	/** The session may have ended: refresh it before the next try. */
	#doubtful = false;
	#refreshedAt = 0;
	#position: Position | undefined;

	constructor(auth: Auth, hooks: SocketHooks, create?: SocketConstructor) {
		this.#auth = auth;
		this.#hooks = hooks;
		this.#create = create;
	}

	get status(): SocketStatus {
		return this.#status;
	}

	/** To be called when the first listener came or the last one went. */
	listenersChanged(): void {
		globals.clearTimeout(this.#linger);
		if (this.#hooks.wanted()) this.#start();
		else this.#linger = globals.setTimeout(() => this.#pause(), linger);
	}

	/** To be called when somebody else (or nobody) is signed in. */
	userChanged(): void {
		const { user } = this.#auth;
		const another = this.#status === "open" && this.#position?.user !== user?.id;
		if (!user || another) this.#stop("idle");
		// Whatever was doubted was the session before this one.
		this.#doubtful = false;
		if (this.#status === "waiting") this.#nudge();
		this.#start();
	}

	close(): void {
		this.#stop("closed");
	}

	#pause(): void {
		this.#stop("idle");
		// Whoever listens next is not told what happened before.
		this.#position = undefined;
	}

	#start(): void {
		if (this.#status !== "idle" || this.#auth.user === null || !this.#hooks.wanted()) return;
		globals.addEventListener?.("online", this.#online);
		globals.document?.addEventListener("visibilitychange", this.#visible);
		this.#failures = 0;
		this.#connect();
	}

	#stop(status: "idle" | "closed"): void {
		if (this.#status === "closed") return;
		globals.removeEventListener?.("online", this.#online);
		globals.document?.removeEventListener("visibilitychange", this.#visible);
		globals.clearTimeout(this.#linger);
		this.#leave();
		this.#setStatus(status);
	}

	/** Lets go of the socket and of everything that was planned. */
	#leave(): void {
		const socket = this.#socket;
		this.#socket = undefined;
		this.#turn = {};
		globals.clearTimeout(this.#timer);
		// A browser complains on the console about a socket closed before it was open.
		if (socket?.readyState === 0) socket.addEventListener("open", () => socket.close());
		else socket?.close();
	}

	#setStatus(status: SocketStatus): void {
		if (status === this.#status) return;
		this.#status = status;
		this.#hooks.onStatus(status);
	}

	/** The connection is gone or of no use: come back after a while. */
	#lost(code?: number): void {
		if (this.#status !== "open") this.#doubtful = true;
		else if (Date.now() - this.#openedAt > stable) this.#failures = 0;
		if (code === closeCodes.sessionEnded) {
			this.#doubtful = true;
			this.#refreshedAt = 0;
		}
		if (unwanted.includes(code ?? 0)) this.#failures = 9;
		this.#leave();
		this.#retryAfter(backoff(this.#failures++));
	}

	#retryAfter(milliseconds: number): void {
		globals.clearTimeout(this.#timer);
		this.#timer = globals.setTimeout(() => void this.#retry(), milliseconds);
		this.#setStatus("waiting");
	}

	async #retry(): Promise<void> {
		const turn = {};
		this.#turn = turn;
		this.#triedAt = Date.now();
		if (this.#doubtful && Date.now() - this.#refreshedAt > refreshEvery) {
			try {
				await this.#auth.refresh();
			} catch {
				// Who turns out to be signed out was stopped by userChanged().
				if (turn === this.#turn) this.#lost();
				return;
			}
			if (turn !== this.#turn) return;
			this.#refreshedAt = Date.now();
		}
		this.#doubtful = false;
		this.#connect();
	}

	#connect(): void {
		const turn = {};
		this.#turn = turn;
		this.#triedAt = Date.now();
		globals.clearTimeout(this.#timer);
		this.#timer = globals.setTimeout(() => this.#lost(), helloWithin);
		this.#setStatus("connecting");
		// A listener of the status may have changed everything.
		if (turn !== this.#turn) return;
		try {
			const socket = new (this.#create ?? globals.WebSocket)(this.#url(), [subprotocol]);
			this.#socket = socket;
			const current = () => this.#socket === socket;
			socket.addEventListener("message", (event) => {
				if (current()) this.#message((event as { data: unknown }).data, current);
			});
			socket.addEventListener("close", (event) => {
				if (current()) this.#lost((event as { code: number }).code);
			});
			// A close follows each error. Some sockets throw an error that nobody listens to.
			socket.addEventListener("error", () => {});
		} catch {
			this.#lost();
		}
	}

	#url(): string {
		const url = this.#hooks.url();
		url.protocol = url.protocol.replace("http", "ws");
		const position = this.#position;
		const { user } = this.#auth;
		if (position && (!user || user.id === position.user)) {
			url.searchParams.set("since", `${position.seq}.${position.timestamp}`);
			url.searchParams.set("epoch", position.epoch);
		}
		return url.href;
	}

	#message(data: unknown, current: () => boolean): void {
		// Whatever it is, the connection lives.
		if (this.#status === "open") this.#beat();
		let frame: Partial<ServerFrame>;
		try {
			frame = Object(JSON.parse(data as string));
		} catch {
			return; // The answer to a ping.
		}
		if (frame.type === "hello") this.#hello(frame as HelloFrame, current);
		if (frame.type === "changes") this.#changes(frame as ChangesFrame, current);
		if (frame.type === "event") this.#hooks.onEvent(frame as EventFrame);
		// A close follows, of which browsers may tell as much as two seconds later.
		if (frame.type === "error" && frame.code === "unauthorized") {
			this.#lost(closeCodes.sessionEnded);
		}
	}

	#hello({ user: { id }, epoch, seq, mode }: HelloFrame, current: () => boolean): void {
		const { user } = this.#auth;
		if (user && user.id !== id) {
			// Another tab signed somebody else in, or this handshake was too early: ask who it is.
			this.#lost(closeCodes.sessionEnded);
			return;
		}
		const position = this.#position;
		this.#openedAt = Date.now();
		const resumed = mode === "replay" && position?.user === id && position.epoch === epoch;
		if (!resumed) this.#position = { user: id, epoch, seq, timestamp: 0 };
		this.#beat();
		this.#setStatus("open");
		if (!resumed && (position || mode === "resync") && current()) this.#hooks.onResync();
	}

	#changes({ from, to, changes }: ChangesFrame, current: () => boolean): void {
		const position = this.#position;
		// What is missing comes as a replay.
		if (!position || from > position.seq) {
			this.#lost();
			return;
		}
		for (const change of changes) {
			if (change.seq <= position.seq) continue;
			position.seq = change.seq;
			position.timestamp = change.timestamp;
			this.#hooks.onChange(change);
			if (!current()) return;
		}
		position.seq = Math.max(position.seq, to);
	}

	#beat(): void {
		globals.clearTimeout(this.#timer);
		this.#timer = globals.setTimeout(this.#ping, pingEvery);
	}

	readonly #ping = (): void => {
		globals.clearTimeout(this.#timer);
		this.#timer = globals.setTimeout(() => this.#lost(), pongWithin);
		this.#socket?.send(ping);
	};

	readonly #online = (): void => this.#nudge();

	readonly #visible = (): void => {
		if (globals.document?.visibilityState === "visible") this.#nudge();
	};

	/** Things look better than a moment ago: try at once, or see whether the connection still lives. */
	#nudge(): void {
		if (this.#status === "open") this.#ping();
		if (this.#status !== "waiting") return;
		this.#failures = 0;
		this.#retryAfter(Math.max(0, this.#triedAt + nudgeEvery - Date.now()));
	}
}
