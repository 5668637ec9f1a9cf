import { fileURLToPath } from "node:url";
import { cloudflareTest } from "@cloudflare/vitest-pool-workers";
import { defineConfig } from "vitest/config";

const setup = fileURLToPath(new URL("./setup.ts", import.meta.url).href);

const test = {
	include: ["test/**/*.test.ts"],
	setupFiles: [setup],
	testTimeout: 60_000,
	hookTimeout: 60_000,
	coverage: { provider: "istanbul" as const, include: ["src/**"] },
};

export interface WorkersOptions {
	/** The Worker's configuration; `./wrangler.jsonc`. */
	config?: string;
	/** Variables and secrets of the test worker. */
	bindings?: Record<string, string>;
	/** Dependencies that Vite bundles ahead: without it the first request of a run takes seconds. */
	prebundle?: string[];
}

/** Tests that run inside workerd, with the package's own wrangler.jsonc. */
export function workers({
	config = "./wrangler.jsonc",
	bindings = {},
	prebundle = [],
}: WorkersOptions = {}) {
	return defineConfig({
		plugins: [cloudflareTest({ wrangler: { configPath: config }, miniflare: { bindings } })],
		test: {
			...test,
			deps: { optimizer: { ssr: { enabled: prebundle.length > 0, include: prebundle } } },
		},
	});
}

/** Tests that run in Node: of the tools, or driving a browser. */
export function node() {
	return defineConfig({ test });
}

/** Tests of an app in a browser, in `test/e2e`. Each file starts the app and a browser of its own. */
export function e2e({ include = ["test/e2e/**/*.test.ts"] } = {}) {
	return defineConfig({
		test: {
			...test,
			include,
			fileParallelism: false,
			// A busy machine takes its time; nothing here is judged by the clock.
			testTimeout: 180_000,
			expect: { poll: { timeout: 60_000 } },
			// The first run on a machine may have to install the browser.
			hookTimeout: 300_000,
		},
	});
}
