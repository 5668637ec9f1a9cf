import {
	createUserDOWorker,
	createWebSocketHandler,
	isUserDOError,
	onError,
	type Tenant as TenantOption,
	UserDOError,
} from "userdo";
import { admin } from "./admin.js";
import { findTenant } from "./find-tenant.js";
import { collections } from "./notes-do.js";
import { brandPage, iconOf, themeOf } from "./page.js";

export { NotesDO } from "./notes-do.js";
export { Tenants } from "./tenants.js";

type AppEnv = { Bindings: Env };

/** Whose users a request is about; undefined for a host that is no tenant's, which gets a 404. */
const tenant: TenantOption<AppEnv> = async (c) => (await findTenant(c.req.url, c.env))?.slug;

const app = createUserDOWorker<AppEnv>("NOTES_DO", { tenant, collections });
const wsHandler = createWebSocketHandler<AppEnv>("NOTES_DO", { tenant });

app.get("/", async (c) => brandPage(await c.env.ASSETS.fetch(c.req.raw), await requireTenant(c)));

app.get("/theme.css", async (c) => {
	const css = themeOf(await requireTenant(c));
	return c.body(css, 200, {
		"content-type": "text/css; charset=utf-8",
		"cache-control": "no-cache",
	});
});

app.get("/icon.svg", async (c) => {
	const svg = iconOf(await requireTenant(c));
	return c.body(svg, 200, { "content-type": "image/svg+xml", "cache-control": "no-cache" });
});

app.onError(async (error, c) => {
	const isUnknown = isUserDOError(error, "not_found") && c.get("tenant") === undefined;
	if (!isUnknown || !c.req.header("accept")?.includes("text/html")) return onError(error, c);
	const page = await c.env.ASSETS.fetch(new URL("/unknown", c.req.url));
	return new Response(page.body, { status: 404, headers: page.headers });
});

async function requireTenant(c: { req: { url: string }; env: Env }) {
	const found = await findTenant(c.req.url, c.env);
	if (found === undefined) throw new UserDOError("not_found");
	return found;
}

export default {
	async fetch(request: Request, env: Env, ctx: ExecutionContext): Promise<Response> {
		if (new URL(request.url).hostname === env.DOMAIN) return admin.fetch(request, env, ctx);
		if (request.headers.get("upgrade") === "websocket") {
			return wsHandler.fetch(request, env, ctx);
		}
		return app.fetch(request, env, ctx);
	},
};
