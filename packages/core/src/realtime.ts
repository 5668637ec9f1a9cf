import { isUserDOError, toErrorBody } from "@userdo/contracts/errors";
import {
	closeCodes,
	type EventFrame,
	type PlainMessage,
	ping,
	pong,
	subprotocol,
} from "@userdo/contracts/events";
import type { ChangeLog, JsonSnapshot } from "@userdo/tables";
import type { Sessions } from "./auth/sessions.js";
import { isLonger } from "./is-longer.js";
import { obey } from "./realtime/client-frames.js";
import { Connection, close, type SocketSession } from "./realtime/connection.js";
import { type Page, readPages } from "./realtime/pages.js";
import { readUpgrade } from "./realtime/upgrade.js";
import type { Wake } from "./wake.js";

export type { SocketSession };

const maxMessageBytes = 64 * 1024;
/** Messages a socket may send in ten seconds. */
const maxMessages = 100;
/** So many changes are told without their bytes being counted. */
const uncounted = 50;
/** Bytes that are told at once. All is queued in memory, for each of the sockets. */
const maxTold = 8 * 1024 * 1024;
/** The log is pruned once it has grown by this many changes. */
const pruneEvery = 100;
/**
 * With no socket open nobody reads the log, so it is only looked at once it may have grown by so much:
 * each call may have written by raw SQL, and a write that we know of may have been one of many rows.
 */
const maxUnseen = 100;
const unseenPerWrite = 10;

/** Every socket of ours has it. */
const ownTag = "userdo";

export interface RealtimeOptions {
	changes: ChangeLog;
	sessions: Sessions;
	userId: string;
	/** Open at a time; one more replaces the oldest. */
	maxSockets: number;
	wake: Wake;
}

/** An event that is not logged, in both ways of saying it. */
interface EphemeralEvent {
	channel: string;
	framed: string;
	plain: string;
}

/**
 * The sockets of one user, by the hibernation API: no timers and no state in memory that matters,
 * so that the object can sleep while they stay open.
 */
export class Realtime {
	readonly #ctx: DurableObjectState;
	readonly #options: RealtimeOptions;
	/** The newest change that those were told who are told all. */
	#sent = 0;
	/** Up to where the log was read for everybody; less than `#sent` after a sleep, perhaps. */
	#read = 0;
	/** The log that they are of; "" as long as nobody has looked. */
	#epoch = "";
	/** Where the log stood when it was last pruned. */
	#pruned = 0;
	/**
	 * What may have been logged since anybody looked. At some wakes it is more, so that an object that
	 * only writes by raw SQL, a little each time, is pruned by and by as well.
	 */
	#unseen = Math.floor(Math.random() * (unseenPerWrite + 1));
	/** Where the log stood when the object woke, where that was read. */
	#woken: number | undefined;
	/** Whether the log has been looked at since the object woke. */
	#hasLooked = false;
	#scheduled = false;
	/** What the last one that came back had missed, as long as nothing is written. */
	#missed: Page | undefined;
	/** So many sockets can be opened before those that are open have to be counted. */
	#room = 0;
	/** To be sent with the next flush. */
	readonly #events: EphemeralEvent[] = [];

