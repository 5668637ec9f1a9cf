import { setTimeout } from "node:timers/promises";
import { openSocket } from "./socket.ts";

/** As much of the frames as is looked at. */
type Frame =
	| { type: "hello"; epoch: string; seq: number; mode: "fresh" | "replay" | "resync" }
	| { type: "changes"; changes: { seq: number }[] };

export interface ClientOptions {
	/** Of the object's socket. */
	url: string;
	headers: Record<string, string>;
	/** Hears how many changes came, each once and in order. */
	onChanges(count: number): void;
	/** Hears of a gap, or of a server that can't tell what was missed. */
	onLoss(error: Error): void;
}

/** One client. It knows where it is, and comes back to there. */
export class Client {
	readonly #options: ClientOptions;
	#socket: Awaited<ReturnType<typeof openSocket>> | undefined;
	#position: { epoch: string; seq: number } | undefined;

	constructor(options: ClientOptions) {
		this.#options = options;
	}

	/**
	 * Resolves when it was greeted.
	 *
	 * @throws Error where it was not let in
	 */
	async connect(): Promise<void> {
		const { url, headers } = this.#options;
		const { promise: greeted, resolve } = Promise.withResolvers<void>();
		const since = this.#position && `?since=${this.#position.seq}.0&epoch=${this.#position.epoch}`;
		this.#socket = await openSocket({
			url: url + (since ?? ""),
			headers,
			onText: (text) => {
				const frame = JSON.parse(text) as Frame;
				if (frame.type === "hello") resolve();
				this.#take(frame);
			},
		});
		await greeted;
	}

	#take(frame: Frame): void {
		if (frame.type === "hello") {
			const { epoch, seq, mode } = frame;
			this.#position ??= { epoch, seq };
			if (mode === "resync") this.#options.onLoss(new Error("What was missed is lost."));
		} else if (this.#position !== undefined) {
			for (const { seq } of frame.changes) {
				if (seq !== this.#position.seq + 1) this.#options.onLoss(new Error("There is a gap."));
				this.#position.seq = seq;
			}
			this.#options.onChanges(frame.changes.length);
		}
	}

	/**
	 * Comes back as the client of UserDO does: after a random part of 250 ms, and of twice the time
	 * after each failure, up to half a minute.
	 *
	 * @returns how often it was not let in
	 */
	async comeBack(): Promise<number> {
		for (let failures = 0; ; failures++) {
			await setTimeout(Math.random() * Math.min(30_000, 250 * 2 ** failures));
			const isBack = await this.connect().then(
				() => true,
				() => false,
			);
			if (isBack) return failures;
		}
	}

	/** Resolves when the server has closed the socket. */
	async lose(): Promise<void> {
		await this.#socket?.closed;
	}

	async close(): Promise<void> {
		this.#socket?.close();
		await this.#socket?.closed;
	}
}
