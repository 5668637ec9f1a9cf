import { bytesToHex } from "@noble/hashes/utils.js";
import type { PasswordCheck } from "./password-policy.js";

export interface BreachedPasswordsOptions {
	/** Milliseconds that the service has to answer; 2000. */
	timeout?: number;
	/** The service's address; `https://api.pwnedpasswords.com/range/`. */
	url?: string;
}

/**
 * Asks Have I Been Pwned whether a password is in a known breach. Only the first five hex digits of
 * its SHA-1 leave the object (k-anonymity). Where no answer comes in time the password passes: signing up
 * must not depend on somebody else's server.
 *
 * @example
 * static override options = {
 *   passwordPolicy: { rejectCommon: [commonPasswords, breachedPasswords()] },
 * };
 */
export function breachedPasswords({
	timeout = 2000,
	url = "https://api.pwnedpasswords.com/range/",
}: BreachedPasswordsOptions = {}): PasswordCheck {
	return async (password) => {
		const bytes = new TextEncoder().encode(password);
		const digest = new Uint8Array(await crypto.subtle.digest("SHA-1", bytes));
		const hex = bytesToHex(digest).toUpperCase();
		try {
			const response = await fetch(url + hex.slice(0, 5), {
				// Makes all answers about as long, so that an onlooker learns nothing from it.
				headers: { "add-padding": "true" },
				signal: AbortSignal.timeout(timeout),
			});
			return response.ok && isListed(await response.text(), hex.slice(5));
		} catch {
			return false;
		}
	};
}

/** Lines of `<suffix>:<count>`; padding has the count 0. */
function isListed(lines: string, suffix: string): boolean {
	const line = lines.split(/\r?\n/).find((line) => line.startsWith(`${suffix}:`));
	return line !== undefined && Number(line.slice(suffix.length + 1)) > 0;
}
