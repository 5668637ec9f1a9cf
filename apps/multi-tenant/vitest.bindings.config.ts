import { workers } from "@tooling/vitest";
import { defineConfig } from "vitest/config";
import { bindings, prebundle } from "./test/settings.js";

const config = "./test/bindings/wrangler.jsonc";
const { test, ...rest } = workers({ config, bindings, prebundle });

// Another Worker: the ways to do it with a binding for each tenant.
export default defineConfig({
	...rest,
	test: { ...test, include: ["test/bindings/**/*.test.ts"] },
});
