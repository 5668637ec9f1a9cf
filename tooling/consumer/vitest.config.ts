import { node } from "@tooling/vitest";
import { defineConfig } from "vitest/config";

const { test } = node();

export default defineConfig({
	test: {
		...test,
		globalSetup: ["test/support/project.ts"],
		// Each starts a compiler, a runtime or a browser.
		fileParallelism: false,
		testTimeout: 300_000,
	},
});
