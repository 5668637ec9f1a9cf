import { node } from "@tooling/vitest";
import { defineConfig } from "vitest/config";

const { test } = node();

export default defineConfig({
	test: {
		...test,
		include: ["test/e2e/**/*.test.ts"],
		// Each file starts the app and a browser of its own.
		fileParallelism: false,
		// The first run on a machine may have to install the browser.
		hookTimeout: 300_000,
	},
});
