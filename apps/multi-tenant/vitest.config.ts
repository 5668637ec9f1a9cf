import { workers } from "@tooling/vitest";
import { mergeConfig } from "vitest/config";
import { bindings, prebundle } from "./test/settings.js";

export default mergeConfig(workers({ bindings, prebundle }), {
	test: { exclude: ["test/e2e/**", "test/bindings/**"] },
});
