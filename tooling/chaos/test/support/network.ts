import { exports } from "cloudflare:workers";
import type { Fetch, SocketLike } from "@userdo/client";
import type { ServerFrame } from "@userdo/contracts/events";
import type { Random } from "./random.js";

/** Of the answers to a batch, how many are lost although it was done. */
const lostAnswers = 0.2;

/** The way of one client to the server, which fails as the test says. */
export class Network {
	/** Every frame that arrived, in order; `null` where a socket began. */
	readonly frames: (ServerFrame | null)[] = [];
	readonly #random: Random;
	readonly #sockets = new Set<NetworkSocket>();
	/** Whether nothing gets through. */
	#isOffline = false;
	#losesAnswers = true;
	lost = 0;

	constructor(random: Random) {
		this.#random = random;
	}

	readonly fetch: Fetch = async (url, init) => {
		if (this.#isOffline) throw new TypeError("offline");
		const response = await exports.default.fetch(url, init as RequestInit);
		const isBatch = init.method === "POST" && new URL(url).pathname === "/api/batch";
		// Read to the end, so that whatever the server does for it is done.
		const text = await response.text();
		const isLost = this.#losesAnswers && isBatch && this.#random.chance(lostAnswers);
		if (isLost || this.#isOffline) {
			if (isLost && response.ok) this.lost++;
			throw new TypeError("the answer was lost");
		}
		return new Response(text, response);
	};

	/** The `WebSocket` of this client. */
	get WebSocket(): new (
		url: string,
		protocols: string[],
	) => SocketLike {
		const network = this;
		return class extends NetworkSocket {
			constructor(url: string, protocols: string[]) {
				super(url, protocols, network.frames, () => network.#isOffline);
				network.#sockets.add(this);
				this.addEventListener("close", () => network.#sockets.delete(this));
			}
		};
	}

	/** Cuts the connection; the client may come back at once. */
	drop(): void {
		for (const socket of this.#sockets) socket.cut();
	}

	goOffline(): void {
		this.#isOffline = true;
		this.drop();
	}

	goOnline(): void {
		this.#isOffline = false;
	}

	/** From now on all goes well. */
	heal(): void {
		this.goOnline();
		this.#losesAnswers = false;
	}
}

/** A WebSocket whose handshake is a request to the worker under test. */
class NetworkSocket implements SocketLike {
	readyState = 0;
	readonly #events = new EventTarget();
	readonly #isOffline: () => boolean;
	readonly #frames: (ServerFrame | null)[];
	#socket: WebSocket | undefined;

	constructor(
		url: string,
		protocols: string[],
		frames: (ServerFrame | null)[],
		isOffline: () => boolean,
	) {
		this.#isOffline = isOffline;
		this.#frames = frames;
		void this.#open(url.replace(/^ws/, "http"), protocols);
	}

	addEventListener(type: string, listener: (event: unknown) => void): void {
		this.#events.addEventListener(type, listener);
	}

	send(data: string): void {
		this.#socket?.send(data);
	}

	close(): void {
		this.#end(1000);
	}

	/** As if the cable were pulled: neither side says a word. */
	cut(): void {
		this.#end(1006);
	}

	async #open(url: string, protocols: string[]): Promise<void> {
		const headers = { upgrade: "websocket", "sec-websocket-protocol": protocols.join(", ") };
		try {
			if (this.#isOffline()) throw new TypeError("offline");
			const { webSocket } = await exports.default.fetch(url, { headers });
			if (webSocket === null) throw new TypeError("refused");
			webSocket.addEventListener("message", ({ data }) => this.#receive(String(data)));
			webSocket.addEventListener("close", ({ code }) => this.#end(code));
			webSocket.addEventListener("error", () => this.#end(1006));
			webSocket.accept();
			this.#socket = webSocket;
		} catch {
			this.#end(1006);
			return;
		}
		if (this.readyState !== 0) {
			this.#socket.close();
			return;
		}
		this.readyState = 1;
		this.#frames.push(null);
		this.#events.dispatchEvent(new Event("open"));
	}

	#receive(text: string): void {
		// What is still on its way when the cable is pulled never arrives.
		if (this.readyState !== 1) return;
		if (text.startsWith("{")) this.#frames.push(JSON.parse(text));
		this.#events.dispatchEvent(new MessageEvent("message", { data: text }));
	}

	#end(code: number): void {
		if (this.readyState === 3) return;
		this.readyState = 3;
		try {
			this.#socket?.close();
		} catch {
			// It is closed already.
		}
		this.#events.dispatchEvent(Object.assign(new Event("close"), { code }));
	}
}
