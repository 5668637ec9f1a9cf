import type { User } from "@userdo/contracts";
import type { ChangeMessage, HelloFrame, ServerFrame } from "@userdo/contracts/events";
import {
	type FetchInit,
	type SocketLike,
	UserDOClient,
	type UserDOClientOptions,
} from "../../src/index.js";

export const ada: User = {
	id: "a".repeat(64),
	email: "ada@example.com",
	emailVerified: false,
	createdAt: "2026-01-01",
};
export const bob: User = {
	id: "b".repeat(64),
	email: "bob@example.com",
	emailVerified: false,
	createdAt: "2026-01-02",
};

type Answer = () => Response | Promise<Response>;

export interface SentRequest {
	name: string;
	search: string;
	body: unknown;
	init: FetchInit;
}

export const json = (body: unknown, status = 200) => Response.json(body, { status });
export const refused = (status: number, code: string) => json({ error: code, code }, status);
export const unauthorized = () => refused(401, "unauthorized");
export const unreachable = (): never => {
	throw new TypeError("fetch failed");
};

/** One socket as the server sees it: what it does happens when the test says so. */
export class FakeSocket implements SocketLike {
	readonly url: URL;
	readonly protocols: string[];
	readonly sent: string[] = [];
	readyState = 0;
	readonly #events = new EventTarget();

	constructor(url: string, protocols: string[]) {
		this.url = new URL(url);
		this.protocols = protocols;
	}

	addEventListener(type: string, listener: (event: unknown) => void): void {
		this.#events.addEventListener(type, listener);
	}

	send(data: string): void {
		if (this.readyState === 0) throw new DOMException("still connecting", "InvalidStateError");
		this.sent.push(data);
	}

	/** The client's own close. The event comes later, or, on a dead network, never. */
	close(): void {
		this.readyState = 2;
	}

	get closed(): boolean {
		return this.readyState >= 2;
	}

	open(hello: Partial<HelloFrame> = {}): void {
		this.readyState = 1;
		this.#events.dispatchEvent(new Event("open"));
		const { id, email } = ada;
		this.frame({
			type: "hello",
			protocol: 1,
			epoch: "e1",
			seq: 0,
			mode: "fresh",
			user: { id, email },
			...hello,
		});
	}

	text(data: unknown): void {
		this.#events.dispatchEvent(Object.assign(new Event("message"), { data }));
	}

	frame(frame: ServerFrame): void {
		this.text(JSON.stringify(frame));
	}

	/** A frame of changes that begins after `from`. */
	changes(from: number, ...changes: Omit<ChangeMessage, "seq" | "timestamp">[]): void {
		this.frame({
			type: "changes",
			from,
			to: from + changes.length,
			changes: changes.map((change, n) => ({
				...change,
				seq: from + n + 1,
				timestamp: 1_000 + from + n + 1,
			})),
		});
	}

	/** The connection ends. Before it was open, that is a refused handshake. */
	end(code = 1006): void {
		this.readyState = 3;
		this.#events.dispatchEvent(Object.assign(new Event("close"), { code }));
	}
}

/** A client whose requests and sockets go to this object instead of the network. */
export class FakeServer {
	readonly requests: SentRequest[] = [];
	readonly sockets: FakeSocket[] = [];
	readonly #answers = new Map<string, Answer>();

	constructor() {
		this.answer("POST /api/signup", () => json({ user: ada }));
		this.answer("POST /api/login", () => json({ user: ada }));
		this.answer("POST /api/logout", () => json({ ok: true }));
		this.answer("POST /api/refresh", () => json({ user: ada }));
		this.answer("GET /api/me", () => json({ user: ada }));
	}

	answer(name: string, answer: Answer): void {
		this.#answers.set(name, answer);
	}

	client(baseUrl = "https://app.test/api", options: UserDOClientOptions = {}): UserDOClient {
		return new UserDOClient(baseUrl, { ...this.options, ...options });
	}

	/** The network of a client. */
	get options(): UserDOClientOptions {
		const { sockets } = this;
		return {
			fetch: (url, init) => this.#fetch(url, init),
			WebSocket: class extends FakeSocket {
				constructor(url: string, protocols: string[]) {
					super(url, protocols);
					sockets.push(this);
				}
			},
		};
	}

	/** A client with an open socket, and Ada signed in. */
	async open(): Promise<{ client: UserDOClient; socket: FakeSocket }> {
		const client = this.client();
		await client.login(ada.email, "password");
		client.onChange("any", () => {});
		this.socket.open();
		return { client, socket: this.socket };
	}

	/** The newest one. */
	get socket(): FakeSocket {
		const socket = this.sockets.at(-1);
		if (socket === undefined) throw new Error("no socket was opened");
		return socket;
	}

	count(name: string): number {
		return this.requests.filter((request) => request.name === name).length;
	}

	async #fetch(address: string, init: FetchInit): Promise<Response> {
		const { signal } = init;
		signal.throwIfAborted();
		const url = new URL(address);
		const name = `${init.method} ${url.pathname}`;
		const body: unknown = typeof init.body === "string" ? JSON.parse(init.body) : undefined;
		this.requests.push({ name, search: url.search, body, init });
		const answer = this.#answers.get(name) ?? (() => refused(404, "not_found"));
		const aborted = new Promise<never>((_, reject) => {
			signal.addEventListener("abort", () => reject(signal.reason));
		});
		return Promise.race([answer(), aborted]);
	}
}

/** A promise and the function that settles it. */
export function deferred<Value>() {
	return Promise.withResolvers<Value>();
}
