import { workers } from "@tooling/vitest";

export default workers({
	bindings: { JWT_SECRET: "eff3ct-tests-0123456789-abcdefghijklmnop" },
	prebundle: [
		"effect",
		"effect/testing/TestClock",
		"zod",
		"@userdo/core > jose",
		"@userdo/core > @userdo/tables > drizzle-orm",
		"@userdo/core > @userdo/tables > uuid",
		"@userdo/worker > hono",
	],
});
