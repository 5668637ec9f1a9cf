import { toErrorBody, UserDOError } from "@userdo/contracts/errors";
import {
	type ChangeMessage,
	type ChangesFrame,
	closeCodes,
	type ErrorFrame,
	type EventFrame,
	type HelloFrame,
	type PlainMessage,
	ping,
	pong,
	subprotocol,
} from "@userdo/contracts/events";
import type { ChangeLog } from "@userdo/tables";
import type { Sessions } from "./auth/sessions.js";

const maxSockets = 32;
const maxMessageBytes = 64 * 1024;
const maxChangesPerFrame = 100;
const maxFrameLength = 256 * 1024;
/** The log is pruned once it has grown by this many changes. */
const pruneEvery = 100;
/** Messages a socket may send in {@link rateWindow}. */
const maxMessages = 100;
const rateWindow = 10_000;

/** Every socket of ours has it, beside that of its session. */
const ownTag = "userdo";

/** Who a socket belongs to, as the Worker has verified it. */
export interface SocketSession {
	sid: string;
	email: string;
}

/** What a socket is, kept by the runtime through hibernation. */
interface Attachment extends SocketSession {
	/** Speaks {@link subprotocol}; others get plain messages. */
	framed: boolean;
	openedAt: number;
	/** Messages received since `windowStart`. */
	received: number;
	windowStart: number;
}

export interface RealtimeOptions {
	changes: ChangeLog;
	sessions: Sessions;
	userId: string;
}

/**
 * The sockets of one user, by the hibernation API: no timers and no state in memory that matters,
 * so that the object can sleep while they stay open.
 */
export class Realtime {
	readonly #ctx: DurableObjectState;
	readonly #options: RealtimeOptions;
	/** The newest change that the sockets have been told. */
	#sent: number;
	/** The log that it was of. */
	#epoch: string;
	/** Where the log stood when it was last pruned. */
	#pruned = 0;
	#scheduled = false;
	/** To be sent with the next flush. */
	readonly #events: { framed: string; plain: string }[] = [];

	constructor(ctx: DurableObjectState, options: RealtimeOptions) {
		this.#ctx = ctx;
		this.#options = options;
		// Nobody to tell means nothing to read; the first socket brings the position along.
		const hasSockets = this.#sockets().length > 0;
		this.#sent = hasSockets ? options.changes.seq : 0;
		this.#epoch = hasSockets ? options.changes.epoch : "";
	}

	/** Those that were opened here: a developer may have sockets of another kind in the object. */
	#sockets(): WebSocket[] {
		return this.#ctx.getWebSockets(ownTag);
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

	/** Opens a socket for a session that the Worker has verified. */
	accept(request: Request, session: SocketSession): Response {
		this.#options.sessions.require(session.sid);
		this.flush();
		this.#makeRoom();
		const { 0: client, 1: server } = new WebSocketPair();
		const framed = offersSubprotocol(request);
		// Answered by the runtime while the object sleeps.
		this.#ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair(ping, pong));
		this.#ctx.acceptWebSocket(server, [ownTag, `s:${session.sid}`]);
		const { sid, email } = session;
		const now = Date.now();
		const attachment = { sid, email, framed, openedAt: now, received: 0, windowStart: now };
		server.serializeAttachment(attachment satisfies Attachment);
		this.#sent = this.#options.changes.seq;
		this.#epoch = this.#options.changes.epoch;
		if (framed) this.#greet(server, email, new URL(request.url).searchParams);
		return new Response(null, {
			status: 101,
			webSocket: client,
			...(framed && { headers: { "sec-websocket-protocol": subprotocol } }),
		});
	}

