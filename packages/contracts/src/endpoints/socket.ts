import * as z from "zod";
import type { Endpoints } from "../endpoint.js";
import { buildOnce } from "../once.js";

/** The WebSocket: see `webSocketRoute`. */
export const socketEndpoints = /* @__PURE__ */ buildOnce({
	"GET /api/ws": {
		tag: "Live updates",
		summary: "Open a WebSocket that tells of every change",
		description:
			"Frames are JSON texts. With the subprotocol `userdo.v1` the server sends `hello` (where its log of changes stands, and whether what was missed follows), `changes` (rows and keys that were created, updated or deleted), `event` and `error`; a client may send `subscribe` and `unsubscribe`. Without it there is one plain `{ event, data, timestamp }` for each change. `ping` is answered with `pong`. A client without cookies signs in by a second subprotocol, `bearer.<access token>`.",
		auth: "session",
		get query() {
			return z.object({
				/** `<seq>.<timestamp>` of the newest change seen */
				since: z
					.string()
					.regex(/^\d{1,15}\.\d{1,15}$/)
					.optional(),
				epoch: z.string().max(64).optional(),
				/**
				 * The channels to hear of, each encoded by `encodeURIComponent` (a key may hold a comma), with
				 * commas between them; all without it.
				 */
				channels: z.string().max(8192).optional(),
			});
		},
		/** The frames are in `@userdo/contracts/events`. */
		responses: { 101: null },
		errors: ["cross_site", "upgrade_required", "rate_limited"],
	},
} as const satisfies Endpoints);
