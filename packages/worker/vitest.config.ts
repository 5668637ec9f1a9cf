import { workers } from "@tooling/vitest";

export default workers({
	bindings: { JWT_SECRET: "w0rker-tests-0123456789-abcdefghijklmnop" },
	prebundle: [
		"hono",
		"jose",
		"zod",
		"@userdo/core > @userdo/tables > drizzle-orm",
		"@userdo/core > @userdo/tables > uuid",
	],
});
