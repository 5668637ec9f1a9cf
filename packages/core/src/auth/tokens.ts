import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import { UserDOError } from "@userdo/contracts/errors";
import { type JWTPayload, jwtVerify, SignJWT } from "jose";

/**
 * `access` opens routes, `refresh` gets the next pair, `reset` sets a new password once, `verify`
 * confirms an address once.
 */
export type TokenKind = "access" | "refresh" | "reset" | "verify";

/** The `typ` header keeps one kind from passing as another (RFC 8725 section 3.11). */
const types = { access: "at+jwt", refresh: "rt+jwt", reset: "pr+jwt", verify: "ev+jwt" } as const;
const issuer = "userdo";

/** HS256 takes a key of at least the hash's own size (RFC 7518 section 3.2). */
const minSecretBytes = 32;
const placeholder = /your[-_ ]?(jwt|super|secret)|(change|replace)[-_ ]?(me|this)|placeholder/i;

/** What every token says. */
export interface TokenClaims {
	/** The id of the user's Durable Object: 64 hex digits. */
	sub: string;
	email: string;
	/** The session; empty in a mailed token, which belongs to none. */
	sid: string;
	/** Differs in each token (of a refresh token: in each generation). */
	jti: string;
	/** Seconds since 1970. */
	iat: number;
	exp: number;
}

/** The secrets that sign and verify, imported once. */
export interface TokenKeys {
	/** The newest secret signs; all of them verify. */
	readonly signing: TokenKey;
	readonly all: readonly TokenKey[];
}

interface TokenKey {
	readonly id: string;
	readonly key: CryptoKey;
	readonly secret: Uint8Array;
}

export interface TokenSecrets {
	JWT_SECRET?: string | undefined;
	JWT_SECRET_PREVIOUS?: string | undefined;
}

/** An import per isolate and secret, not per request: it costs more than a verification. */
const imported = new Map<string, Promise<TokenKey>>();

/**
 * The keys of this environment. `JWT_SECRET` signs and verifies; `JWT_SECRET_PREVIOUS` only
 * verifies, for as long as tokens of the old secret live.
 *
 * @throws UserDOError `misconfigured` for a secret that is missing, under 32 bytes or a placeholder
 */
export async function loadTokenKeys(secrets: TokenSecrets): Promise<TokenKeys> {
	const signing = await loadKey("JWT_SECRET", secrets.JWT_SECRET);
	if (!secrets.JWT_SECRET_PREVIOUS) return { signing, all: [signing] };
	const previous = await loadKey("JWT_SECRET_PREVIOUS", secrets.JWT_SECRET_PREVIOUS);
	return { signing, all: [signing, previous] };
}

function loadKey(name: string, secret: string | undefined): Promise<TokenKey> {
	const known = secret && imported.get(secret);
	if (known) return known;
	const key = importSecret(checkSecret(name, secret));
	if (imported.size > 16) imported.clear();
	imported.set(secret as string, key);
	return key;
}

function checkSecret(name: string, secret: string | undefined): Uint8Array<ArrayBuffer> {
	const bytes = new Uint8Array(new TextEncoder().encode(secret ?? ""));
	const fault = findFault(bytes, secret ?? "");
	if (fault === undefined) return bytes;
	throw new UserDOError("misconfigured", {
		issues: [{ path: name, message: `${name} ${fault}.` }],
	});
}

function findFault(bytes: Uint8Array, text: string): string | undefined {
	if (bytes.length === 0) return "is not set";
	if (bytes.length < minSecretBytes) return `is shorter than ${minSecretBytes} bytes`;
	return placeholder.test(text) || new Set(bytes).size < 8 ? "is a placeholder" : undefined;
}

async function importSecret(secret: Uint8Array<ArrayBuffer>): Promise<TokenKey> {
	const algorithm = { name: "HMAC", hash: "SHA-256" };
	const key = await crypto.subtle.importKey("raw", secret, algorithm, false, ["sign", "verify"]);
	return { id: macHex(secret, "userdo:kid").slice(0, 16), key, secret };
}

