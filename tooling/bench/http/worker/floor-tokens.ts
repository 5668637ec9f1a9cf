import { jwtVerify, SignJWT } from "jose";

export interface Claims {
	sub: string;
	email: string;
	sid: string;
}

const lifetimes = { "at+jwt": 24 * 60 * 60, "rt+jwt": 7 * 24 * 60 * 60 };
type Kind = keyof typeof lifetimes;

const cookieNames: Record<Kind, string> = {
	"at+jwt": "__Host-userdo_at",
	"rt+jwt": "__Host-userdo_rt",
};

const keys = new Map<string, Promise<CryptoKey>>();

function toKey(secret: string): Promise<CryptoKey> {
	const known = keys.get(secret);
	if (known !== undefined) return known;
	const bytes = new TextEncoder().encode(secret);
	const algorithm = { name: "HMAC", hash: "SHA-256" };
	const key = crypto.subtle.importKey("raw", bytes, algorithm, false, ["sign", "verify"]);
	keys.set(secret, key);
	return key;
}

/** What the access token in the cookies says; undefined where it is not ours. */
export async function verifyCookie(request: Request, secret: string): Promise<Claims | undefined> {
	const cookies = request.headers.get("cookie") ?? "";
	const [, token] = /(?:^|; )__Host-userdo_at=([^;]+)/.exec(cookies) ?? [];
	if (token === undefined) return undefined;
	try {
		const { payload } = await jwtVerify<Claims>(token, await toKey(secret), {
			algorithms: ["HS256"],
			typ: "at+jwt",
			issuer: "userdo",
			audience: "USERDO",
			requiredClaims: ["iat", "exp"],
		});
		return payload;
	} catch {
		return undefined;
	}
}

/** Both tokens as cookies. */
export async function signCookies(claims: Claims, secret: string): Promise<string[]> {
	const key = await toKey(secret);
	const now = Math.floor(Date.now() / 1000);
	return Promise.all(
		Object.entries(lifetimes).map(async ([typ, lifetime]) => {
			const token = await new SignJWT({ ...claims, jti: crypto.randomUUID() })
				.setProtectedHeader({ alg: "HS256", typ, kid: "floor" })
				.setIssuer("userdo")
				.setAudience("USERDO")
				.setIssuedAt(now)
				.setExpirationTime(now + lifetime)
				.sign(key);
			const name = cookieNames[typ as Kind];
			return `${name}=${token}; Max-Age=${lifetime}; Path=/; HttpOnly; Secure; SameSite=Lax`;
		}),
	);
}
