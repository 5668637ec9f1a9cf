import { toErrorBody, UserDOError } from "@userdo/contracts/errors";
import { closeCodes, type ServerFrame } from "@userdo/contracts/events";
import type { LimitCount } from "../limiter.js";
import { Channels } from "./channels.js";
import { emptyFrame, type Page } from "./pages.js";

const rateWindow = 10_000;
/**
 * How many changes of other channels a socket stays behind: what its client asks for when it comes
 * back must still be in the log.
 */
const maxLag = 100;

/** Who a socket belongs to, as the Worker has verified it. */
export interface SocketSession {
	sid: string;
	email: string;
	/** What this upgrade counts for, as far as the object is to count it. */
	limit?: LimitCount | undefined;
}

/** What a socket is, kept by the runtime through hibernation: at most 16,384 bytes. */
interface Attachment extends Omit<SocketSession, "limit"> {
	/** Speaks the subprotocol; others get plain messages. */
	framed: boolean;
	openedAt: number;
	/** Messages received since `windowStart`. */
	received: number;
	windowStart: number;
	/** What it hears of; undefined stands for everything. */
	channels: readonly string[] | undefined;
	/** The newest change that it was told; undefined for one that is told all of them. */
	told: number | undefined;
}

interface OpenOptions {
	session: SocketSession;
	framed: boolean;
	channels: Channels | undefined;
	/** The newest change that its client has seen. */
	told: number;
}

/** What is read of an attachment stays as long as the object is awake. */
const connections = new WeakMap<WebSocket, Connection>();

/** A socket that was opened here: what it is, and what it is told. */
export class Connection {
	readonly #socket: WebSocket;
	#attachment: Attachment;
	#channels: Channels | undefined;
	#told: number | undefined;

	private constructor(socket: WebSocket, attachment: Attachment) {
		this.#socket = socket;
		this.#attachment = attachment;
		this.#channels = attachment.channels && new Channels(attachment.channels);
		this.#told = attachment.told;
		connections.set(socket, this);
	}

	/** Of a socket that was just accepted. */
	static open(socket: WebSocket, { session, framed, channels, told }: OpenOptions): Connection {
		const { sid, email } = session;
		const now = Date.now();
		const connection = new Connection(socket, {
			sid,
			email,
			framed,
			openedAt: now,
			received: 0,
			windowStart: now,
			channels: channels?.names,
			told: channels && framed ? told : undefined,
		});
		connection.#write(connection.#attachment);
		return connection;
	}

	static of(socket: WebSocket): Connection {
		return connections.get(socket) ?? new Connection(socket, socket.deserializeAttachment());
	}

	get sid(): string {
		return this.#attachment.sid;
	}

	get framed(): boolean {
		return this.#attachment.framed;
	}

	get openedAt(): number {
		return this.#attachment.openedAt;
	}

	/** What it hears of; undefined stands for everything. */
	get channels(): Channels | undefined {
		return this.#channels;
	}

	/** The newest change that it was told; undefined for one that is told all of them. */
	get told(): number | undefined {
		return this.#told;
	}

	/** Goes on under another session. */
	move(sid: string): void {
		this.#write({ ...this.#attachment, sid });
	}

	/** Counts a message of the client; answers how many there were within ten seconds. */
	count(now = Date.now()): number {
		const { received, windowStart } = this.#attachment;
		const isOver = now >= windowStart + rateWindow;
		const counted = isOver ? { received: 1, windowStart: now } : { received: received + 1 };
		this.#write({ ...this.#attachment, ...counted });
		return counted.received;
	}

	/**
	 * Hears of those channels from `seq` on, up to where all was told, and says so: else its client
	 * would not know what it may have missed. For those that know frames.
	 */
	narrow(channels: Channels | undefined, seq: number): void {
		const from = this.#told ?? seq;
		this.#channels = channels;
		this.#told = channels && seq;
		this.#write({ ...this.#attachment, channels: channels?.names, told: this.#told });
		this.send({ ...emptyFrame(from, seq), channels: [...(channels?.names ?? [])] });
	}

	/**
	 * Sends what it hears of a page; {@link settle} is to follow.
	 *
	 * @param position the newest change that those were told who are told all
	 */
	tell(page: Page, position: number): void {
		if (!this.framed) {
			for (const text of page.plain(this.#channels, position)) this.sendText(text);
			return;
		}
		const text = page.frame(this.#channels, this.#told ?? Math.max(position, page.from));
		if (text === undefined) return;
		this.sendText(text);
		if (this.#told !== undefined) this.#told = page.to;
	}

	/** Keeps what it was told, when all pages up to `seq` were. */
	settle(seq: number): void {
		if (this.#told === undefined) return;
		if (seq - this.#told >= maxLag) {
			this.send(emptyFrame(this.#told, seq));
			this.#told = seq;
		}
		if (this.#told === this.#attachment.told) return;
		this.#write({ ...this.#attachment, told: this.#told });
	}

	#write(attachment: Attachment): void {
		this.#socket.serializeAttachment(attachment);
		this.#attachment = attachment;
	}

	/** A frame, to those that know frames. */
	send(frame: ServerFrame): void {
		if (this.framed) this.sendText(JSON.stringify(frame));
	}

	sendText(text: string): void {
		try {
			this.#socket.send(text);
		} catch {
			// The other side is gone; the runtime tells by webSocketClose or webSocketError.
		}
	}

	close(reason: keyof typeof closeCodes): void {
		close(this.#socket, closeCodes[reason], reason);
	}

	/**
	 * Closes a socket of a session that has ended. A frame says it first: Chromium tells a page of a
	 * close only when the server has let go of the connection too, or after two seconds.
	 */
	end(): void {
		this.send({ type: "error", ...toErrorBody(new UserDOError("unauthorized")) });
		this.close("sessionEnded");
	}
}

export function close(socket: WebSocket, code: number, reason: string): void {
	try {
		socket.close(code, reason);
	} catch {
		// It is closed already, or the code is one that may not be sent.
	}
}
