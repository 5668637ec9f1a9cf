import { type BetterAuthOptions, betterAuth } from "better-auth";
import { getMigrations } from "better-auth/db/migration";

interface Env {
	DB: D1Database;
	JWT_SECRET: string;
}

function optionsOf({ DB, JWT_SECRET }: Env, basePath: string): BetterAuthOptions {
	return {
		database: DB,
		secret: JWT_SECRET,
		baseURL: "http://127.0.0.1",
		basePath,
		trustedOrigins: ["*"],
		emailAndPassword: {
			enabled: true,
			// One that costs nothing, as the others have it for the case that asks for that.
			...(basePath === "/plain" && {
				password: {
					hash: async (password: string) => password,
					verify: async ({ hash, password }: { hash: string; password: string }) =>
						hash === password,
				},
			}),
		},
		telemetry: { enabled: false },
	};
}

const known = new Map<string, ReturnType<typeof betterAuth>>();

/** Accounts and sessions in one database of all users. */
export default {
	async fetch(request: Request, env: Env): Promise<Response> {
		const [, first = ""] = new URL(request.url).pathname.split("/");
		if (first === "migrate") {
			const { runMigrations } = await getMigrations(optionsOf(env, "/auth"));
			await runMigrations();
			return Response.json({ ok: true });
		}
		const auth = known.get(first) ?? betterAuth(optionsOf(env, `/${first}`));
		known.set(first, auth);
		return auth.handler(request);
	},
};
