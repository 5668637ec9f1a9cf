import { UserDOError } from "@userdo/contracts/errors";
import { checkTenant } from "@userdo/core/identity";
import type { Context, Env } from "hono";
import type { UserDOEnv } from "./context.js";
import { runOwn } from "./errors.js";

/**
 * Whose users a Worker serves: a name, or a function that finds it by the request, such as by its
 * host in a directory of yours. Where that gives `undefined` or `null`, there is no such tenant: the
 * request is answered with 404 before any object is touched.
 *
 * A name has 1 to 128 letters of ASCII, digits, dots, hyphens and underscores, with a letter or digit
 * at both ends; `Acme` and `acme` are two tenants. A request can name any host: only give names of
 * tenants that you know.
 */
export type Tenant<E extends Env = UserDOEnv> =
	| string
	| ((c: Context<UserDOEnv & E>) => MaybeName | Promise<MaybeName>);

type MaybeName = string | null | undefined;

export interface TenantOptions<E extends Env = UserDOEnv> {
	/**
	 * Keeps the users of several tenants apart, in one class and one binding: the same email is a user
	 * of its own with each, and a token or cookie of one is refused by the others.
	 */
	tenant?: Tenant<E>;
}

/** @throws UserDOError `misconfigured` for an option that is no name and no function */
export function checkTenantOption<E extends Env>(tenant: Tenant<E> | undefined): void {
	if (tenant !== undefined && typeof tenant !== "function") checkTenant(tenant);
}

/** @throws UserDOError `not_found` for an unknown tenant, `misconfigured` for a bad name */
export async function findTenant<E extends Env>(
	c: Context<UserDOEnv & E>,
	tenant: Tenant<E> | undefined,
): Promise<string | undefined> {
	if (typeof tenant !== "function") return tenant;
	const name = await runOwn(() => tenant(c));
	if (name === undefined || name === null) throw new UserDOError("not_found");
	return checkTenant(name);
}
