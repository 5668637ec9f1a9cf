import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { readManifest, writeManifest } from "./manifest.js";
import type { Release } from "./release.js";
import { outsideEnv, run } from "./run.js";

/** What a package.json says to get these packages of the release. */
export function released(release: Release, ...names: string[]): Record<string, string> {
	return Object.fromEntries(names.map((name) => [name, specOf(release, name)]));
}

function specOf({ registry, version }: Release, name: string): string {
	// npm knows a registry of its own for a scope, but not for a name without one.
	return name.startsWith("@") ? version : `${registry}${name}/-/${name}-${version}.tgz`;
}

/** Packages as a folder of this workspace has them: other versions were never tried. */
export async function pinned(folder: string, ...names: string[]): Promise<Record<string, string>> {
	const pins = names.map(async (alias) => {
		const { name, version } = await readManifest(join(folder, "node_modules", alias));
		// The catalog has one package under another's name.
		return [alias, name === alias ? version : `npm:${name}@${version}`];
	});
	return Object.fromEntries(await Promise.all(pins));
}

/** Makes a project of a folder, and installs what it needs: our packages as they were published. */
export async function install(
	folder: string,
	{ registry }: Release,
	dependencies: Record<string, string>,
): Promise<void> {
	await mkdir(folder, { recursive: true });
	await writeManifest(folder, { name: "consumer", private: true, type: "module", dependencies });
	await npmInstall(folder, registry);
}

/** Installs a project that has its package.json, packages of our scope from the given registry. */
export async function npmInstall(folder: string, registry: string): Promise<void> {
	await writeFile(join(folder, ".npmrc"), `@userdo:registry=${registry}\nallow-remote=all\n`);
	const args = ["--no-audit", "--no-fund", "--prefer-offline"];
	await run(["npm", "install", ...args], { cwd: folder, env: outsideEnv() });
}
