import { spawn } from "node:child_process";
import { toolEnv } from "./run.js";

export interface DevServer extends AsyncDisposable {
	url: string;
}

/** Starts the consumer's Worker by its own wrangler, on a free port. */
export async function startDevServer(project: string): Promise<DevServer> {
	const args = [`${project}/node_modules/wrangler/bin/wrangler.js`, "dev", "--port", "0"];
	// In a process group of its own: wrangler's children must end with it.
	const child = spawn(process.execPath, args, {
		cwd: project,
		env: toolEnv,
		detached: true,
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
	let output = "";
	const url = await new Promise<string>((resolve, reject) => {
		for (const stream of [child.stdout, child.stderr]) {
			stream.setEncoding("utf8").on("data", (text: string) => {
				output += text;
				const ready = /Ready on (http:\/\/\S+)/.exec(output)?.[1];
				if (ready !== undefined) resolve(ready);
			});
		}
		child.once("error", reject);
		child.once("close", (code) => reject(new Error(`wrangler dev ended with ${code}:\n${output}`)));
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
