import { SignJWT, UnsecuredJWT } from "jose";
import { describe, expect, it } from "vitest";
import {
	loadTokenKeys,
	refreshIds,
	signToken,
	type TokenClaims,
	type TokenKind,
	verifyToken,
} from "../src/auth/tokens.js";

const secret = "tokens-test-0123456789-abcdefghijkl";
const audience = "NOTES";
const claims = { sub: "a".repeat(64), email: "a@b.example", sid: "s1", jti: "j1" };
const failure = (promise: Promise<unknown>) =>
	promise.then(
		() => "accepted",
		(error) => error.code,
	);

async function sign(kind: TokenKind = "access", lifetime = 60) {
	const keys = await loadTokenKeys({ JWT_SECRET: secret });
	const sid = kind === "reset" ? "" : claims.sid;
	return signToken(keys, kind, { ...claims, sid }, { audience, lifetime });
}

async function verify(token: string, kind: TokenKind = "access", aud = audience) {
	return verifyToken(await loadTokenKeys({ JWT_SECRET: secret }), kind, token, aud);
}

/** A token made by hand with the right secret, to leave out or add what signToken never would. */
async function forge({
	header = {},
	payload = {},
	key = secret,
}: {
	header?: Record<string, unknown>;
	payload?: Record<string, unknown>;
	key?: string;
}) {
	const { signing } = await loadTokenKeys({ JWT_SECRET: secret });
	const now = Math.floor(Date.now() / 1000);
	const all = { iss: "userdo", aud: audience, iat: now, exp: now + 60, ...claims, ...payload };
	return new SignJWT(JSON.parse(JSON.stringify(all)))
		.setProtectedHeader({ alg: "HS256", typ: "at+jwt", kid: signing.id, ...header })
		.sign(new TextEncoder().encode(key));
}

describe("tokens", () => {
	it("say what they were signed with", async () => {
		const verified = await verify(await sign());
		expect(verified).toMatchObject(claims satisfies Partial<TokenClaims>);
		expect(verified.exp - verified.iat).toBe(60);
		expect(await verify(await forge({}))).toMatchObject(claims);
	});

	it.each<[TokenKind, TokenKind]>([
		["refresh", "access"],
		["reset", "access"],
		["access", "refresh"],
		["reset", "refresh"],
	])("J6-J8 a %s token is no %s token", async (made, wanted) => {
		expect(await failure(verify(await sign(made), wanted))).toBe("unauthorized");
	});

	it("J9 an access token is no reset token", async () => {
		expect(await failure(verify(await sign("access"), "reset"))).toBe("invalid_token");
	});

	it.each(["none", "None", "nOnE"])("J1 alg %s is refused", async (alg) => {
		const [, payload] = new UnsecuredJWT({ ...claims }).encode().split(".");
		const header = btoa(JSON.stringify({ alg, typ: "at+jwt" })).replace(/=+$/, "");
		expect(await failure(verify(`${header}.${payload}.`))).toBe("unauthorized");
	});

	it.each(["HS384", "HS512"])("J2 %s with the right secret is refused", async (alg) => {
		const key = secret.padEnd(64, "x");
		const keys = await loadTokenKeys({ JWT_SECRET: key });
		const token = await forge({ header: { alg, kid: keys.signing.id }, key });
		expect(await failure(verifyToken(keys, "access", token, audience))).toBe("unauthorized");
	});

	it.each(["jwk", "jku", "x5u"])("J4 a header with %s is refused", async (name) => {
		const token = await forge({ header: { [name]: "https://evil.example/keys" } });
		expect(await failure(verify(token))).toBe("unauthorized");
	});

	it("J4 an unknown critical header is refused", async () => {
		const [header = "", ...rest] = (await forge({})).split(".");
		const changed = { ...JSON.parse(atob(header)), crit: ["x"], x: 1 };
		const token = [btoa(JSON.stringify(changed)).replace(/=+$/, ""), ...rest].join(".");
		expect(await failure(verify(token))).toBe("unauthorized");
	});

	it.each([
		["expired", { exp: 1_700_000_000 }],
		["without exp", { exp: undefined }],
		["exp as text", { exp: "9999999999" }],
		["not valid yet", { nbf: 9_999_999_999 }],
		["from the year 2286", { iat: 9_999_999_999, exp: 9_999_999_999 }],
		["without iat", { iat: undefined }],
	])("J10 %s is refused", async (_name, payload) => {
		expect(await failure(verify(await forge({ payload })))).toBe("unauthorized");
	});

	it.each([
		["another issuer", { iss: "evil" }],
		["no issuer", { iss: undefined }],
		["another audience", { aud: "OTHER" }],
		["no audience", { aud: undefined }],
		["a list of audiences", { aud: [audience, "OTHER"] }],
		["a subject that is no object id", { sub: "../admin" }],
		["no session", { sid: undefined }],
		["an empty session", { sid: "" }],
		["an email that is no text", { email: { $gt: "" } }],
	])("J11 %s is refused", async (_name, payload) => {
		expect(await failure(verify(await forge({ payload })))).toBe("unauthorized");
	});

	it("J12 a token of another binding is refused", async () => {
		expect(await failure(verify(await sign(), "access", "SHOP_DO"))).toBe("unauthorized");
	});

	it("J13 another secret is refused, the previous one only verifies", async () => {
		const next = "the-next-secret-0123456789-abcdefgh";
		const token = await sign();
		const rotated = await loadTokenKeys({ JWT_SECRET: next, JWT_SECRET_PREVIOUS: secret });
		expect(await verifyToken(rotated, "access", token, audience)).toMatchObject(claims);
		const retired = await loadTokenKeys({ JWT_SECRET: next });
		expect(await failure(verifyToken(retired, "access", token, audience))).toBe("unauthorized");
		const fresh = await signToken(rotated, "access", claims, { audience, lifetime: 60 });
		expect(await verifyToken(retired, "access", fresh, audience)).toMatchObject(claims);
		const forged = await forge({ key: "a-secret-of-somebody-else-0123456789" });
		expect(await failure(verify(forged))).toBe("unauthorized");
	});

	it.each(["", "garbage", "a.b", "a.b.c", "..", "e30.e30.e30", "\0", "🦊.🦊.🦊"])(
		"%j is refused",
		async (token) => {
			expect(await failure(verify(token))).toBe("unauthorized");
		},
	);

	it.each([
		undefined,
		"",
		"hunter2",
		"your-jwt-secret-that-is-quite-long-indeed",
		"changeme-changeme-changeme-changeme",
		"x".repeat(40),
	])("J19 the secret %j is refused, and not repeated", async (bad) => {
		const error = await loadTokenKeys({ JWT_SECRET: bad }).catch((error) => error);
		expect(error).toMatchObject({ code: "misconfigured", issues: [{ path: "JWT_SECRET" }] });
		if (bad) expect(JSON.stringify(error)).not.toContain(bad);
	});

	it("refresh ids follow from the secret, the session and the generation", async () => {
		const keys = await loadTokenKeys({ JWT_SECRET: secret });
		expect(refreshIds(keys, "s", 1)).toEqual(refreshIds(keys, "s", 1));
		const other = await loadTokenKeys({ JWT_SECRET: `${secret}-other` });
		const ids = [
			refreshIds(keys, "s", 1),
			refreshIds(keys, "s", 2),
			refreshIds(keys, "t", 1),
			refreshIds(other, "s", 1),
		].flat();
		expect(new Set(ids).size).toBe(4);
	});
});
