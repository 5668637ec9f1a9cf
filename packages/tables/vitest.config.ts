import { workers } from "@tooling/vitest";

export default workers({
	prebundle: [
		"drizzle-orm",
		"drizzle-orm/durable-sqlite",
		"drizzle-orm/sqlite-core",
		"uuid",
		"zod",
		"zod/v4/core",
	],
});
