import { spawnSync } from "node:child_process";
import { mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { contractSource, frontendSource } from "./types/twenty-collections.js";

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));

const collections = 20;
const most = 50_000;

/** The types as they are published: what `pnpm pack` puts into the packages. */
const published = {
	"@userdo/client": [path("../../../packages/client/dist/index.d.ts")],
	"@userdo/client/*": [path("../../../packages/client/dist/*.d.ts")],
	"@userdo/contracts": [path("../../../packages/contracts/dist/index.d.ts")],
	"@userdo/contracts/*": [path("../../../packages/contracts/dist/*.d.ts")],
};

const tsconfig = {
	compilerOptions: {
		target: "ES2024",
		module: "ESNext",
		moduleResolution: "bundler",
		lib: ["ES2024", "DOM", "DOM.Iterable"],
		types: [],
		strict: true,
		exactOptionalPropertyTypes: true,
		skipLibCheck: true,
		noEmit: true,
		paths: published,
	},
	include: ["*.ts"],
};

/** Compiles these files in a folder of their own. */
async function compile(files: Record<string, string>): Promise<string> {
	const folder = await mkdtemp(join(tmpdir(), "type-cost-"));
	try {
		await symlink(path("../node_modules"), join(folder, "node_modules"), "junction");
		await writeFile(join(folder, "tsconfig.json"), JSON.stringify(tsconfig));
		for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
		const tsc = path("../node_modules/typescript/bin/tsc");
		const args = [tsc, "-p", folder, "--extendedDiagnostics", "--pretty", "false"];
		return spawnSync(process.execPath, args, { encoding: "utf8" }).stdout;
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
}

it(`compiles a page that uses ${collections} collections below ${most} instantiations`, async () => {
	const printed = await compile({
		"contract.ts": contractSource(collections),
		"frontend.ts": frontendSource(collections),
	});
	expect(printed).not.toContain("error TS");
	const count = Number(/Instantiations:\s+(\d+)/.exec(printed)?.[1]);
	expect(count).toBeGreaterThan(1_000);
	expect(count).toBeLessThan(most);
});

it("notices a field that a collection does not have", async () => {
	const printed = await compile({
		"contract.ts": contractSource(2),
		"frontend.ts": `${frontendSource(2)}\nitems0.orderBy("title1");\n`,
	});
	expect(printed).toContain("error TS2345");
	expect(printed.match(/error TS/g)).toHaveLength(1);
});
