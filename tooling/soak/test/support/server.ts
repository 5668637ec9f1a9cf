import { randomBytes } from "node:crypto";
import { EventEmitter, once } from "node:events";
import { rm } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { bundleWorker } from "@tooling/bench/harness/bundle";
import { makeDirectory, startWorkerd, type Workerd } from "@tooling/bench/harness/workerd";

/** What clients are told; where the server really is changes with each start. */
export const address = "http://soak.test";

/**
 * A plain workerd with its data on a disk or tmpfs, which is killed and started again. A page that it
 * has written is the kernel's and outlives it, so SIGKILL shows whether it answers before it has
 * written. What a loss of power would take is not tested.
 */
export class Server implements AsyncDisposable {
	kills = 0;
	evictions = 0;
	/** Whether answers are lost. */
	losesAnswers = false;
	readonly #options: Parameters<typeof startWorkerd>[0] & { directory: string };
	#workerd: Workerd | undefined;
	/** Of the last one, while none runs: whoever calls there is refused. */
	#url = "";
	readonly #writes = new EventEmitter();

	private constructor(code: string, directory: string) {
		const variables = { JWT_SECRET: randomBytes(32).toString("hex") };
		this.#options = { code, directory, objects: { USERDO: "SoakDO" }, variables };
	}

	static async start(): Promise<Server> {
		const entry = fileURLToPath(new URL("../worker/index.ts", import.meta.url));
		const server = new Server(await bundleWorker(entry), await makeDirectory());
		await server.restart();
		return server;
	}

	/** On another port each time: this machine may give the old one to a connection meanwhile. */
	async restart(): Promise<void> {
		this.#workerd = await startWorkerd(this.#options);
		this.#url = this.#workerd.url;
	}

	async kill(): Promise<void> {
		await this.#workerd?.[Symbol.asyncDispose]();
		this.#workerd = undefined;
		this.kills++;
	}

	resolve(url: string): string {
		const { protocol } = new URL(url);
		const base = protocol.startsWith("ws") ? this.#url.replace("http", "ws") : this.#url;
		return base + url.slice(url.indexOf("/", `${protocol}//`.length));
	}

	/** Of the worker's own routes, for the test. */
	async read<T>(path: string): Promise<T> {
		const response = await fetch(`${this.#url}/soak/${path}`);
		if (!response.ok) throw new Error(`${path} was answered with ${response.status}.`);
		return (await response.json()) as T;
	}

	/** Resolves when the next write is sent, or the next one has been answered. */
	next(moment: "sent" | "answered"): Promise<unknown> {
		return once(this.#writes, moment);
	}

	/** Whoever sends a write says so. */
	tell(moment: "sent" | "answered"): void {
		this.#writes.emit(moment);
	}

	async [Symbol.asyncDispose](): Promise<void> {
		await this.#workerd?.[Symbol.asyncDispose]();
		await rm(this.#options.directory, { recursive: true, force: true });
	}
}
