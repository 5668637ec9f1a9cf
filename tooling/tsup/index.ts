import { defineConfig, type Options } from "tsup";

/** The build of every published package: ESM and .d.ts, nothing bundled in that npm can install. */
export function library(options: Options = {}) {
	return defineConfig({
		entry: ["src/index.ts"],
		format: "esm",
		platform: "neutral",
		target: "es2022",
		dts: true,
		sourcemap: true,
		clean: true,
		treeshake: true,
		external: [/^cloudflare:/, /^node:/],
		// Without the prefix, bundlers look for a package of that name.
		removeNodeProtocol: false,
		...options,
	});
}
