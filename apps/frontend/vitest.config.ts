import { node } from "@tooling/vitest";
import { defineConfig } from "vitest/config";

const { test } = node();

export default defineConfig({
	test: {
		...test,
		// Each file in a browser starts the API, the page and a browser of its own.
		fileParallelism: false,
		// A busy machine takes its time; nothing here is judged by the clock.
		testTimeout: 180_000,
		expect: { poll: { timeout: 60_000 } },
		// The first run on a machine may have to install the browser.
		hookTimeout: 300_000,
	},
});
