/// <reference path="./node-crypto.d.ts" />
import { scrypt as nodeScrypt } from "node:crypto";
import { base64url } from "jose";
import { chainHashers, type PasswordHasher, pbkdf2, prehash } from "./password.js";

/**
 * What OWASP and ASVS ask for (2^15, 8, 3), in 32 MiB. The runtime refuses N*r*p above 2^20, and
 * several objects may share the 128 MiB of an isolate.
 */
const logN = 15;
const r = 8;
const p = 3;
const saltBytes = 16;
const hashBytes = 32;
const parameters = `ln=${logN},r=${r},p=${p},kid=none`;
const maxWork = 2 ** 20;
const maxMemory = 64 * 1024 * 1024;

interface Cost {
	logN: number;
	r: number;
	p: number;
}

const plain: PasswordHasher = {
	async hash(password) {
		const salt = crypto.getRandomValues(new Uint8Array(saltBytes));
		const hash = await derive(password, salt, { logN, r, p });
		return `$userdo-scrypt$v=1$${parameters}$${base64url.encode(salt)}$${base64url.encode(hash)}`;
	},
	async verify(password, stored) {
		const parsed = parse(stored);
		if (parsed === undefined) return false;
		const hash = await derive(password, parsed.salt, parsed);
		return crypto.subtle.timingSafeEqual(hash, parsed.hash);
	},
	needsRehash: (stored) => !stored.startsWith(`$userdo-scrypt$v=1$${parameters}$`),
};

/**
 * scrypt by `node:crypto`, which is hard on memory too: for Workers with the compatibility flag
 * `nodejs_compat` on a paid plan (some 200 ms of CPU). Passwords that were stored by
 * {@link pbkdf2} still sign in and are then stored anew. Back again it is
 * `chainHashers(pbkdf2, scrypt)`.
 *
 * @example
 * import { scrypt } from "@userdo/core/scrypt";
 * static override options = { passwordHasher: scrypt };
 */
export const scrypt: PasswordHasher = chainHashers(plain, pbkdf2);

async function derive(password: string, salt: Uint8Array, { logN, r, p }: Cost) {
	const key = await prehash(password);
	const options = { N: 2 ** logN, r, p, maxmem: maxMemory * 2 };
	return new Promise<Uint8Array<ArrayBuffer>>((resolve, reject) => {
		nodeScrypt(key, salt, hashBytes, options, (error, derived) => {
			if (error) reject(error);
			else resolve(new Uint8Array(derived));
		});
	});
}

const format =
	/^\$userdo-scrypt\$v=1\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2}),kid=none\$([\w-]{22})\$([\w-]{43})$/;

/** Bounds what a tampered string could make us compute. */
function parse(stored: string) {
	const [, ln, blockSize, parallel, salt, hash] = format.exec(stored) ?? [];
	if (salt === undefined || hash === undefined) return undefined;
	const cost: Cost = { logN: Number(ln), r: Number(blockSize), p: Number(parallel) };
	if (cost.logN < 1 || cost.logN > 20 || cost.r < 1 || cost.p < 1) return undefined;
	const work = 2 ** cost.logN * cost.r;
	if (work * cost.p > maxWork || work * 128 > maxMemory) return undefined;
	return { ...cost, salt: base64url.decode(salt), hash: base64url.decode(hash) };
}
