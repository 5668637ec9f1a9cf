import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePort } from "./free-port.js";

const root = fileURLToPath(new URL("../..", import.meta.url));

/**
 * Before a command of a shell that leads a process group: however the tests end, their end of the
 * pipe at standard input closes, and the app with all that it started ends as well.
 */
export const endWithParent =
	"exec 3<&0 </dev/null; (cat <&3 >/dev/null; kill -TERM 0) & exec 3<&-;";

export interface AppOptions {
	/** The app's folder, with the package.json that has its `dev` script. */
	folder: string;
	/**
	 * What tells that the app is up: paths, and the status that each answers with. By default the
	 * page and the Worker: `{ "/": 200, "/api/me": 401 }`.
	 */
	ready?: Record<string, number>;
	/**
	 * What is added to the `dev` script so that it listens on that port of 127.0.0.1 and keeps its
	 * data in that folder, which exists and is the app's alone. By default wrangler's options.
	 */
	args?: (run: { port: number; state: string }) => string;
	/** Variables of the environment, beside those of the tests. */
	env?: Record<string, string>;
}

/** An app, run by its own `dev` script, on a free port and with a database of its own. */
export class App {
	/** `http://127.0.0.1:<port>` */
	readonly url: string;
	readonly port: number;
	readonly #options: AppOptions;
	readonly #command: string;
	readonly #state: string;
	#process: ChildProcess | undefined;

	private constructor(
		options: AppOptions,
		{ dev, port, state }: { dev: string; port: number; state: string },
	) {
		const { args = wranglerArgs } = options;
		this.url = `http://127.0.0.1:${port}`;
		this.port = port;
		this.#options = options;
		this.#state = state;
		this.#command = `${endWithParent} ${dev} ${args({ port, state })}`;
	}

	/**
	 * Starts the app and waits until it answers.
	 *
	 * @throws an error with what the app printed, when it does not come up
	 */
	static async create(options: AppOptions): Promise<App> {
		const dev = await devScript(options.folder);
		const state = await mkdtemp(join(tmpdir(), `${basename(options.folder)}-`));
		const app = new App(options, { dev, port: await freePort(), state });
		await app.start();
		return app;
	}

	/** @throws an error with what the app printed, when it does not come up */
	async start(): Promise<void> {
		const { folder, env } = this.#options;
		const bins = [folder, root].map((path) => join(path, "node_modules/.bin"));
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
				...env,
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
			if (hasEnded(child)) {
				// What it started may have outlived it.
				this.#kill();
				throw new Error(`The app did not start:\n${printed}`);
			}
			await new Promise((resolve) => setTimeout(resolve, 100));
		}
	}

	/** Ends the app, as Ctrl+C does; its data stays for the next start. */
	async stop(): Promise<void> {
		const child = this.#process;
		if (child === undefined || hasEnded(child)) return;
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
		const { ready = { "/": 200, "/api/me": 401 } } = this.#options;
		const answers = async ([path, status]: [string, number]) => {
			const response = await fetch(this.url + path);
			await response.text();
			return response.status === status;
		};
		try {
			return (await Promise.all(Object.entries(ready).map(answers))).every(Boolean);
		} catch {
			return false;
		}
	}
}

const wranglerArgs = ({ port, state }: { port: number; state: string }) =>
	`--port ${port} --persist-to "${state}"`;

async function devScript(folder: string): Promise<string> {
	const text = await readFile(join(folder, "package.json"), "utf8");
	const { scripts }: { scripts?: { dev?: string } } = JSON.parse(text);
	if (scripts?.dev === undefined) throw new Error(`The app in ${folder} has no script "dev"`);
	return scripts.dev;
}

const hasEnded = ({ exitCode, signalCode }: ChildProcess) =>
	exitCode !== null || signalCode !== null;

function signal(child: ChildProcess, name: NodeJS.Signals): void {
	try {
		if (child.pid !== undefined) process.kill(-child.pid, name);
	} catch {
		// The whole group has ended.
	}
}
