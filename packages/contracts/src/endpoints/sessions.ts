import * as z from "zod";
import type { Endpoints } from "../endpoint.js";
import { buildOnce } from "../once.js";
import { getOkSchema, getSessionSchema } from "../schemas.js";

const tag = "Account";

/** Where the user is signed in: see `sessionRoutes`. */
export const sessionEndpoints = /* @__PURE__ */ buildOnce({
	"GET /api/sessions": {
		tag,
		summary: "Where the user is signed in",
		auth: "session",
		get responses() {
			return { 200: z.object({ sessions: z.array(getSessionSchema()) }) };
		},
	},
	"DELETE /api/sessions": {
		tag,
		summary: "End all sessions but this one",
		auth: "session",
		get responses() {
			return { 200: getOkSchema() };
		},
	},
	"DELETE /api/sessions/:id": {
		tag,
		summary: "End a session",
		auth: "session",
		get params() {
			return z.object({ id: z.uuid() });
		},
		get responses() {
			return { 200: getOkSchema() };
		},
		errors: ["not_found"],
	},
} as const satisfies Endpoints);
