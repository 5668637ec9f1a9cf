import type { SocketLike } from "./socket.js";

type Listener = (event: unknown) => void;

/** A socket that has to wait for something before it can be made. */
export class DeferredSocket implements SocketLike {
	readonly #waiting: [type: string, listener: Listener][] = [];
	#socket: SocketLike | undefined;
	/** As of a `WebSocket` itself: 0 connecting, 3 closed. */
	#state = 0;

	constructor(make: () => Promise<SocketLike>) {
		void this.#make(make);
	}

	get readyState(): number {
		return this.#socket?.readyState ?? this.#state;
	}

	addEventListener(type: string, listener: Listener): void {
		if (this.#socket) this.#socket.addEventListener(type, listener);
		else this.#waiting.push([type, listener]);
	}

	send(data: string): void {
		this.#socket?.send(data);
	}

	close(): void {
		this.#state = 3;
		this.#socket?.close();
	}

	async #make(make: () => Promise<SocketLike>): Promise<void> {
		try {
			const socket = await make();
			if (this.#state) return socket.close();
			this.#socket = socket;
			for (const [type, listener] of this.#waiting) socket.addEventListener(type, listener);
		} catch {
			this.#state = 3;
			for (const [type, listener] of this.#waiting) if (type === "close") listener({ code: 1006 });
		}
	}
}
