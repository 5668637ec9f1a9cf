import { type ChildProcessByStdio, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { here, toolEnv } from "./run.js";

export interface DevServer extends AsyncDisposable {
	url: string;
}

/** Starts a project's Worker with a secret, on a free port, by the wrangler of the tools' folder. */
export async function startWrangler(project: string, tools = here): Promise<DevServer> {
	await writeFile(join(project, ".dev.vars"), `JWT_SECRET=${randomBytes(32).toString("hex")}\n`);
	const wrangler = join(tools, "node_modules/wrangler/bin/wrangler.js");
	return startDevServer(project, [process.execPath, wrangler, "dev", "--port", "0"]);
}

/** Starts a command that says where it listens, as wrangler and Vite do. */
export async function startDevServer(
	cwd: string,
	[command, ...args]: [string, ...string[]],
	env: NodeJS.ProcessEnv = toolEnv,
): Promise<DevServer> {
	const child = spawn(command, args, {
		cwd,
		env,
		// A process group of its own: wrangler's children must end with it.
		detached: true,
		shell: process.platform === "win32",
		stdio: ["ignore", "pipe", "pipe"],
	});
	const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
	const stop = () => {
		if (child.pid === undefined || child.exitCode !== null) return;
		if (process.platform === "win32") child.kill();
		else process.kill(-child.pid, "SIGTERM");
	};
	// A test that timed out disposes of nothing.
	process.once("exit", stop);
	const url = await readUrl(child, [command, ...args].join(" ")).catch((error: unknown) => {
		stop();
		throw error;
	});
	return {
		url,
		async [Symbol.asyncDispose]() {
			process.off("exit", stop);
			stop();
			await ended;
		},
	};
}

/** Waits until a server says where it listens, and no longer than a test may take. */
function readUrl(child: ChildProcessByStdio<null, Readable, Readable>, name: string) {
	const { promise, resolve, reject } = Promise.withResolvers<string>();
	let output = "";
	const fail = (what: string) => reject(new Error(`${name} ${what}:\n${output}`));
	const timer = setTimeout(() => fail("does not listen yet"), 120_000);
	for (const stream of [child.stdout, child.stderr]) {
		stream.setEncoding("utf8").on("data", (text: string) => {
			output += text;
			const ready = /(?:Ready on|Local:) +(http:\/\/\S+)/.exec(output)?.[1];
			if (ready !== undefined) resolve(ready);
		});
	}
	child.once("error", reject);
	child.once("close", (code) => fail(`ended with ${code}`));
	return promise.finally(() => clearTimeout(timer));
}
