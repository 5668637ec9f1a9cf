import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { expect, it } from "vitest";

/** The files that a bundler takes in for an entry, with all of the entry in use. */
async function inputsOf(entry: string): Promise<string[]> {
	const { metafile } = await build({
		absWorkingDir: fileURLToPath(new URL("..", import.meta.url)),
		entryPoints: [`src/${entry}.ts`],
		bundle: true,
		format: "esm",
		metafile: true,
		write: false,
	});
	return Object.keys(metafile.inputs);
}

it.each(["errors", "events"])("loads no zod for %s", async (entry) => {
	expect(await inputsOf(entry)).toEqual([`src/${entry}.ts`]);
});

it("would notice zod", async () => {
	expect(await inputsOf("index")).toContainEqual(expect.stringContaining("node_modules/zod/"));
});
