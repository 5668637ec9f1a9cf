import { type BuildOptions, build } from "esbuild";

/** Not minified: what is measured has the names of the source, so a profile can be read. */
const options = {
	bundle: true,
	write: false,
	format: "esm",
	target: "es2024",
	conditions: ["workerd", "worker", "browser"],
	external: ["cloudflare:*", "node:*"],
	logLevel: "silent",
} as const satisfies BuildOptions;

/**
 * A worker and all that it imports as one module.
 *
 * @param others further options of esbuild, such as `minify`
 * @throws esbuild's error, when it does not compile
 */
export async function bundleWorker(entry: string, others: BuildOptions = {}): Promise<string> {
	const external = [...options.external, ...(others.external ?? [])];
	const settings: BuildOptions = { ...options, ...others, entryPoints: [entry], external };
	const { outputFiles } = await build({ ...settings, write: false });
	return outputFiles[0]?.text ?? "";
}