/** A JWT's signing input has no colon, so no message of ours can pass as one. */
function macHex(secret: Uint8Array, message: string): string {
	return bytesToHex(hmac(sha256, secret, utf8ToBytes(message)));
}

export interface SignOptions {
	/** The binding's name: a token of one project is nothing to another under the same secret. */
	audience: string;
	/** Seconds. */
	lifetime: number;
}

/** Signs a token of that kind, valid from now on. */
export function signToken(
	keys: TokenKeys,
	kind: TokenKind,
	claims: Omit<TokenClaims, "iat" | "exp">,
	{ audience, lifetime }: SignOptions,
): Promise<string> {
	const now = Math.floor(Date.now() / 1000);
	return new SignJWT({ ...claims })
		.setProtectedHeader({ alg: "HS256", typ: types[kind], kid: keys.signing.id })
		.setIssuer(issuer)
		.setAudience(audience)
		.setIssuedAt(now)
		.setExpirationTime(now + lifetime)
		.sign(keys.signing.key);
}

/** The error that tells a bad token of that kind. */
export function refusedToken(kind: TokenKind): UserDOError {
	return new UserDOError(isMailed(kind) ? "invalid_token" : "unauthorized");
}

/** Whether tokens of that kind travel in links. */
function isMailed(kind: TokenKind): boolean {
	return kind === "reset" || kind === "verify";
}

/**
 * What a token says, once its signature, kind, issuer, audience and time are checked (RFC 8725).
 * Whether its session still lives only the user's object knows.
 *
 * @throws UserDOError `unauthorized`; `invalid_token` for the kinds `reset` and `verify`
 */
export async function verifyToken(
	keys: TokenKeys,
	kind: TokenKind,
	token: string,
	audience: string,
): Promise<TokenClaims> {
	const verified = await jwtVerify(
		token,
		({ kid }) => {
			const found = keys.all.find(({ id }) => id === kid);
			if (found === undefined) throw refusedToken(kind);
			return found.key;
		},
		{ algorithms: ["HS256"], typ: types[kind], issuer, audience, requiredClaims: ["iat", "exp"] },
	).catch(() => {
		throw refusedToken(kind);
	});
	// jose ignores header parameters that it does not know; nothing of ours has any (jwk, jku, x5u).
	const plain = Object.keys(verified.protectedHeader).every((name) =>
		["alg", "typ", "kid"].includes(name),
	);
	if (!plain || !isClaims(verified.payload, kind)) throw refusedToken(kind);
	const { sub, email, sid, jti, iat, exp } = verified.payload;
	return { sub, email, sid, jti, iat, exp };
}

/** Seconds that the clock of the signer may be ahead. */
const clockTolerance = 5;

function isClaims(payload: JWTPayload, kind: TokenKind): payload is TokenClaims & JWTPayload {
	const { aud, sub, email, sid, jti, iat = Number.POSITIVE_INFINITY } = payload;
	return (
		typeof aud === "string" &&
		typeof sub === "string" &&
		/^[0-9a-f]{64}$/.test(sub) &&
		typeof email === "string" &&
		typeof sid === "string" &&
		isMailed(kind) === (sid === "") &&
		typeof jti === "string" &&
		jti !== "" &&
		iat <= Date.now() / 1000 + clockTolerance
	);
}

/**
 * The `jti` of that generation of a session's refresh token, under each secret, the newest first.
 * It follows from the secret alone, so that parallel refreshes of one token get the same successor.
 */
export function refreshIds(keys: TokenKeys, sid: string, generation: number): string[] {
	return keys.all.map(({ secret }) => macHex(secret, `userdo:refresh:${sid}:${generation}`));
}

/** What of a token's `jti` may be stored. */
export function hashTokenId(jti: string): string {
	return bytesToHex(sha256(utf8ToBytes(jti)));
}
