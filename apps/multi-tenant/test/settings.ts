/** Secrets of the Workers under test. */
export const bindings = {
	JWT_SECRET: "a secret for tests only, 32 bytes or more",
	ADMIN_SECRET: "another secret for tests only, 32 bytes",
};

/** What Vite bundles ahead of the tests. */
export const prebundle = [
	"hono",
	"zod",
	"userdo > @userdo/core > jose",
	"userdo > @userdo/tables > drizzle-orm",
];
