#!/usr/bin/env node
// Bundles scripts for an app's page into its folder public/: `build-client app=src/client/main.ts`
// writes public/app.js, with a source map. Run in the app's folder.
import { readFile, writeFile } from "node:fs/promises";
import { build } from "esbuild";

const entryPoints = Object.fromEntries(process.argv.slice(2).map((entry) => entry.split("=", 2)));
if (!Object.values(entryPoints).some(Boolean)) {
	console.error("Say what to bundle: build-client app=src/client/main.ts");
	process.exit(1);
}

const { outputFiles } = await build({
	entryPoints,
	outdir: "public",
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

for (const { path, contents } of outputFiles) {
	// Only what changed: a `wrangler dev` that is running starts anew with each file written here.
	const before = await readFile(path).catch(() => undefined);
	if (!before?.equals(contents)) await writeFile(path, contents);
}
