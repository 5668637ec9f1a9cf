import { UserDOError } from "@userdo/contracts/errors";

/** Whether a password is too well known to protect anything. */
export type PasswordCheck = (password: string) => boolean | Promise<boolean>;

/** What a new password has to be, beyond 8 to 256 characters. There are no rules of composition. */
export interface PasswordPolicy {
	/** Characters (code points); 8. NIST asks for 15 where the password is all that protects. */
	minLength?: number;
	/**
	 * Refuses what these know with `password_common`: `commonPasswords` of
	 * `@userdo/core/common-passwords`, `breachedPasswords()`, your own. With any of them also the
	 * user's own email, one character repeated, and runs on the keyboard or in the alphabet.
	 */
	rejectCommon?: PasswordCheck | readonly PasswordCheck[];
}

const runs = [
	"qwertyuiopasdfghjklzxcvbnm",
	"qwertzuiopasdfghjkl",
	"azertyuiopqsdfghjklm",
	"1234567890",
];

/**
 * @param path the field that the password came in
 * @throws UserDOError `invalid_input` for one that is too short, `password_common`
 */
export async function requireGoodPassword(
	password: string,
	{ minLength = 8, rejectCommon }: PasswordPolicy,
	{ email = "", path }: { email?: string | undefined; path: string },
): Promise<void> {
	if ([...password].length < minLength) {
		const message = `A password has at least ${minLength} characters.`;
		throw new UserDOError("invalid_input", { issues: [{ path, message }] });
	}
	if (rejectCommon === undefined) return;
	const checks = typeof rejectCommon === "function" ? [rejectCommon] : rejectCommon;
	const plain = password.normalize("NFKC").toLowerCase();
	let common = isEmail(plain, email) || isRepeated(plain) || isRun(plain);
	for (const check of checks) common ||= await check(password);
	if (!common) return;
	throw new UserDOError("password_common", {
		issues: [{ path, message: "This password is too easy to guess." }],
	});
}

/** The address, the part before the @, or that without its plus tag. */
function isEmail(plain: string, email: string): boolean {
	const local = email.slice(0, email.lastIndexOf("@"));
	return [email, local, local.replace(/\+.*/, "")].includes(plain.trim());
}

function isRepeated(plain: string): boolean {
	return new Set(plain).size === 1;
}

/** `abcdefgh`, `87654321`, `qwertyui`. */
function isRun(plain: string): boolean {
	const codes = [...plain].map((character) => character.codePointAt(0) ?? 0);
	for (const step of [1, -1]) {
		if (codes.every((code, at) => at === 0 || code === (codes[at - 1] ?? 0) + step)) return true;
	}
	const reversed = [...plain].reverse().join("");
	return runs.some((run) => run.includes(plain) || run.includes(reversed));
}
