import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** What is of interest here in a package.json. */
export interface Manifest {
	name: string;
	version: string;
	private?: boolean;
	scripts?: Record<string, string>;
	exports?: Record<string, string | Record<string, string>>;
	dependencies?: Record<string, string>;
	devDependencies?: Record<string, string>;
	peerDependencies?: Record<string, string>;
}

export async function readManifest(folder: string): Promise<Manifest> {
	return JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
}

export async function writeManifest(folder: string, manifest: object): Promise<void> {
	await writeFile(join(folder, "package.json"), JSON.stringify(manifest, undefined, "\t"));
}

/** The packages right inside of a folder, by their paths. */
export async function readManifests(folder: string): Promise<Map<string, Manifest>> {
	const names = await readdir(folder);
	const paths = names.map((name) => join(folder, name));
	const manifests = await Promise.all(
		paths.map(async (path) => [path, await readManifest(path).catch(() => undefined)] as const),
	);
	return new Map(manifests.flatMap(([path, found]) => (found ? [[path, found]] : [])));
}
