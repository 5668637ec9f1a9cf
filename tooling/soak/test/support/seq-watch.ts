import type { ServerFrame } from "@userdo/contracts/events";

/** Holds what the sockets of one client are told to the rule: each `seq` once, in order, no gap. */
export class SeqWatch {
	gaps = 0;
	doubles = 0;
	changes = 0;
	/** How often a client was told to fetch anew, and how often history began anew. */
	resyncs = 0;
	#epoch: string | undefined;
	/** The newest `seq` of any socket. */
	#newest = 0;

	/** What to give the frames of one more socket to. */
	socket(url: string): (frame: ServerFrame) => void {
		const [since] = (new URL(url).searchParams.get("since") ?? "").split(".");
		let at = Number(since);
		return (frame) => {
			if (frame.type === "hello") {
				if (frame.mode !== "replay") at = frame.seq;
				const isLost = this.#epoch !== undefined && this.#epoch !== frame.epoch;
				if (isLost || frame.mode === "resync" || frame.seq < this.#newest) this.resyncs++;
				this.#epoch = frame.epoch;
			}
			if (frame.type !== "changes") return;
			if (frame.from > at) {
				this.gaps++;
				at = frame.from;
			}
			for (const { seq } of frame.changes) {
				if (seq > at + 1) this.gaps++;
				if (seq <= at) this.doubles++;
				at = seq;
			}
			if (frame.to !== at) this.gaps++;
			this.changes += frame.changes.length;
			this.#newest = Math.max(this.#newest, at);
		};
	}
}
