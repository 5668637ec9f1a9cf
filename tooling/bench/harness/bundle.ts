import { build } from "esbuild";

/**
 * A worker and all that it imports as one module, and not minified: what is measured has the
 * names of the source, so a profile can be read.
 *
 * @throws esbuild's error, when it does not compile
 */
export async function bundleWorker(entry: string): Promise<string> {
	const { outputFiles } = await build({
		entryPoints: [entry],
		bundle: true,
		write: false,
		format: "esm",
		target: "es2024",
		conditions: ["workerd", "worker", "browser"],
		external: ["cloudflare:*"],
		logLevel: "silent",
	});
	return outputFiles[0]?.text ?? "";
}
