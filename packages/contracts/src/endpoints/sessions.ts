import * as z from "zod";
import type { Endpoints } from "../endpoint.js";
import { OkSchema, SessionSchema } from "../schemas.js";

const tag = "Account";

/** Where the user is signed in: see `sessionRoutes`. */
export const sessionEndpoints = {
	"GET /api/sessions": {
		tag,
		summary: "Where the user is signed in",
		auth: "session",
		responses: { 200: z.object({ sessions: z.array(SessionSchema) }) },
	},
	"DELETE /api/sessions": {
		tag,
		summary: "End all sessions but this one",
		auth: "session",
		responses: { 200: OkSchema },
	},
	"DELETE /api/sessions/:id": {
		tag,
		summary: "End a session",
		auth: "session",
		params: z.object({ id: z.uuid() }),
		responses: { 200: OkSchema },
		errors: ["not_found"],
	},
} as const satisfies Endpoints;