	/** Tells what a new socket is, and then what it missed. */
	#greet(socket: WebSocket, email: string, query: URLSearchParams): void {
		const { changes, userId } = this.#options;
		const epoch = changes.epoch;
		const position = parsePosition(query);
		const known = position !== undefined && changes.covers(position);
		const mode = position === undefined ? "fresh" : known ? "replay" : "resync";
		const user = { id: userId, email };
		send(socket, { type: "hello", protocol: 1, epoch, seq: this.#sent, mode, user });
		if (!known) return;
		for (const { text } of this.#frames(position.seq)) sendText(socket, text);
	}

	/**
	 * Sends what the change log holds beyond the last flush, and the events after it. Never inside a
	 * transaction, which may yet be rolled back; what is written but not durable yet, the runtime's
	 * output gate keeps back.
	 */
	flush(): void {
		const sockets = this.#sockets();
		this.#flushChanges(sockets);
		const events = this.#events.splice(0);
		for (const { framed, plain } of events) this.#sendAll(sockets, framed, [plain]);
	}

	#flushChanges(sockets: readonly WebSocket[]): void {
		const { changes } = this.#options;
		const { seq } = changes;
		const isRenewed = sockets.length > 0 && this.#isRenewed();
		if (seq === this.#sent && !isRenewed) return;
		if (seq < this.#sent || isRenewed) {
			// An async storage transaction was rolled back after its changes had been told, or a
			// migration changed rows unlogged. Whoever has seen them comes back, and is told to fetch
			// anew.
			for (const socket of sockets) close(socket, closeCodes.restart, "restart");
		} else if (sockets.length > 0) {
			for (const { text, plain } of this.#frames(this.#sent)) this.#sendAll(sockets, text, plain);
		}
		this.#sent = seq;
		if (seq < this.#pruned + pruneEvery) return;
		changes.prune();
		this.#pruned = seq;
	}

	/** Whether the log began anew under the sockets. */
	#isRenewed(): boolean {
		const { epoch } = this.#options.changes;
		const isRenewed = this.#epoch !== "" && this.#epoch !== epoch;
		this.#epoch = epoch;
		return isRenewed;
	}

	/** Flushes once the running code has come to a rest, however many writes it makes. */
	schedule(): void {
		if (this.#scheduled) return;
		this.#scheduled = true;
		queueMicrotask(() => {
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
		for (const socket of this.#sockets()) {
			if (sids.includes(readAttachment(socket).sid)) endSession(socket);
		}
	}

	/** The sockets of a session that goes on under another id. */
	moveSockets(from: string, to: string): void {
		for (const socket of this.#sockets()) {
			const attachment = readAttachment(socket);
			if (attachment.sid === from) socket.serializeAttachment({ ...attachment, sid: to });
		}
	}

	/**
	 * Closes every socket, the developer's own as well, and starts anew: of what was sent nothing is
	 * stored any more.
	 */
	reset(): void {
		for (const socket of this.#sockets()) endSession(socket);
		for (const socket of this.#ctx.getWebSockets()) {
			close(socket, closeCodes.sessionEnded, "sessionEnded");
		}
		this.#events.length = 0;
		this.#sent = 0;
		this.#epoch = "";
		this.#pruned = 0;
	}

	/** Nothing that a client sends has a meaning yet; what is too big or too much ends the socket. */
	receive(socket: WebSocket, message: string | ArrayBuffer): void {
		const attachment = countMessage(readAttachment(socket));
		const ending = this.#findEnding(attachment, message);
		if (ending === "sessionEnded") {
			endSession(socket);
			return;
		}
		if (ending !== undefined) {
			close(socket, closeCodes[ending], ending);
			return;
		}
		socket.serializeAttachment(attachment);
		const error = new UserDOError("invalid_input", { message: "This message is not understood." });
		if (attachment.framed) send(socket, { type: "error", ...toErrorBody(error) });
	}

	/** Why this message ends its socket, if it does. */
	#findEnding({ sid, received }: Attachment, message: string | ArrayBuffer) {
		if (this.#options.sessions.find(sid) === undefined) return "sessionEnded";
		if (typeof message !== "string") return "unsupportedData";
		if (isTooBig(message)) return "tooBig";
		return received > maxMessages ? "abuse" : undefined;
	}

	*#frames(after: number): Generator<Frame> {
		let from = after;
		for (;;) {
			const changes = this.#options.changes.read(from, maxChangesPerFrame);
			if (changes.length === 0) return;
			const frame = toFrame(from, changes);
			yield frame;
			from = frame.to;
		}
	}

	#sendAll(sockets: readonly WebSocket[], framed: string, plain: readonly string[]): void {
		for (const socket of sockets) {
			const attachment = readAttachment(socket);
			if (this.#options.sessions.find(attachment.sid) === undefined) {
				endSession(socket);
			} else {
				for (const text of attachment.framed ? [framed] : plain) sendText(socket, text);
			}
		}
	}

	/** One more socket than a user may have replaces the oldest. */
	#makeRoom(): void {
		const sockets = this.#sockets().filter((socket) => socket.readyState === 1);
		const surplus = sockets.length - maxSockets + 1;
		if (surplus <= 0) return;
		const age = (socket: WebSocket) => readAttachment(socket).openedAt;
		for (const socket of sockets.sort((a, b) => age(a) - age(b)).slice(0, surplus)) {
			close(socket, closeCodes.replaced, "replaced");
		}
	}
}

/**
 * Answers a close, as the protocol asks: without it the client waits ten seconds and sees 1006. The
 * codes that only stand for "none" and "lost" can't be sent.
 */
export function answerClose(socket: WebSocket, code: number): void {
	close(socket, code === 1005 || code === 1006 ? 1000 : code, "");
}

function offersSubprotocol(request: Request): boolean {
	const offered = request.headers.get("sec-websocket-protocol") ?? "";
	return offered.split(",").some((protocol) => protocol.trim() === subprotocol);
}

/** `?since=<seq>.<timestamp>&epoch=<epoch>` */
function parsePosition(query: URLSearchParams) {
	const [, seq, timestamp] = /^(\d{1,15})\.(\d{1,15})$/.exec(query.get("since") ?? "") ?? [];
	if (seq === undefined) return undefined;
	return { epoch: query.get("epoch") ?? "", seq: Number(seq), timestamp: Number(timestamp) };
}

/** One frame of changes, serialised once for all sockets. */
interface Frame {
	to: number;
	/** A {@link ChangesFrame} */
	text: string;
	/** A {@link PlainMessage} for each change. */
	plain: string[];
}

/** As many of these changes as one frame holds; at least one. */
function toFrame(from: number, changes: readonly ChangeMessage[]): Frame {
	const texts: string[] = [];
	const plain: string[] = [];
	let to = from;
	let length = 0;
	for (const change of changes) {
		const text = JSON.stringify(change);
		length += text.length;
		if (length > maxFrameLength && texts.length > 0) break;
		const { seq, event, data, timestamp } = change;
		texts.push(text);
		plain.push(JSON.stringify({ event, data, timestamp } satisfies PlainMessage));
		to = seq;
	}
	return {
		to,
		text: `{"type":"changes","from":${from},"to":${to},"changes":[${texts.join(",")}]}`,
		plain,
	};
}

/** A unit of a string has at most three bytes in UTF-8: mostly nothing needs to be encoded. */
function isTooBig(message: string): boolean {
	if (message.length * 3 <= maxMessageBytes) return false;
	return new TextEncoder().encode(message).length > maxMessageBytes;
}

/** The attachment after one more message. */
function countMessage(attachment: Attachment, now = Date.now()): Attachment {
	const { received, windowStart } = attachment;
	if (now >= windowStart + rateWindow) return { ...attachment, received: 1, windowStart: now };
	return { ...attachment, received: received + 1 };
}

function readAttachment(socket: WebSocket): Attachment {
	return socket.deserializeAttachment();
}

function send(socket: WebSocket, frame: HelloFrame | ErrorFrame): void {
	sendText(socket, JSON.stringify(frame));
}

function sendText(socket: WebSocket, text: string): void {
	try {
		socket.send(text);
	} catch {
		// The other side is gone; the runtime tells by webSocketClose or webSocketError.
	}
}

/**
 * Closes a socket of a session that has ended. A frame says it first: Chromium tells a page of a
 * close only when the server has let go of the connection too, or after two seconds.
 */
function endSession(socket: WebSocket): void {
	if (readAttachment(socket).framed) {
		send(socket, { type: "error", ...toErrorBody(new UserDOError("unauthorized")) });
	}
	close(socket, closeCodes.sessionEnded, "sessionEnded");
}

function close(socket: WebSocket, code: number, reason: string): void {
	try {
		socket.close(code, reason);
	} catch {
		// It is closed already, or the code is one that may not be sent.
	}
}
