import { cp, mkdir, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { copyCheckout } from "./checkout.js";
import { readManifests } from "./manifest.js";
import { outsideEnv, quiet, root, run } from "./run.js";

/** What was released, and where. */
export interface Release {
	/** The address of the registry; it ends in a slash. */
	registry: string;
	/** All packages have the same. */
	version: string;
	packages: string[];
	/** The copy of this repository from which it was published. */
	checkout: string;
}

/**
 * Does with a copy of this repository what is done for a release: gives the packages their next
 * version and publishes what turbo has built. This repository stays as it is, its tags included.
 */
export async function release(folder: string, registry: string): Promise<Release> {
	const checkout = join(folder, "checkout");
	await copyCheckout(checkout);
	const changeset = join(checkout, "node_modules/@changesets/cli/bin.js");
	await run([process.execPath, changeset, "version"], {
		cwd: checkout,
		env: { ...outsideEnv(), ...quiet },
	});
	await copyBuilds(checkout);
	const env = await publisherEnv(folder, registry);
	await run([process.execPath, changeset, "publish"], { cwd: checkout, env });

	const manifests = [...(await readManifests(join(checkout, "packages"))).values()];
	const [version, ...others] = new Set(manifests.map((manifest) => manifest.version));
	if (version === undefined || others.length > 0) {
		throw new Error(`The packages have no common version: ${[version, ...others].join(", ")}`);
	}
	return { registry, version, packages: manifests.map(({ name }) => name).sort(), checkout };
}

async function copyBuilds(checkout: string): Promise<void> {
	for (const path of (await readManifests(join(root, "packages"))).keys()) {
		const dist = join("packages", basename(path), "dist");
		await cp(join(root, dist), join(checkout, dist), { recursive: true });
	}
}

/** Settings of npm for nothing but this registry: no login and no registry of the machine. */
async function publisherEnv(folder: string, registry: string): Promise<NodeJS.ProcessEnv> {
	await mkdir(folder, { recursive: true });
	const userconfig = join(folder, "publisher.npmrc");
	const login = `${registry.replace(/^http:/, "")}:_authToken=rehearsal`;
	await writeFile(userconfig, `registry=${registry}\n${login}\n`);
	const entries = Object.entries(outsideEnv()).filter(
		([name]) => !/^npm_config_(.*registry|userconfig)$/i.test(name),
	);
	return {
		...Object.fromEntries(entries),
		...quiet,
		NPM_CONFIG_USERCONFIG: userconfig,
		// It is only to be had where a workflow of GitHub publishes.
		PNPM_CONFIG_PROVENANCE: "false",
	};
}
