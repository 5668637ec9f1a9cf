import { base64url } from "jose";

/** Turns passwords into what may be stored. Bring your own through `static options`. */
export interface PasswordHasher {
	/** One self-describing string: algorithm, parameters, salt and hash. */
	hash(password: string): Promise<string>;
	/** False as well for a string that this hasher can't read: it never throws for one. */
	verify(password: string, stored: string): Promise<boolean>;
	/** Whether the string was made with other parameters than `hash` would use now. */
	needsRehash(stored: string): boolean;
}

/**
 * Production refuses more than 100,000 iterations in one call (cloudflare/workerd#1346) while OWASP
 * asks for 600,000, so six rounds follow each other, each keyed with the result of the one before.
 * That is the same sequential work, though not PBKDF2 with c = 600,000: outputs don't interoperate.
 */
const iterations = 100_000;
const rounds = 6;
const saltBytes = 16;
const hashBytes = 32;
const parameters = `h=sha256,i=${iterations},n=${rounds},kid=none`;

/** PBKDF2-HMAC-SHA-256 through WebCrypto, over an HMAC of the NFKC spelling. */
export const pbkdf2: PasswordHasher = {
	async hash(password) {
		const salt = crypto.getRandomValues(new Uint8Array(saltBytes));
		const hash = await derive(password, salt, iterations, rounds);
		return `$userdo-pbkdf2$v=1$${parameters}$${base64url.encode(salt)}$${base64url.encode(hash)}`;
	},
	async verify(password, stored) {
		const parsed = parse(stored);
		if (parsed === undefined) return false;
		const hash = await derive(password, parsed.salt, parsed.iterations, parsed.rounds);
		return crypto.subtle.timingSafeEqual(hash, parsed.hash);
	},
	needsRehash: (stored) => !stored.startsWith(`$userdo-pbkdf2$v=1$${parameters}$`),
};

/**
 * The first makes new hashes, the others only verify theirs: whoever signs in with such a one gets a
 * new one. So the way in which passwords are stored can change, in either direction.
 *
 * @example
 * static override options = { passwordHasher: chainHashers(pbkdf2, scrypt) };
 */
export function chainHashers(
	hasher: PasswordHasher,
	...former: readonly PasswordHasher[]
): PasswordHasher {
	return {
		hash: (password) => hasher.hash(password),
		async verify(password, stored) {
			// Those that can't read the string say so without any work.
			for (const candidate of [hasher, ...former]) {
				if (await candidate.verify(password, stored)) return true;
			}
			return false;
		},
		needsRehash: (stored) => hasher.needsRehash(stored),
	};
}

/**
 * Makes long passwords cost what short ones do, and ends two equivalences of HMAC keys: a key is
 * padded with NULs up to 64 bytes, and hashed first when it is longer.
 */
export async function prehash(password: string): Promise<Uint8Array<ArrayBuffer>> {
	const text = new TextEncoder();
	const label = await crypto.subtle.importKey(
		"raw",
		text.encode("userdo:password"),
		{ name: "HMAC", hash: "SHA-256" },
		false,
		["sign"],
	);
	return new Uint8Array(
		await crypto.subtle.sign("HMAC", label, text.encode(password.normalize("NFKC"))),
	);
}

async function derive(
	password: string,
	salt: Uint8Array,
	iterations: number,
	rounds: number,
): Promise<Uint8Array<ArrayBuffer>> {
	let key = await prehash(password);
	for (let round = 1; round <= rounds; round += 1) {
		const base = await crypto.subtle.importKey("raw", key, "PBKDF2", false, ["deriveBits"]);
		const algorithm = {
			name: "PBKDF2",
			hash: "SHA-256",
			iterations,
			salt: Uint8Array.of(...salt, round),
		};
		key = new Uint8Array(await crypto.subtle.deriveBits(algorithm, base, hashBytes * 8));
	}
	return key;
}

const format =
	/^\$userdo-pbkdf2\$v=1\$h=sha256,i=(\d{1,6}),n=(\d{1,2}),kid=none\$([\w-]{22})\$([\w-]{43})$/;

/** Bounds what a tampered string could make us compute. */
function parse(stored: string) {
	const [, i, n, salt, hash] = format.exec(stored) ?? [];
	const parsed = { iterations: Number(i), rounds: Number(n) };
	if (salt === undefined || hash === undefined) return undefined;
	if (parsed.iterations < 1 || parsed.iterations > 100_000) return undefined;
	if (parsed.rounds < 1 || parsed.rounds > 20) return undefined;
	return { ...parsed, salt: base64url.decode(salt), hash: base64url.decode(hash) };
}
