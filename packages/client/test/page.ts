import { createEndpointClient } from "../src/endpoints.js";
import { isUserDOError, type JsonObject, UserDOClient } from "../src/index.js";
import { type LiveCollection, type LiveSnapshot, live } from "../src/live.js";

/** What the tests find in the page: the library, and a place for what happens there. */
declare global {
	var UserDO: {
		UserDOClient: typeof UserDOClient;
		createEndpointClient: typeof createEndpointClient;
		isUserDOError: typeof isUserDOError;
		live: typeof live;
	};
	var client: UserDOClient;
	var log: unknown[];
	var tasks: LiveCollection<JsonObject, object>;
	var shown: LiveSnapshot<readonly JsonObject[]>;
}

globalThis.UserDO = { UserDOClient, createEndpointClient, isUserDOError, live };
globalThis.log = [];
