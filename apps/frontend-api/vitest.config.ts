import { workers } from "@tooling/vitest";

export default workers({
	bindings: {
		JWT_SECRET: "a secret for tests only, 32 bytes or more",
		ORIGINS: "https://board.example.com,https://www.example.com",
	},
	prebundle: [
		"userdo > @userdo/core > jose",
		"userdo > @userdo/tables > drizzle-orm",
		"userdo > @userdo/worker > hono",
	],
});
