import { library } from "@tooling/tsup";

// File by file, so that a Worker made of parts holds no schema of those it leaves out: a call at the
// top of a module keeps it in a bundle. The viewer apart: its map would be two megabytes more.
export default [
	library({ entry: ["src/**/*.ts", "!src/generated/**"], bundle: false, clean: false }),
	library({
		entry: { "generated/swagger-ui": "src/generated/swagger-ui.ts" },
		bundle: false,
		clean: false,
		sourcemap: false,
	}),
];
