// Bundles the browser's scripts into public/.
import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const path = (relative) => fileURLToPath(new URL(`../${relative}`, import.meta.url));

const result = await build({
	entryPoints: {
		app: path("src/client/main.ts"),
		reset: path("src/client/reset.ts"),
		verify: path("src/client/verify.ts"),
		// Runs before the first paint, so it is a small classic script of its own.
		theme: path("src/client/theme-first.ts"),
	},
	outdir: path("public"),
	bundle: true,
	minify: true,
	sourcemap: true,
	format: "iife",
	target: "es2022",
	logLevel: "warning",
	write: false,
}).catch(() => {
	// esbuild has said what is wrong.
	process.exit(1);
});

for (const { path, contents } of result.outputFiles) {
	// Only what changed: a `wrangler dev` that is running starts anew with each file written here.
	const before = await readFile(path).catch(() => undefined);
	if (!before?.equals(contents)) await writeFile(path, contents);
}
