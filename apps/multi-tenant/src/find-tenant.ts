import { directory, type Tenant, TenantSchema } from "./tenants.js";

/** Tenants are never changed or removed, so whom this isolate has found stays found. */
const known = new Map<string, Tenant>();
const maxKnown = 1000;

/**
 * The tenant of the host in that address, where there is one. Anybody can send any host: what can be
 * no tenant's goes no further than this, and what the directory does not have is not remembered, so
 * that a tenant works as soon as it is added.
 */
export async function findTenant(url: string, env: Env): Promise<Tenant | undefined> {
	const { hostname } = new URL(url);
	const end = `.${env.DOMAIN}`;
	const { data: slug } = TenantSchema.shape.slug.safeParse(hostname.slice(0, -end.length));
	if (!hostname.endsWith(end) || slug === undefined) return undefined;
	const tenant = known.get(slug) ?? (await directory(env).find(slug));
	if (tenant === undefined) return undefined;
	if (known.size >= maxKnown) known.clear();
	known.set(slug, tenant);
	return tenant;
}
