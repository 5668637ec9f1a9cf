import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import packageJson from "../../package.json" with { type: "json" };

const folder = fileURLToPath(new URL("../..", import.meta.url));

/**
 * However the tests end, their end of the pipe at standard input closes, and the app with all that
 * it started ends as well.
 */
const endWithParent = "exec 3<&0 </dev/null; (cat <&3 >/dev/null; kill -TERM 0) & exec 3<&-;";

/** The app, run by its own `dev` script, on a free port and with a database of its own. */
export class App {
	readonly url: string;
	readonly #command: string;
	readonly #state: string;
	#process: ChildProcess | undefined;

	private constructor(port: number, state: string) {
		this.url = `http://127.0.0.1:${port}`;
		this.#state = state;
		this.#command = `${endWithParent} ${packageJson.scripts.dev} --port ${port} --persist-to "${state}"`;
	}

	static async create(): Promise<App> {
		const app = new App(await freePort(), await mkdtemp(join(tmpdir(), "notebook-")));
		await app.start();
		return app;
	}

	/** @throws an error with what the app printed, when it does not come up */
	async start(): Promise<void> {
		const bins = ["node_modules/.bin", "../../node_modules/.bin"].map((bin) => join(folder, bin));
		const child = spawn(this.#command, {
			cwd: folder,
			shell: true,
			// A process group: the shell, wrangler and workerd end together.
			detached: true,
			stdio: "pipe",
			env: {
				...process.env,
				PATH: [...bins, process.env.PATH].join(delimiter),
				NO_COLOR: "1",
				WRANGLER_SEND_METRICS: "false",
			},
		});
		this.#process = child;
		let printed = "";
		for (const stream of [child.stdout, child.stderr]) {
			stream.on("data", (text: Buffer) => {
				printed += text.toString();
			});
		}
		while (!(await this.#answers())) {
			if (child.exitCode !== null || child.signalCode !== null) {
				throw new Error(`The app did not start:\n${printed}`);
			}
			await new Promise((resolve) => setTimeout(resolve, 100));
		}
	}

	/** Ends the app, as Ctrl+C does; its data stays for the next start. */
	async stop(): Promise<void> {
		const child = this.#process;
		if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
		const exited = once(child, "exit");
		signal(child, "SIGTERM");
		const timer = setTimeout(this.#kill, 10_000);
		await exited;
		clearTimeout(timer);
		// The shell may be gone before what it started: nothing of the group may stay.
		this.#kill();
		while (await this.#answers()) await new Promise((resolve) => setTimeout(resolve, 50));
	}

	/** Ends the app and removes its data. */
	async dispose(): Promise<void> {
		await this.stop();
		await rm(this.#state, { recursive: true, force: true, maxRetries: 5 });
	}

	readonly #kill = (): void => {
		if (this.#process) signal(this.#process, "SIGKILL");
	};

	async #answers(): Promise<boolean> {
		try {
			// Both halves: the page and the Worker.
			const [page, api] = await Promise.all([fetch(this.url), fetch(`${this.url}/api/me`)]);
			await Promise.all([page.text(), api.text()]);
			return page.ok && api.status === 401;
		} catch {
			return false;
		}
	}
}

function signal(child: ChildProcess, name: NodeJS.Signals): void {
	try {
		if (child.pid !== undefined) process.kill(-child.pid, name);
	} catch {
		// The whole group has ended.
	}
}

async function freePort(): Promise<number> {
	const server = createServer().listen(0, "127.0.0.1");
	await once(server, "listening");
	const address = server.address();
	server.close();
	await once(server, "close");
	if (address === null || typeof address === "string") throw new Error("No port is free");
	return address.port;
}
