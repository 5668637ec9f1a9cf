import type { ChangeMessage, ChangesFrame, PlainMessage } from "@userdo/contracts/events";
import type { ChangeLog } from "@userdo/tables";
import type { Channels } from "./channels.js";

const maxChanges = 100;
const maxFrameLength = 256 * 1024;

/** The changes after that one, in pages of as many as one frame holds. */
export function* readPages(changes: ChangeLog, after: number): Generator<Page> {
	let from = after;
	for (;;) {
		const batch = changes.read(from, maxChanges);
		for (const entries of cut(batch)) {
			const page = new Page(from, entries);
			yield page;
			from = page.to;
		}
		if (batch.length < maxChanges) return;
	}
}

interface Entry {
	change: ChangeMessage;
	/** Serialised once for all sockets. */
	text: string;
	/** A {@link PlainMessage}, once a socket needs it. */
	plain?: string;
}

/** Changes for one frame, whoever it goes to. */
export class Page {
	/** The change before its first. */
	readonly from: number;
	/** Its last change. */
	readonly to: number;
	readonly #entries: readonly Entry[];
	/** By what a socket was told and what it hears. */
	readonly #frames = new Map<string, string | undefined>();

	constructor(from: number, entries: readonly Entry[]) {
		this.from = from;
		this.to = entries.at(-1)?.change.seq ?? from;
		this.#entries = entries;
	}

	/**
	 * A {@link ChangesFrame} for sockets that were told the changes up to `from` and hear of those
	 * channels; nothing where there is nothing to tell. Made once for all that it is the same for.
	 */
	frame(channels: Channels | undefined, from: number): string | undefined {
		const key = `${from} ${channels?.key ?? ""}`;
		const known = this.#frames.get(key);
		if (known !== undefined || this.#frames.has(key)) return known;
		const frame = this.#toFrame(this.#heard(channels, from), from);
		this.#frames.set(key, frame);
		return frame;
	}

	/** A {@link PlainMessage} for each change after `from` of those channels. */
	plain(channels: Channels | undefined, from: number): string[] {
		return this.#heard(channels, from).map((entry) => {
			const { event, data, truncated, timestamp } = entry.change;
			const message: PlainMessage = { event, data, ...(truncated && { truncated }), timestamp };
			entry.plain ??= JSON.stringify(message);
			return entry.plain;
		});
	}

	#heard(channels: Channels | undefined, from: number): readonly Entry[] {
		if (channels === undefined && from <= this.from) return this.#entries;
		return this.#entries.filter(
			({ change }) => change.seq > from && (channels?.hears(change.event) ?? true),
		);
	}

	#toFrame(entries: readonly Entry[], from: number): string | undefined {
		if (entries.length === 0) return undefined;
		const changes = entries.map(({ text }) => text).join(",");
		return `{"type":"changes","from":${from},"to":${this.to},"changes":[${changes}]}`;
	}
}

/** A frame without changes: what lies between was not for this socket. */
export function emptyFrame(from: number, to: number): ChangesFrame {
	return { type: "changes", from, to, changes: [] };
}

/** Cuts these changes where a frame would be too long; each part has one at least. */
function cut(changes: readonly ChangeMessage[]): Entry[][] {
	const parts: Entry[][] = [];
	let length = Number.POSITIVE_INFINITY;
	for (const change of changes) {
		const text = JSON.stringify(change);
		length += text.length;
		if (length > maxFrameLength) {
			parts.push([]);
			length = text.length;
		}
		parts.at(-1)?.push({ change, text });
	}
	return parts;
}
