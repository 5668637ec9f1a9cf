import * as z from "zod";
import type { Endpoints } from "../endpoint.js";
import { NewPasswordSchema, OkSchema, PasswordSchema } from "../schemas.js";

const tag = "Account";

/** What the signed-in user may do with the account as a whole: see `accountRoutes`. */
export const accountEndpoints = {
	"DELETE /api/me": {
		tag,
		summary: "Delete the account and all of its data",
		auth: "session",
		body: z.object({ password: PasswordSchema }),
		responses: { 200: OkSchema },
		errors: ["wrong_password", "rate_limited"],
	},
	"POST /api/password/change": {
		tag,
		summary: "Change the password",
		description: "Ends all sessions; the one that asks goes on under new tokens.",
		auth: "session",
		body: z.object({ oldPassword: PasswordSchema, newPassword: NewPasswordSchema }),
		responses: {
			200: OkSchema.extend({
				/** Only where the request came with `Authorization`, and no cookies can hold them. */
				token: z.string().optional(),
				refreshToken: z.string().optional(),
			}),
		},
		errors: ["wrong_password", "password_common", "rate_limited"],
	},
	"GET /api/export": {
		tag,
		summary: "All tables and keys as JSON Lines",
		auth: "session",
		responses: { 200: { contentType: "application/jsonl" } },
	},
} as const satisfies Endpoints;
