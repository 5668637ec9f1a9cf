import * as z from "zod";
import type { Endpoints } from "../endpoint.js";
import { buildOnce } from "../once.js";
import { getUserSchema } from "../schemas.js";

/** Who is signed in: see `meRoutes`. */
export const meEndpoints = /* @__PURE__ */ buildOnce({
	"GET /api/me": {
		tag: "Account",
		summary: "Who is signed in",
		auth: "session",
		get responses() {
			return { 200: z.object({ user: getUserSchema() }) };
		},
	},
} as const satisfies Endpoints);
