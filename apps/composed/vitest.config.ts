import { workers } from "@tooling/vitest";
import { mergeConfig } from "vitest/config";

export default mergeConfig(
	workers({
		bindings: { JWT_SECRET: "a secret for tests only, 32 bytes or more" },
		prebundle: [
			"zod",
			"hono",
			"@userdo/core > jose",
			"@userdo/core > @userdo/tables > drizzle-orm",
		],
	}),
	{ test: { exclude: ["test/e2e/**"] } },
);
