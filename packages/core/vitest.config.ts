import { workers } from "@tooling/vitest";

export default workers({
	bindings: { JWT_SECRET: "c0re-tests-0123456789-abcdefghijklmnop" },
	prebundle: [
		"jose",
		"zod",
		"@userdo/tables > drizzle-orm",
		"@userdo/tables > drizzle-orm/durable-sqlite",
		"@userdo/tables > drizzle-orm/sqlite-core",
		"@userdo/tables > uuid",
	],
});
