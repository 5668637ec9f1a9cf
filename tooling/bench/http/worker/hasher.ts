import type { PasswordHasher } from "@userdo/core";

/** Costs nothing, so that what a sign-in costs besides the hash can be seen. Never use it. */
export const noHash: PasswordHasher = {
	hash: async (password) => password,
	verify: async (password, stored) => password === stored,
	needsRehash: () => false,
};
