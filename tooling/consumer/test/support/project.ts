import { randomBytes } from "node:crypto";
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { TestProject } from "vitest/node";
import { extractExamples } from "./examples.js";
import { run } from "./run.js";

const root = fileURLToPath(new URL("../../../..", import.meta.url));
const here = join(root, "tooling/consumer");

/** What a user's project has installed besides UserDO, at the versions of the workspace's catalog. */
const tools = [
	"@cloudflare/vitest-pool-workers",
	"@cloudflare/workers-types",
	"esbuild",
	"typescript",
	"vitest",
	"wrangler",
	"zod",
];

declare module "vitest" {
	interface ProvidedContext {
		/** A user's project, outside of the workspace, with the packed packages installed by npm. */
		project: string;
	}
}

export default async function setup({ provide }: TestProject) {
	const project = await mkdtemp(join(tmpdir(), "userdo-consumer-"));
	const teardown = () => rm(project, { recursive: true, force: true });
	try {
		await install(project);
	} catch (error) {
		await teardown();
		throw error;
	}
	provide("project", project);
	return teardown;
}

async function install(project: string): Promise<void> {
	await cp(join(here, "fixture"), project, { recursive: true });
	await extractExamples(join(root, "README.md"), join(project, "readme"));
	await writeFile(join(project, ".dev.vars"), `JWT_SECRET=${randomBytes(32).toString("hex")}\n`);
	const packages = await pack(project);
	const manifest = {
		name: "consumer",
		private: true,
		type: "module",
		dependencies: { ...packages, ...(await pinnedTools()) },
	};
	await writeFile(join(project, "package.json"), JSON.stringify(manifest, undefined, "\t"));
	await run(["npm", "install", "--no-audit", "--no-fund"], { cwd: project, env: npmEnv() });
}

/** Packs what turbo has built, as `pnpm publish` would. */
async function pack(project: string): Promise<Record<string, string>> {
	const folder = join(project, "packed");
	const filter = ["--recursive", "--filter", "./packages/*"];
	await run(["pnpm", ...filter, "pack", "--pack-destination", folder], { cwd: root });
	const packages: Record<string, string> = {};
	for (const file of await readdir(folder)) {
		const name = file.replace(/-\d.*$/, "").replace(/^userdo-/, "@userdo/");
		packages[name] = `file:packed/${file}`;
	}
	return packages;
}

async function pinnedTools(): Promise<Record<string, string>> {
	const pins: Record<string, string> = {};
	for (const tool of tools) {
		const file = join(here, "node_modules", tool, "package.json");
		const { name, version } = JSON.parse(await readFile(file, "utf8"));
		// The catalog has one package under another's name.
		pins[tool] = name === tool ? version : `npm:${name}@${version}`;
	}
	return pins;
}

/** pnpm's own settings, which it hands to scripts, are none of npm's business. */
function npmEnv(): NodeJS.ProcessEnv {
	const entries = Object.entries(process.env);
	return Object.fromEntries(
		entries.filter(
			([name]) => !/^(npm_(package|lifecycle|command|execpath|node)|pnpm_)/i.test(name),
		),
	);
}
