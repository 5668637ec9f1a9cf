import { createRequire } from "node:module";

// It has no types, and Node and Vitest do not agree on what is its default export.
const require = createRequire(import.meta.url);

/** The workerd of this platform, which is also the one that wrangler and the tests run. */
export const { default: executable, version } = require("workerd") as {
	default: string;
	version: string;
};
