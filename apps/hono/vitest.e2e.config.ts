import { node } from "@tooling/vitest";
import { defineConfig } from "vitest/config";

const { test } = node();

// One file after the other: each starts the app and a browser of its own.
export default defineConfig({
	test: { ...test, include: ["test/e2e/**/*.test.ts"], fileParallelism: false },
});
