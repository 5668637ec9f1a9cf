import { DurableObject } from "cloudflare:workers";
import * as z from "zod";

const reserved = ["admin", "api", "app", "mail", "static", "www"];

/** A tenant as it is added. */
export const TenantSchema = z.strictObject({
	/** The first label of its host, and for ever what its users are found by. */
	slug: z
		.string()
		.regex(
			/^[a-z](?:[a-z0-9-]{0,30}[a-z0-9])?$/,
			"A slug has 1 to 32 small letters, digits and hyphens, begins with a letter and ends with no hyphen.",
		)
		.refine((slug) => !reserved.includes(slug), "This slug is reserved."),
	name: z.string().trim().min(1).max(60),
	color: z.string().regex(/^#[0-9a-f]{6}$/i, "A color is written as #b4452f."),
});

export type Tenant = z.infer<typeof TenantSchema>;

/**
 * The directory of tenants: one object for all. It answers what was written a moment ago from
 * everywhere, where Workers KV may take a minute to; `find-tenant.ts` remembers who it has found.
 */
export class Tenants extends DurableObject<Env> {
	constructor(ctx: DurableObjectState, env: Env) {
		super(ctx, env);
		ctx.storage.sql.exec(`CREATE TABLE IF NOT EXISTS tenants (
			slug TEXT PRIMARY KEY, name TEXT NOT NULL, color TEXT NOT NULL
		) STRICT, WITHOUT ROWID`);
	}

	/** False where the slug is taken. */
	add({ slug, name, color }: Tenant): boolean {
		const { rowsWritten } = this.ctx.storage.sql.exec(
			"INSERT INTO tenants VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
			...[slug, name, color],
		);
		return rowsWritten > 0;
	}

	find(slug: string): Tenant | undefined {
		const { sql } = this.ctx.storage;
		return sql.exec<Tenant>("SELECT * FROM tenants WHERE slug = ?", slug).toArray()[0];
	}

	list(): Tenant[] {
		return this.ctx.storage.sql.exec<Tenant>("SELECT * FROM tenants ORDER BY slug").toArray();
	}
}

/** The one object of that class. */
export const directory = (env: Env) => env.TENANTS.getByName("directory");
