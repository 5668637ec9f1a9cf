import { node } from "@tooling/vitest";
import { defineConfig } from "vitest/config";

const { test } = node();

export default defineConfig({
	test: {
		...test,
		globalSetup: ["test/support/project.ts"],
		// Each starts a compiler, a runtime or a browser, and waits for npm and for them as well.
		maxWorkers: 2,
		testTimeout: 300_000,
		hookTimeout: 300_000,
	},
});
