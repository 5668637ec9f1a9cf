import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, concatBytes, utf8ToBytes } from "@noble/hashes/utils.js";
import { normalizeEmail } from "@userdo/contracts";
import { UserDOError } from "@userdo/contracts/errors";

/**
 * The name of the Durable Object of that email address: the lower-case hex SHA-256 of its
 * normalised spelling, so that no address stands in ids, logs or dashboards. (An unsalted hash of
 * an address can be guessed: it keeps addresses out of sight, it does not make them secret.)
 *
 * The same address under two tenants has two names, and neither is the one without a tenant.
 *
 * Synchronous, which WebCrypto's digest is not, and cheaper than it for input this short.
 *
 * @throws UserDOError `misconfigured` for a tenant whose name can't be one, see {@link checkTenant}
 */
export function objectName(email: string, tenant?: string): string {
	const address = utf8ToBytes(normalizeEmail(email));
	if (tenant === undefined) return bytesToHex(sha256(address));
	return bytesToHex(sha256(concatBytes(utf8ToBytes(checkTenant(tenant)), separator, address)));
}

/**
 * Occurs nowhere in UTF-8: so no two pairs of tenant and address are the same bytes, nor is any pair
 * an address alone.
 */
const separator = Uint8Array.of(0xff);

/** No slash, which ends the binding's name in an audience, and no colon, as in names of limiters. */
const tenantPattern = /^[a-z0-9](?:[a-z0-9._-]{0,126}[a-z0-9])?$/i;

/**
 * A tenant's name as it was given: 1 to 128 letters of ASCII, digits, dots, hyphens and underscores,
 * with a letter or digit at both ends. `Acme` and `acme` are two tenants.
 *
 * @throws UserDOError `misconfigured` for anything else; the name itself stands in no error
 */
export function checkTenant(name: unknown): string {
	if (typeof name === "string" && tenantPattern.test(name)) return name;
	const message =
		"tenant takes names of 1 to 128 letters (a to z), digits, dots, hyphens and underscores.";
	throw new UserDOError("misconfigured", { message, issues: [{ path: "tenant", message }] });
}

/** `aud` of the tokens of a binding, or of a tenant's users in it. */
export function audienceOf(binding: string, tenant?: string): string {
	return tenant === undefined ? binding : `${binding}/${checkTenant(tenant)}`;
}
