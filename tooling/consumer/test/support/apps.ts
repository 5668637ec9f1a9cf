import { mkdir, realpath, symlink } from "node:fs/promises";
import { basename, delimiter, dirname, join } from "node:path";
import { copyFiles } from "./checkout.js";
import { type Manifest, readManifests, writeManifest } from "./manifest.js";
import { npmInstall, pinned, released } from "./npm.js";
import type { Release } from "./release.js";
import { outsideEnv, quiet, root } from "./run.js";

export interface App {
	/** Of its folder. */
	name: string;
	/** In this repository. */
	source: string;
	scripts: Record<string, string>;
	/** Of the repository, with `workspace:` and `catalog:`. */
	manifest: Manifest;
}

const needs = ({ dependencies, devDependencies }: Manifest) =>
	Object.keys({ ...dependencies, ...devDependencies });

/** The apps of this repository that need one of our packages, and the apps that these need. */
export async function findApps({ packages }: Release): Promise<App[]> {
	const all = [...(await readManifests(join(root, "apps")))].map(([source, manifest]) => ({
		name: basename(source),
		source,
		scripts: manifest.scripts ?? {},
		manifest,
	}));
	const found = new Set(
		all.filter(({ manifest }) => needs(manifest).some((name) => packages.includes(name))),
	);
	// What is added while it goes on is looked at as well.
	for (const { manifest } of found) {
		for (const app of all) if (needs(manifest).includes(app.manifest.name)) found.add(app);
	}
	return [...found];
}

/**
 * Copies apps out of this repository, as the packages of a workspace of npm's, and installs what
 * they need to run, our packages as they were published. What only their scripts and tests need is
 * linked from here: the apps' own tests have tried it, and it is many times as large.
 */
export async function installApps(folder: string, apps: App[], release: Release): Promise<void> {
	const own = apps.map(({ manifest }) => manifest.name);
	const shared = await sharedNames(release);
	for (const { name, source, manifest } of apps) {
		const target = join(folder, "apps", name);
		const { dependencies = {} } = manifest;
		const names = needs(manifest).filter((need) => need in dependencies || shared.has(need));
		const ours = names.filter((need) => release.packages.includes(need));
		const theirs = names.filter((need) => !ours.includes(need) && !own.includes(need));
		await copyFiles(`apps/${name}`, folder);
		await writeManifest(target, {
			...manifest,
			dependencies: {
				...Object.fromEntries(
					names.filter((need) => own.includes(need)).map((need) => [need, "*"]),
				),
				...released(release, ...ours),
				...(await pinned(source, ...theirs)),
			},
			devDependencies: {},
		});
		const tools = needs(manifest).filter((need) => !names.includes(need));
		for (const tool of tools) await link(join("node_modules", tool), { from: source, to: target });
	}
	await writeManifest(folder, { name: "apps", private: true, workspaces: ["apps/*"] });
	await npmInstall(folder, release.registry);
}

/** What comes with our packages: of these an app and they must have the same copy. */
async function sharedNames({ packages, checkout }: Release): Promise<Set<string>> {
	const manifests = [...(await readManifests(join(checkout, "packages"))).values()];
	const theirs = manifests.flatMap(({ dependencies, peerDependencies }) =>
		Object.keys({ ...dependencies, ...peerDependencies }),
	);
	return new Set([...packages, ...theirs]);
}

async function link(path: string, { from, to }: { from: string; to: string }): Promise<void> {
	await mkdir(dirname(join(to, path)), { recursive: true });
	await symlink(await realpath(join(from, path)), join(to, path), "junction");
}

/** The environment for scripts of a copied app: its tools are those of this repository. */
export function appEnv({ source }: App): NodeJS.ProcessEnv {
	const bins = [source, root].map((path) => join(path, "node_modules/.bin"));
	return { ...outsideEnv(), ...quiet, PATH: [...bins, process.env.PATH].join(delimiter) };
}
