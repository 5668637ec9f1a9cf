import {
	batchEndpoints,
	type Collections,
	type OperationResult,
	type Snapshot,
} from "@userdo/contracts";
import { UserDOError } from "@userdo/contracts/errors";
import { getState, type UserDOEnv } from "../context.js";
import { serveEndpoint } from "../endpoint.js";
import { type Exposure, findExposed } from "../exposed.js";
import { callAsSession } from "../get-user-do.js";
import { Hono } from "../hono.js";

export interface BatchRoutesOptions {
	/** The same definition as the object's. Only those with `expose: "write"` can be written. */
	collections?: Collections;
	/** The largest body, in bytes; 4 MiB. */
	maxBytes?: number;
}

/**
 * `POST /api/batch`: writes to exposed collections and keys, all of them or none. It needs the
 * middleware {@link session} before it.
 *
 * @throws UserDOError `misconfigured` for a name that is an endpoint's, or can't be a table's
 */
export function batchRoutes({
	collections = {},
	maxBytes = 4 * 1024 * 1024,
}: BatchRoutesOptions = {}): Hono<UserDOEnv> {
	const exposed = findExposed(collections);
	const app = new Hono<UserDOEnv>();
	serveEndpoint(app, batchEndpoints, "POST /api/batch", {
		maxBytes,
		handle: async (c, { body: { operations } }) => {
			for (const [index, operation] of operations.entries()) {
				if ("collection" in operation) checkExposed(exposed, operation.collection, index);
			}
			const step = { name: "runBatch", args: [operations] };
			const answer = await callAsSession(c, getState(c), [step]);
			return answer as { results: OperationResult[]; snapshot: Snapshot };
		},
	});
	return app;
}

function checkExposed(exposed: ReadonlyMap<string, Exposure>, name: string, index: number): void {
	const exposure = exposed.get(name);
	if (exposure === "write") return;
	const path = `operations.${index}.collection`;
	if (exposure === undefined) {
		throw new UserDOError("not_found", {
			issues: [{ path, message: "There is no such collection." }],
		});
	}
	throw new UserDOError("forbidden", {
		issues: [{ path, message: "This collection can only be read." }],
	});
}
