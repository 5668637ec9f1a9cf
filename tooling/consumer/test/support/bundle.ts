import { type BuildOptions, build } from "esbuild";
import { inject } from "vitest";

const project = inject("project");

/** Bundles a few lines of code as a page or a Worker would have them, minified. */
export async function bundle(contents: string, options: BuildOptions) {
	const { metafile, outputFiles } = await build({
		absWorkingDir: project,
		stdin: { contents, resolveDir: project },
		bundle: true,
		format: "esm",
		minify: true,
		...options,
		metafile: true,
		write: false,
	});
	return {
		code: outputFiles[0]?.text ?? "",
		inputs: Object.keys(metafile.inputs),
		exports: Object.values(metafile.outputs).flatMap((output) => output.exports),
	};
}

/** By the platform esbuild chooses the conditions: `browser` here. */
export const page: BuildOptions = { platform: "browser" };
/** As wrangler does. */
export const worker: BuildOptions = {
	conditions: ["workerd", "worker", "browser"],
	external: ["cloudflare:*"],
	platform: "neutral",
	mainFields: ["browser", "module", "main"],
};
