// Bundles the browser's two scripts into public/.
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const path = (relative) => fileURLToPath(new URL(`../${relative}`, import.meta.url));

await build({
	entryPoints: {
		app: path("src/client/main.ts"),
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
}).catch(() => {
	// esbuild has said what is wrong.
	process.exitCode = 1;
});
