import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const packageFolder = fileURLToPath(new URL("../..", import.meta.url));
const wrangler = join(
	dirname(createRequire(import.meta.url).resolve("wrangler/package.json")),
	"bin/wrangler.js",
);

/** The test worker under `wrangler dev`: it can be killed and started again on what it stored. */
export class TestWorker {
	readonly #port: number;
	readonly #storage: string;
	#process: ChildProcess | undefined;

	private constructor(port: number, storage: string) {
		this.#port = port;
		this.#storage = storage;
	}

	static async start(): Promise<TestWorker> {
		const storage = await mkdtemp(join(tmpdir(), "userdo-client-"));
		const worker = new TestWorker(await freePort(), storage);
		await worker.start();
		return worker;
	}

	get origin(): string {
		return `http://127.0.0.1:${this.#port}`;
	}

	async start(): Promise<void> {
		const args = ["dev", "--port", String(this.#port), "--persist-to", this.#storage];
		args.push("--var", "JWT_SECRET:only-for-tests-0123456789abcdef0123456789");
		// Without HTTPS there are no Secure cookies.
		args.push("--var", "USERDO_DEV:1", "--show-interactive-dev-session=false");
		const child = spawn(process.execPath, [wrangler, ...args], {
			cwd: packageFolder,
			env: { ...process.env, CLOUDFLARE_CF_FETCH_ENABLED: "false", WRANGLER_SEND_METRICS: "false" },
			stdio: ["ignore", "pipe", "pipe"],
			// A group of its own, to be killed together with the runtime that wrangler starts.
			detached: true,
		});
		this.#process = child;
		// A test run that is cut off must not leave a server behind.
		process.once("exit", () => killGroup(child));
		let output = "";
		child.stdout.on("data", (chunk) => (output += chunk));
		child.stderr.on("data", (chunk) => (output += chunk));
		while (!(await this.#answers())) {
			if (child.exitCode !== null) throw new Error(`wrangler dev did not start:\n${output}`);
			await new Promise((resolve) => setTimeout(resolve, 100));
		}
	}

	/** At once and without a word to anybody, like a machine that fails. */
	async kill(): Promise<void> {
		const child = this.#process;
		this.#process = undefined;
		if (child === undefined || child.exitCode !== null) return;
		const exit = once(child, "exit");
		killGroup(child);
		await exit;
	}

	async stop(): Promise<void> {
		await this.kill();
		await rm(this.#storage, { recursive: true, force: true });
	}

	async #answers(): Promise<boolean> {
		try {
			await fetch(`${this.origin}/api/me`);
			return true;
		} catch {
			return false;
		}
	}
}

function killGroup({ pid, exitCode, signalCode }: ChildProcess): void {
	if (pid !== undefined && exitCode === null && signalCode === null) process.kill(-pid, "SIGKILL");
}

async function freePort(): Promise<number> {
	const server = createServer().listen(0, "127.0.0.1");
	await once(server, "listening");
	const address = server.address();
	server.close();
	await once(server, "close");
	if (address === null || typeof address === "string") throw new Error("no port is free");
	return address.port;
}
