import { fileURLToPath } from "node:url";
import { build } from "esbuild";

/** What a page loads: everything in one minified script. */
export async function bundle(entry: string, format: "esm" | "iife"): Promise<string> {
	const { outputFiles } = await build({
		entryPoints: [fileURLToPath(new URL(`../../${entry}`, import.meta.url))],
		bundle: true,
		minify: true,
		format,
		platform: "browser",
		target: "es2022",
		write: false,
	});
	return outputFiles[0]?.text ?? "";
}
