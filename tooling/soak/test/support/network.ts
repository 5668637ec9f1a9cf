import type { Random } from "@tooling/chaos/random";
import type { Fetch, SocketConstructor } from "@userdo/client";
import { SeqWatch } from "./seq-watch.js";
import type { Server } from "./server.js";

/** Of the answers to writes, how many are lost although it was done. */
const lostAnswers = 0.1;
/** Of the answers whose loss the client is made for. */
const lostByDesign = 0.3;

/** The way of one client to the server, by the `fetch` and `WebSocket` of Node. */
export class Network {
	readonly watch = new SeqWatch();
	/** Answers that were lost on the way, and requests that died with the server. */
	lost = 0;
	broken = 0;
	refreshes = 0;
	/** Whether the access token that was refused last had run out by then. */
	wasLate = false;
	readonly #server: Server;
	readonly #random: Random;
	readonly #sockets = new Set<WebSocket>();

	constructor(server: Server, random: Random) {
		this.#server = server;
		this.#random = random;
	}

	readonly fetch: Fetch = async (url, init) => {
		const isWrite = init.method !== "GET";
		const isRefresh = url.endsWith("/api/refresh");
		const answer = this.#send(url, init);
		if (isWrite) this.#server.tell("sent");
		const { response, text } = await answer;
		const { ok, status, headers } = response;
		if (status === 401) this.wasLate = hasRunOut(init.headers.authorization);
		if (isWrite && ok) this.#server.tell("answered");
		if (isRefresh && ok) this.refreshes++;
		const share = isRefresh || url.endsWith("/api/batch") ? lostByDesign : lostAnswers;
		if (isWrite && ok && this.#server.losesAnswers && this.#random.chance(share)) {
			this.lost++;
			throw new TypeError("the answer was lost");
		}
		return { ok, status, headers, text: async () => text };
	};

	async #send(url: string, init: RequestInit) {
		try {
			const response = await fetch(this.#server.resolve(url), init);
			return { response, text: await response.text() };
		} catch (error) {
			this.broken++;
			throw error;
		}
	}

	/** The `WebSocket` of this client. */
	get WebSocket(): SocketConstructor {
		const [server, sockets, watch] = [this.#server, this.#sockets, this.watch];
		return class extends WebSocket {
			constructor(url: string, protocols: string[]) {
				super(server.resolve(url), protocols);
				const look = watch.socket(url);
				this.addEventListener("message", ({ data }) => {
					if (String(data).startsWith("{")) look(JSON.parse(String(data)));
				});
				sockets.add(this);
				this.addEventListener("close", () => sockets.delete(this));
			}
		} as unknown as SocketConstructor;
	}

	/** Cuts the connection; the client may come back at once. */
	drop(): void {
		for (const socket of this.#sockets) socket.close();
	}
}

function hasRunOut(authorization: string | undefined): boolean {
	const [, payload] = authorization?.split(".") ?? [];
	if (payload === undefined) return false;
	const { exp } = JSON.parse(Buffer.from(payload, "base64url").toString());
	return exp * 1000 <= Date.now();
}
