import { spawn } from "node:child_process";

export interface RunOptions {
	cwd: string;
	env?: NodeJS.ProcessEnv;
}

/**
 * Runs a command to its end and gives back what it printed.
 *
 * @throws an error that holds the whole output, when the command fails
 */
export async function run(
	[command, ...args]: [string, ...string[]],
	{ cwd, env = process.env }: RunOptions,
): Promise<string> {
	// On Windows npm and pnpm are scripts, which only a shell can start.
	const shell = process.platform === "win32";
	const child = spawn(command, args, { cwd, env, shell, stdio: ["ignore", "pipe", "pipe"] });
	let output = "";
	const { promise, resolve, reject } = Promise.withResolvers<void>();
	for (const stream of [child.stdout, child.stderr]) {
		stream.setEncoding("utf8").on("data", (text: string) => {
			output += text;
		});
	}
	child.on("error", reject);
	child.on("close", (code) => {
		if (code === 0) resolve();
		else reject(new Error(`${command} ${args.join(" ")} ended with ${code}:\n${output}`));
	});
	await promise;
	return output;
}

/** Runs a tool of the consumer's own, on the Node that runs the tests. */
export function runTool(project: string, tool: string, ...args: string[]): Promise<string> {
	return run([process.execPath, `${project}/node_modules/${tool}`, ...args], {
		cwd: project,
		env: toolEnv,
	});
}

/** No colours in what is compared and printed, and nothing is asked of Cloudflare. */
export const toolEnv = {
	...process.env,
	NO_COLOR: "1",
	FORCE_COLOR: undefined,
	WRANGLER_SEND_METRICS: "false",
	CLOUDFLARE_CF_FETCH_ENABLED: "false",
};
