import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { extractExamples } from "./examples.js";
import { install, pinned, released } from "./npm.js";
import { startRegistry } from "./registry.js";
import { type Release, release } from "./release.js";
import { here, root } from "./run.js";

/** What a user's project has installed besides UserDO, at the versions of the workspace's catalog. */
const tools = [
	"@cloudflare/vitest-pool-workers",
	"@cloudflare/workers-types",
	"effect",
	"esbuild",
	"typescript",
	"vitest",
	"wrangler",
	"zod",
];

declare module "vitest" {
	interface ProvidedContext {
		release: Release;
		/** A folder outside of the workspace, for more projects. */
		folder: string;
		/** A user's project in there, with all published packages installed by npm. */
		project: string;
	}
}

export default async function setup({ provide }: TestProject) {
	const folder = await mkdtemp(join(tmpdir(), "userdo-consumer-"));
	const registry = await startRegistry(join(folder, "registry"));
	const teardown = async () => {
		await registry[Symbol.asyncDispose]();
		await rm(folder, { recursive: true, force: true, maxRetries: 5 });
	};
	try {
		const published = await release(folder, registry.url);
		const project = join(folder, "project");
		await cp(join(here, "fixture"), project, { recursive: true });
		await extractExamples(join(root, "packages/userdo/README.md"), join(project, "readme"));
		await install(project, published, {
			...released(published, ...published.packages),
			...(await pinned(here, ...tools)),
		});
		provide("release", published);
		provide("folder", folder);
		provide("project", project);
	} catch (error) {
		await teardown();
		throw error;
	}
	return teardown;
}
