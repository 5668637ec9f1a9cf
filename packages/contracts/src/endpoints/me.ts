import * as z from "zod";
import type { Endpoints } from "../endpoint.js";
import { UserSchema } from "../schemas.js";

/** Who is signed in: see `meRoutes`. */
export const meEndpoints = {
	"GET /api/me": {
		tag: "Account",
		summary: "Who is signed in",
		auth: "session",
		responses: { 200: z.object({ user: UserSchema }) },
	},
} as const satisfies Endpoints;
