import type { ErrorBody } from "./errors.js";

/** What a value is once it has crossed JSON. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/** The subprotocol of the frames below; a socket without it gets {@link PlainMessage}s. */
export const subprotocol = "userdo.v1";

/** A second subprotocol `bearer.<token>` signs in a client that has no cookies. */
export const bearerSubprotocolPrefix = "bearer.";

/** The session has ended; a close code, as the next ones (RFC 6455 leaves 4000 to 4999 to applications). */
export const sessionEnded = 4401;
/** This session may not have a socket. */
export const forbidden = 4403;
/** Others of the user took its place. */
export const replaced = 4409;
/** It did what no client does. */
export const abuse = 1008;

/** Close codes that UserDO gives a meaning of its own. */
export const closeCodes = {
	restart: 1012,
	tooBig: 1009,
	abuse,
	unsupportedData: 1003,
	sessionEnded,
	forbidden,
	replaced,
} as const;

/** The event of a change to that key. */
export const kvEvent = (key: string): `kv:${string}` => `kv:${key}`;

/** The event of a change to that table. */
export const tableEvent = (table: string): `table:${string}` => `table:${table}`;

/** What listeners of a table get. `old` is the row before an update or a delete. */
export interface TableChange<Row = Record<string, unknown>> {
	type: "create" | "update" | "delete";
	/** The row as it is now; of a delete, as it was. */
	data: Row;
	old?: Row;
}

/** One change of a key or a row, as it stands in the change log. */
export interface ChangeMessage {
	/** Grows by one with each change of this user's data. */
	seq: number;
	/** `kv:{key}` or `table:{name}` */
	event: string;
	/** The key's new value (absent once it is deleted), or a {@link TableChange}. */
	data?: unknown;
	/** The change was too large to send: fetch the key or row anew. */
	truncated?: true;
	/** The id that the client gave to the write. */
	mutation?: string;
	/** Milliseconds since 1970. */
	timestamp: number;
}

/** The first frame on a socket. */
export interface HelloFrame {
	type: "hello";
	protocol: 1;
	/** Changes when the log starts anew, which makes every older `seq` meaningless. */
	epoch: string;
	/** The newest change at this moment. */
	seq: number;
	/** `replay`: what was missed follows; `resync`: it can't be told any more, so fetch anew. */
	mode: "fresh" | "replay" | "resync";
	user: { id: string; email: string };
}

/**
 * Changes in the order they happened, at most 100 a frame. A socket that has subscribed gets those of
 * its channels alone; what it did not want lies between `from` and `to` as well.
 */
export interface ChangesFrame {
	type: "changes";
	/** The `seq` after which this frame begins: one beyond the client's newest means a gap. */
	from: number;
	/** The newest `seq` that this frame covers. */
	to: number;
	changes: ChangeMessage[];
	/**
	 * Answers `subscribe` and `unsubscribe`: what the socket hears of from `to` on; everything where it
	 * is empty.
	 */
	channels?: string[];
}

/** An ephemeral event (`broadcast`): not logged, not replayed. */
export interface EventFrame {
	type: "event";
	event: string;
	data: unknown;
	timestamp: number;
}

/**
 * The server refused a message of the client; `unauthorized`: the session has ended, and the socket
 * is about to be closed with 4401.
 */
export interface ErrorFrame extends ErrorBody {
	type: "error";
}

/** Every frame a server sends. */
export type ServerFrame = HelloFrame | ChangesFrame | EventFrame | ErrorFrame;

/**
 * Narrows what the socket hears, from everything to the channels that it has subscribed to. A channel
 * is the event of changes (`table:posts`, `kv:preferences`), `event:` and the name of an ephemeral
 * one, or how they start, with an asterisk: `kv:draft/*`, `table:*`. At most 100, of 600 characters
 * each and 7,000 together.
 */
export interface SubscribeFrame {
	type: "subscribe";
	channels: string[];
}

/** Takes back channels; without any, the socket hears everything again. */
export interface UnsubscribeFrame {
	type: "unsubscribe";
	channels?: string[];
}

/** Every frame that a client may send. */
export type ClientFrame = SubscribeFrame | UnsubscribeFrame;

/** What a socket without the subprotocol gets for each change and event. */
export interface PlainMessage {
	event: string;
	data: unknown;
	/** The change was too large to send: fetch the key or row anew. */
	truncated?: true;
	timestamp: number;
}

/** Asked for and answered as bare text; the runtime answers without waking the object. */
export const ping = "ping";
export const pong = "pong";
