import { spawn } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder of this repository, and of these tests. */
export const root = fileURLToPath(new URL("../../../..", import.meta.url));
export const here = fileURLToPath(new URL("../..", import.meta.url));

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

/** Runs a tool that the project has installed, on the Node that runs the tests. */
export function runTool(project: string, tool: string, ...args: string[]): Promise<string> {
	return run([process.execPath, join(project, "node_modules", tool), ...args], {
		cwd: project,
		env: toolEnv,
	});
}

/** The same with a tool of this workspace, for a project without tools of its own. */
export function runOwnTool(project: string, tool: string, ...args: string[]): Promise<string> {
	return run([process.execPath, join(here, "node_modules", tool), ...args], {
		cwd: project,
		env: toolEnv,
	});
}

/**
 * The environment for npm and git in another folder: as they are set up on this machine, npm's
 * registry and logins included, but without what pnpm tells scripts, and git its hooks, of this one.
 */
export function outsideEnv(): NodeJS.ProcessEnv {
	const ours =
		/^(npm_(package|lifecycle|command|execpath|node)|pnpm_|git_(dir|work_tree|index_file|prefix)$)/i;
	return Object.fromEntries(Object.entries(process.env).filter(([name]) => !ours.test(name)));
}

/** No colours in what is compared and printed, and nothing is asked of Cloudflare. */
export const quiet = {
	NO_COLOR: "1",
	FORCE_COLOR: undefined,
	WRANGLER_SEND_METRICS: "false",
	CLOUDFLARE_CF_FETCH_ENABLED: "false",
};

export const toolEnv: NodeJS.ProcessEnv = { ...process.env, ...quiet };
