import { workers } from "@tooling/vitest";
import { mergeConfig } from "vitest/config";

export default mergeConfig(
	workers({
		bindings: { JWT_SECRET: "a secret for tests only, 32 bytes or more" },
		prebundle: [
			"zod",
			"userdo > @userdo/core > jose",
			"userdo > @userdo/tables > drizzle-orm",
			"userdo > @userdo/worker > hono",
		],
	}),
	{ test: { exclude: ["test/e2e/**"] } },
);
