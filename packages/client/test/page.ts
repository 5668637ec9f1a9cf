import { isUserDOError, UserDOClient } from "../src/index.js";

/** What the tests find in the page: the library, and a place for what happens there. */
declare global {
	var UserDO: { UserDOClient: typeof UserDOClient; isUserDOError: typeof isUserDOError };
	var client: UserDOClient;
	var log: unknown[];
}

globalThis.UserDO = { UserDOClient, isUserDOError };
globalThis.log = [];
