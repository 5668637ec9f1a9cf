import { workers } from "@tooling/vitest";

export default workers({
	bindings: {
		JWT_SECRET: "ch4os-tests-0123456789-abcdefghijklmnop",
		CHAOS_SECONDS: process.env.CHAOS_SECONDS ?? "30",
		CHAOS_SEED: process.env.CHAOS_SEED ?? "",
	},
	prebundle: [
		"zod",
		"@userdo/worker > hono",
		"@userdo/worker > jose",
		"@userdo/core > @userdo/tables > drizzle-orm",
		"@userdo/core > @userdo/tables > uuid",
	],
});
