import { Hono } from "hono";
import { limits, notFound, onError, UserDOError, validate } from "userdo";
import { directory, TenantSchema } from "./tenants.js";

/** What is at the domain itself, which is nobody's: a page, and the way to add tenants. */
export const admin = new Hono<{ Bindings: Env }>().onError(onError).notFound(notFound);

admin.get("/", (c) => c.env.ASSETS.fetch(new URL("/home", c.req.url)));

admin.use("/admin/*", limits({ maxBytes: 16 * 1024 }), async (c, next) => {
	const [, given = ""] = /^Bearer (.+)$/.exec(c.req.header("authorization") ?? "") ?? [];
	if (!(await isSecret(given, readSecret(c.env)))) throw new UserDOError("unauthorized");
	await next();
});

admin.get("/admin/tenants", async (c) => c.json({ items: await directory(c.env).list() }));

admin.post("/admin/tenants", async (c) => {
	const tenant = validate(TenantSchema, await c.req.json());
	if (!(await directory(c.env).add(tenant))) {
		throw new UserDOError("conflict", {
			message: "There is a tenant of this slug already.",
			issues: [{ path: "slug", message: "This slug is taken." }],
		});
	}
	const url = new URL("/", c.req.url);
	url.hostname = `${tenant.slug}.${c.env.DOMAIN}`;
	return c.json({ tenant, url: url.href }, 201);
});

function readSecret({ ADMIN_SECRET }: Env): string {
	if (ADMIN_SECRET?.length >= 32) return ADMIN_SECRET;
	const message = "ADMIN_SECRET is not set, or shorter than 32 characters.";
	throw new UserDOError("misconfigured", { issues: [{ path: "ADMIN_SECRET", message }] });
}

/** Takes as long for a near miss as for a wild guess: hashes are of one length, and compared whole. */
async function isSecret(given: string, secret: string): Promise<boolean> {
	const hash = (text: string) => crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
	const [one, other] = await Promise.all([hash(given), hash(secret)]);
	return crypto.subtle.timingSafeEqual(one, other);
}
