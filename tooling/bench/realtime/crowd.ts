import { Client, type ClientOptions } from "./client.ts";

/** Many clients of one object. */
export class Crowd {
	readonly #clients: Client[];
	#heard = 0;
	#awaited: { changes: number; resolve(): void; reject(error: Error): void } | undefined;

	constructor(count: number, options: Omit<ClientOptions, "onChanges" | "onLoss">) {
		const listening: ClientOptions = {
			...options,
			onChanges: (count) => {
				this.#heard += count;
				if (this.#heard === this.#awaited?.changes) this.#awaited.resolve();
			},
			onLoss: (error) => this.#awaited?.reject(error),
		};
		this.#clients = Array.from({ length: count }, () => new Client(listening));
	}

	/** Their first connection, a few at a time. */
	async open(): Promise<void> {
		for (let i = 0; i < this.#clients.length; i += 50) {
			await Promise.all(this.#clients.slice(i, i + 50).map((client) => client.connect()));
		}
	}

	/**
	 * Runs something, and waits until each of them has heard of so many changes since.
	 *
	 * @throws Error where one has missed any
	 */
	async hear<T>(changesOfEach: number, run: () => Promise<T>): Promise<T> {
		const { promise, resolve, reject } = Promise.withResolvers<void>();
		const changes = changesOfEach * this.#clients.length;
		this.#heard = 0;
		this.#awaited = { changes, resolve, reject };
		if (changes === 0) resolve();
		const [result] = await Promise.all([run(), promise]);
		return result;
	}

	/** Resolves when the server has closed all sockets. */
	async lose(): Promise<void> {
		await Promise.all(this.#clients.map((client) => client.lose()));
	}

	/** All come back; answers how often one was not let in. */
	async comeBack(): Promise<number> {
		const failures = await Promise.all(this.#clients.map((client) => client.comeBack()));
		return failures.reduce((sum, count) => sum + count, 0);
	}

	async close(): Promise<void> {
		await Promise.all(this.#clients.map((client) => client.close()));
	}
}