	constructor(ctx: DurableObjectState, options: RealtimeOptions) {
		this.#ctx = ctx;
		this.#options = options;
		const { changes, wake } = options;
		wake.add({
			columns: changes.snapshotColumns,
			take: (row) => {
				if (this.#epoch !== "") return;
				const snapshot = changes.toSnapshot(row);
				this.#start(snapshot);
				this.#woken = snapshot.seq;
			},
		});
		// Nobody to tell means nothing to read yet.
		if (this.#connections().length === 0) return;
		wake.read();
		if (this.#epoch === "") this.#start(changes.snapshot);
	}

	/** Where the log stands when the object wakes: what is written later is to be told. */
	#start({ epoch, seq }: JsonSnapshot): void {
		const connections = this.#connections();
		const told = connections.map((connection) => connection.told ?? seq);
		// More than there is was told: the flush then finds it taken back.
		this.#sent = Math.max(seq, ...told);
		this.#read = Math.min(seq, ...told);
		this.#epoch = epoch;
	}

	/** Of the sockets that were opened here: a developer may have others in the object. */
	#connections(): Connection[] {
		return this.#ctx.getWebSockets(ownTag).map((socket) => Connection.of(socket));
	}

	/** Whether that socket was opened here. */
	owns(socket: WebSocket): boolean {
		try {
			return this.#ctx.getTags(socket).includes(ownTag);
		} catch {
			// The runtime tells of the end of sockets that it has forgotten already.
			return false;
		}
	}

	/**
	 * Opens a socket for a session that the Worker has verified.
	 *
	 * @throws UserDOError `unauthorized`; `invalid_input` for bad `?channels=`
	 */
	accept(request: Request, session: SocketSession): Response {
		this.#options.sessions.require(session.sid);
		const { framed, channels, position } = readUpgrade(request);
		this.#catchUp();
		this.#makeRoom();
		const { 0: client, 1: server } = new WebSocketPair();
		// Answered by the runtime while the object sleeps.
		this.#ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair(ping, pong));
		this.#ctx.acceptWebSocket(server, [ownTag]);
		const { changes } = this.#options;
		// Where it has just been found.
		const [epoch, seq] = [this.#epoch, this.#sent];
		const known =
			position !== undefined && changes.covers(position) && !this.#isTooMuch(position.seq, seq);
		const told = known ? position.seq : seq;
		const connection = Connection.open(server, { session, framed, channels, told });
		const mode = position === undefined ? "fresh" : known ? "replay" : "resync";
		const user = { id: this.#options.userId, email: session.email };
		connection.send({ type: "hello", protocol: 1, epoch, seq, mode, user });
		if (framed && known) this.#tell([connection], this.#readMissed(told, seq), told);
		return new Response(null, {
			status: 101,
			webSocket: client,
			...(framed && { headers: { "sec-websocket-protocol": subprotocol } }),
		});
	}

	/**
	 * Sends what the change log holds beyond the last flush, and the events after it. Never inside a
	 * transaction, which may yet be rolled back; what is written but not durable yet, the runtime's
	 * output gate keeps back.
	 */
	flush(): void {
		this.#unseen += 1;
		// An object that sleeps after each write would never come to it otherwise.
		const isFirst = !this.#hasLooked && this.#unseen > unseenPerWrite;
		const isDue = this.#unseen >= maxUnseen || (isFirst && this.#woken === undefined);
		if (isDue || this.#ctx.getWebSockets(ownTag).length > 0) {
			this.#catchUp();
			return;
		}
		// The next socket catches up before it is opened.
		this.#missed = undefined;
		this.#events.length = 0;
		if (!isFirst || this.#woken === undefined) return;
		this.#hasLooked = true;
		this.#prune(this.#woken);
	}

	/** As {@link flush}, and afterwards it is known where the log stands. */
	#catchUp(): void {
		this.#unseen = 0;
		this.#hasLooked = true;
		const { epoch, seq } = this.#options.changes.snapshot;
		const isRenewed = this.#epoch !== "" && this.#epoch !== epoch;
		this.#epoch = epoch;
		const isTold = seq === this.#sent && seq === this.#read;
		if (isTold && !isRenewed && this.#events.length === 0) return;
		const connections = this.#living();
		if (seq < this.#sent || isRenewed) {
			// An async storage transaction was rolled back after its changes had been told, or a
			// migration changed rows unlogged. Whoever has seen them comes back, and is told to fetch
			// anew.
			for (const connection of connections) connection.close("restart");
		} else if (connections.length > 0 && this.#isTooMuch(this.#sent, seq)) {
			// Each comes back and asks for it, and is told to fetch anew.
			for (const connection of connections) connection.close("restart");
		} else if (!isTold && connections.length > 0) {
			this.#tell(connections, readPages(this.#options.changes, this.#read), this.#sent);
		}
		this.#sent = seq;
		this.#read = seq;
		this.#missed = undefined;
		for (const { channel, framed, plain } of this.#events.splice(0)) {
			for (const connection of connections) {
				if (connection.channels?.hears(channel) === false) continue;
				connection.sendText(connection.framed ? framed : plain);
			}
		}
		this.#prune(seq);
	}

	/** Whether the changes between are more than sockets are told at once. */
	#isTooMuch(from: number, seq: number): boolean {
		return seq - from > uncounted && this.#options.changes.weigh(from) > maxTold;
	}

	/** Those whose session lives; the others are closed. */
	#living(): Connection[] {
		return this.#connections().filter((connection) => {
			const isLiving = this.#options.sessions.find(connection.sid) !== undefined;
			if (!isLiving) connection.end();
			return isLiving;
		});
	}

