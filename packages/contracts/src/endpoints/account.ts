import * as z from "zod";
import type { Endpoints } from "../endpoint.js";
import { buildOnce } from "../once.js";
import { getNewPasswordSchema, getOkSchema, getPasswordSchema } from "../schemas.js";

const tag = "Account";

/** What the signed-in user may do with the account as a whole: see `accountRoutes`. */
export const accountEndpoints = /* @__PURE__ */ buildOnce({
	"DELETE /api/me": {
		tag,
		summary: "Delete the account and all of its data",
		auth: "session",
		get body() {
			return z.object({ password: getPasswordSchema() });
		},
		get responses() {
			return { 200: getOkSchema() };
		},
		errors: ["wrong_password", "rate_limited"],
	},
	"POST /api/password/change": {
		tag,
		summary: "Change the password",
		description: "Ends all sessions; the one that asks goes on under new tokens.",
		auth: "session",
		get body() {
			return z.object({ oldPassword: getPasswordSchema(), newPassword: getNewPasswordSchema() });
		},
		get responses() {
			return {
				200: getOkSchema().extend({
					/** Only where the request came with `Authorization`, and no cookies can hold them. */
					token: z.string().optional(),
					refreshToken: z.string().optional(),
				}),
			};
		},
		errors: ["wrong_password", "password_common", "rate_limited"],
	},
	"GET /api/export": {
		tag,
		summary: "All tables and keys as JSON Lines",
		auth: "session",
		responses: { 200: { contentType: "application/jsonl" } },
	},
} as const satisfies Endpoints);
