import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, rmSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { executable } from "./executable.ts";

/** Of all Workers of a bench. */
export const compatibilityDate = "2026-10-01";

export interface WorkerdOptions {
	/** The worker, as one module. */
	code: string;
	/** Its Durable Objects with SQLite: the class by the name of its binding. */
	objects: Record<string, string>;
	/** Its variables and secrets. */
	variables?: Record<string, string>;
	/** A folder of the caller's, which stays: what is stored there is there at the next start. */
	directory?: string;
}

/** To dispose of it is to kill it at once, whatever it is at. */
export interface Workerd extends AsyncDisposable {
	url: string;
	pid: number;
	/** Where the objects' databases are. */
	directory: string;
}

/**
 * Starts plain workerd on a free port of this machine alone, with data in memory where there is a
 * tmpfs. Not `wrangler dev`: that takes many times the processor for each request.
 *
 * @throws an error with workerd's output, when it does not start
 */
export async function startWorkerd(options: WorkerdOptions): Promise<Workerd> {
	const directory = options.directory ?? (await makeDirectory());
	const remove = { recursive: true, force: true };
	await mkdir(join(directory, "data"), { recursive: true });
	await writeFile(join(directory, "worker.js"), options.code);
	await writeFile(join(directory, "config.capnp"), toConfig(options));
	const child = spawn(executable, ["serve", "--control-fd=3", join(directory, "config.capnp")], {
		cwd: directory,
		stdio: ["ignore", "pipe", "pipe", "pipe"],
	});
	const ended = new Promise<void>((resolve) => {
		child.once("close", () => resolve());
		child.once("error", () => resolve());
	});
	// Whoever is interrupted disposes of nothing.
	const abandon = () => {
		child.kill("SIGKILL");
		if (options.directory === undefined) rmSync(directory, remove);
	};
	process.once("exit", abandon);
	const stop = async () => {
		process.off("exit", abandon);
		child.kill("SIGKILL");
		await ended;
		if (options.directory === undefined) await rm(directory, remove);
	};
	try {
		const port = await listening(child);
		return {
			url: `http://127.0.0.1:${port}`,
			pid: child.pid ?? 0,
			directory: join(directory, "data"),
			[Symbol.asyncDispose]: stop,
		};
	} catch (error) {
		await stop();
		throw error;
	}
}

/** A new folder in memory where there is a tmpfs: to wait for a disk would drown the rest. */
export function makeDirectory(): Promise<string> {
	return mkdtemp(join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "bench-"));
}

/** The port that workerd took; it tells on a pipe of its own. */
function listening(child: ChildProcess): Promise<number> {
	let output = "";
	for (const stream of [child.stdout, child.stderr]) {
		stream?.setEncoding("utf8").on("data", (text: string) => {
			output += text;
		});
	}
	const { promise, resolve, reject } = Promise.withResolvers<number>();
	createInterface({ input: child.stdio[3] as Readable }).on("line", (line) => {
		const { event, port } = JSON.parse(line) as { event: string; port?: number };
		if (event === "listen" && port !== undefined) resolve(port);
	});
	child.once("error", reject);
	child.once("close", (code) => reject(new Error(`workerd ended with ${code}:\n${output}`)));
	return promise;
}

function toConfig({ objects, variables = {} }: WorkerdOptions): string {
	const entries = Object.entries(objects);
	const namespaces = entries.map(
		([, name]) => `(className = "${name}", uniqueKey = "${name}", enableSql = true)`,
	);
	const bindings = [
		...entries.map(
			([binding, name]) => `(name = "${binding}", durableObjectNamespace = "${name}")`,
		),
		...Object.entries(variables).map(
			([name, text]) => `(name = "${name}", text = ${JSON.stringify(text)})`,
		),
	];
	return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
	services = [
		(name = "main", worker = .worker),
		(name = "disk", disk = (path = "data", writable = true)),
	],
	sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
const worker :Workerd.Worker = (
	modules = [(name = "worker.js", esModule = embed "worker.js")],
	compatibilityDate = "${compatibilityDate}",
	durableObjectNamespaces = [${namespaces.join(", ")}],
	durableObjectStorage = (localDisk = "disk"),
	bindings = [${bindings.join(", ")}],
);
`;
}
