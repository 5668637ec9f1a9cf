import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import { normalizeEmail } from "@userdo/contracts";

/**
 * The name of the Durable Object of that email address: the lower-case hex SHA-256 of its
 * normalised spelling, so that no address stands in ids, logs or dashboards. (An unsalted hash of
 * an address can be guessed: it keeps addresses out of sight, it does not make them secret.)
 *
 * Synchronous, which WebCrypto's digest is not, and cheaper than it for input this short.
 */
export function objectName(email: string): string {
	return bytesToHex(sha256(utf8ToBytes(normalizeEmail(email))));
}