	/** Tells them pages; who is told all was told those up to `position`. */
	#tell(connections: readonly Connection[], pages: Iterable<Page>, position: number): void {
		let seq = position;
		for (const page of pages) {
			for (const connection of connections) connection.tell(page, position);
			seq = page.to;
		}
		for (const connection of connections) connection.settle(seq);
	}

	/** All changes after `from`. Who comes back together has mostly missed the same: it is kept. */
	*#readMissed(from: number, seq: number): Generator<Page> {
		if (from === seq) return;
		if (this.#missed?.from === from && this.#missed.to === seq) {
			yield this.#missed;
			return;
		}
		for (const page of readPages(this.#options.changes, from)) {
			if (page.from === from && page.to === seq) this.#missed = page;
			yield page;
		}
	}

	#prune(seq: number): void {
		if (seq < this.#pruned + pruneEvery) return;
		this.#options.changes.prune();
		this.#pruned = seq;
	}

	/** Flushes once the running code has come to a rest, however many writes it makes. */
	schedule(): void {
		this.#missed = undefined;
		this.#unseen += unseenPerWrite;
		if (this.#scheduled) return;
		this.#scheduled = true;
		// Cheaper than the runtime's own `queueMicrotask`, by one part in twenty of a whole write.
		void Promise.resolve().then(() => {
			this.#scheduled = false;
			this.flush();
		});
	}

	/**
	 * Sends an event that is not logged, once the running code has come to a rest: who is not
	 * listening then misses it.
	 */
	broadcast(event: string, data: unknown): void {
		const message = { event, data, timestamp: Date.now() };
		this.#events.push({
			channel: `event:${event}`,
			framed: JSON.stringify({ type: "event", ...message } satisfies EventFrame),
			plain: JSON.stringify(message satisfies PlainMessage),
		});
		this.schedule();
	}

	/** Runs a transaction; when it is rolled back, so are its events. */
	transaction<T>(run: () => T): T {
		const before = this.#events.length;
		try {
			return run();
		} catch (error) {
			this.#events.length = before;
			throw error;
		}
	}

	/** Closes the sockets of sessions that have ended. */
	closeSessions(sids: readonly string[]): void {
		if (sids.length === 0) return;
		for (const connection of this.#connections()) {
			if (sids.includes(connection.sid)) connection.end();
		}
	}

	/** The sockets of a session that goes on under another id. */
	moveSockets(from: string, to: string): void {
		for (const connection of this.#connections()) {
			if (connection.sid === from) connection.move(to);
		}
	}

	/**
	 * Closes every socket, the developer's own as well, and starts anew: of what was sent nothing is
	 * stored any more.
	 */
	reset(): void {
		for (const connection of this.#connections()) connection.end();
		for (const socket of this.#ctx.getWebSockets()) {
			close(socket, closeCodes.sessionEnded, "sessionEnded");
		}
		this.#events.length = 0;
		this.#sent = 0;
		this.#read = 0;
		this.#epoch = "";
		this.#pruned = 0;
		this.#unseen = 0;
		this.#woken = undefined;
	}

	/** Takes a frame of the client. What is too big or too much ends the socket. */
	receive(socket: WebSocket, message: string | ArrayBuffer): void {
		const connection = Connection.of(socket);
		const received = connection.count();
		if (this.#options.sessions.find(connection.sid) === undefined) connection.end();
		else if (typeof message !== "string") connection.close("unsupportedData");
		else if (isLonger(message, maxMessageBytes)) connection.close("tooBig");
		else if (received > maxMessages) connection.close("abuse");
		// Of others nothing is understood, and they would not understand an answer.
		else if (connection.framed) this.#obey(connection, message);
	}

	#obey(connection: Connection, message: string): void {
		try {
			const channels = obey(message, connection.channels);
			// What happened before belongs to the channels of before.
			this.#catchUp();
			connection.narrow(channels, this.#sent);
		} catch (error) {
			if (!isUserDOError(error)) throw error;
			connection.send({ type: "error", ...toErrorBody(error) });
		}
	}

	/** One more socket than a user may have replaces the oldest. */
	#makeRoom(): void {
		// Counting takes longer than all else here where there are many.
		if (this.#room === 0) {
			const { maxSockets } = this.#options;
			// Some are being closed.
			const open = this.#ctx.getWebSockets(ownTag).filter(({ readyState }) => readyState === 1);
			const byAge = open.map((socket) => Connection.of(socket));
			byAge.sort((a, b) => a.openedAt - b.openedAt);
			const surplus = Math.max(0, open.length - maxSockets + 1);
			for (const connection of byAge.slice(0, surplus)) connection.close("replaced");
			this.#room = maxSockets - open.length + surplus;
		}
		this.#room -= 1;
	}
}

/**
 * Answers a close, as the protocol asks: without it the client waits ten seconds and sees 1006. The
 * codes that only stand for "none" and "lost" can't be sent.
 */
export function answerClose(socket: WebSocket, code: number): void {
	close(socket, code === 1005 || code === 1006 ? 1000 : code, "");
}
