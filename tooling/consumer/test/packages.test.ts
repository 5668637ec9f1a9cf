import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, inject, it } from "vitest";
import { readManifest } from "./support/manifest.js";
import { root, run } from "./support/run.js";

const { checkout, packages, registry, version } = inject("release");
const project = inject("project");

it("publishes all packages", async () => {
	const folders = await readdir(join(root, "packages"));
	expect(packages).toEqual(
		folders.map((name) => (name === "userdo" ? name : `@userdo/${name}`)).sort(),
	);
});

it("leaves its tags in the copy", async () => {
	const tags = await run(["git", "tag"], { cwd: checkout });
	expect(tags.trim().split("\n").sort()).toEqual(packages.map((name) => `${name}@${version}`));
});

describe.each(packages)("%s, as it was published", (name) => {
	const folder = join(project, "node_modules", name);

	it("is the latest version, and says what it is", async () => {
		const response = await fetch(registry + name);
		const { "dist-tags": tags, versions } = await response.json();
		expect(tags).toEqual({ latest: version });
		expect(versions[version]).toMatchObject({
			description: expect.stringMatching(/\w/),
			keywords: expect.arrayContaining([expect.any(String)]),
			license: "MIT",
			publishConfig: { access: "public" },
		});
	});

	it("holds what it exports, and nothing that is not for its users", async () => {
		const entries = await readdir(folder, { recursive: true, withFileTypes: true });
		const files = entries
			.filter((entry) => entry.isFile())
			.map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
			.map((path) => path.replaceAll("\\", "/"));
		const { exports = {} } = await readManifest(folder);
		const targets = Object.values(exports).flatMap((target) => Object.values(target));
		expect(targets.length).toBeGreaterThan(0);
		expect(files).toEqual(expect.arrayContaining(targets.map((path) => path.replace("./", ""))));
		const allowed =
			/^(package\.json|README\.md|LICENSE|THIRD-PARTY-LICENSES|dist\/.+\.(js|js\.map|d\.ts))$/;
		expect(files.filter((path) => !allowed.test(path))).toEqual([]);
		expect(await readFile(join(folder, "README.md"), "utf8")).toMatch(`# ${name}\n`);
		const license = await readFile(join(folder, "LICENSE"), "utf8");
		expect(license).toBe(await readFile(join(root, "LICENSE"), "utf8"));
	});

	it("needs only what npm can find", async () => {
		const { dependencies = {}, peerDependencies = {}, ...manifest } = await readManifest(folder);
		expect(manifest.version).toBe(version);
		for (const [needed, range] of Object.entries({ ...dependencies, ...peerDependencies })) {
			expect(range, needed).toMatch(
				packages.includes(needed) ? `^${version}` : /^\^\d+\.\d+\.\d+$/,
			);
		}
	});

	it("brings a changelog", async () => {
		const path = join(checkout, "packages", name.replace("@userdo/", ""), "CHANGELOG.md");
		expect(await readFile(path, "utf8")).toContain(`## ${version}\n`);
	});
});
