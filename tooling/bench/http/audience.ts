import { openSocket, type SocketOptions } from "../realtime/socket.ts";

/** Many sockets of one object that wait for the same message. */
export class Audience {
	readonly #sockets: Awaited<ReturnType<typeof openSocket>>[] = [];
	#awaited: { mark: string; missing: number; resolve(): void } | undefined;

	private constructor() {}

	/** @param toAddress asked for each of them */
	static async open(
		count: number,
		toAddress: () => Omit<SocketOptions, "onText">,
	): Promise<Audience> {
		const audience = new Audience();
		const onText = (text: string) => audience.#take(text);
		for (let i = 0; i < count; i += 50) {
			const some = Array.from({ length: Math.min(50, count - i) }, () =>
				openSocket({ ...toAddress(), onText }),
			);
			audience.#sockets.push(...(await Promise.all(some)));
		}
		return audience;
	}

	#take(text: string): void {
		if (!this.#awaited || !text.includes(this.#awaited.mark)) return;
		this.#awaited.missing--;
		if (this.#awaited.missing === 0) this.#awaited.resolve();
	}

	/** Runs something, and waits until each socket has got a message with that text in it. */
	async hear(mark: string, run: () => Promise<unknown>): Promise<void> {
		const { promise, resolve } = Promise.withResolvers<void>();
		this.#awaited = { mark, missing: this.#sockets.length, resolve };
		await Promise.all([run(), promise]);
	}

	async close(): Promise<void> {
		for (const socket of this.#sockets) socket.close();
		await Promise.all(this.#sockets.map(({ closed }) => closed));
	}
}
