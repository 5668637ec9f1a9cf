import { base64url } from "jose";
import { describe, expect, it } from "vitest";
import { pbkdf2, prehash } from "../src/auth/password.js";

const composed = "p\u00e4ssw\u00f6rd-1";

describe("passwords", () => {
	it("P2 verify in either Unicode spelling, and only the right one", async () => {
		const stored = await pbkdf2.hash(composed);
		expect(await pbkdf2.verify(composed.normalize("NFD"), stored)).toBe(true);
		expect(await pbkdf2.verify("passwort-1", stored)).toBe(false);
	});

	it("are stored as one string that names its parameters and holds no password", async () => {
		const stored = await pbkdf2.hash("correct horse");
		expect(stored).toMatch(/^\$userdo-pbkdf2\$v=1\$h=sha256,i=100000,n=6,kid=none\$/);
		expect(stored).not.toContain("correct horse");
		expect(await pbkdf2.hash("correct horse")).not.toBe(stored);
	});

	it("P3 a trailing NUL makes another password", async () => {
		const stored = await pbkdf2.hash("password");
		expect(await pbkdf2.verify("password\0", stored)).toBe(false);
		expect(await pbkdf2.verify(`password${"\0".repeat(3)}`, stored)).toBe(false);
	});

	it("P4 every character of a long password counts, and its digest is another password", async () => {
		const long = "x".repeat(100);
		const stored = await pbkdf2.hash(long);
		expect(await pbkdf2.verify(`${long.slice(0, 72)}y${long.slice(73)}`, stored)).toBe(false);
		const digest = new Uint8Array(
			await crypto.subtle.digest("SHA-256", new TextEncoder().encode(long)),
		);
		expect(await pbkdf2.verify(String.fromCharCode(...digest), stored)).toBe(false);
	});

	it.each([
		"",
		"plain text",
		"$userdo-pbkdf2$v=1$h=sha256,i=1000000000,n=6,kid=none$AAAAAAAAAAAAAAAAAAAAAA$A",
		`$userdo-pbkdf2$v=1$h=sha256,i=100001,n=6,kid=none$${"A".repeat(22)}$${"A".repeat(43)}`,
		`$userdo-pbkdf2$v=1$h=sha256,i=100000,n=99,kid=none$${"A".repeat(22)}$${"A".repeat(43)}`,
		`$userdo-pbkdf2$v=1$h=sha256,i=0,n=0,kid=none$${"A".repeat(22)}$${"A".repeat(43)}`,
	])("P8 a stored string that can't be one (%#) fails closed", async (stored) => {
		expect(await pbkdf2.verify("password", stored)).toBe(false);
		expect(pbkdf2.needsRehash(stored)).toBe(!stored.includes("i=100000,n=6"));
	});

	it("P8 old parameters verify and ask to be renewed", async () => {
		const stored = await pbkdf2.hash("password");
		expect(pbkdf2.needsRehash(stored)).toBe(false);
		expect(pbkdf2.needsRehash(stored.replace("n=6", "n=5"))).toBe(true);
		const key = await crypto.subtle.importKey("raw", await prehash(composed), "PBKDF2", false, [
			"deriveBits",
		]);
		const salt = new Uint8Array(16);
		const algorithm = { name: "PBKDF2", hash: "SHA-256", iterations: 1000 };
		const hash = await crypto.subtle.deriveBits(
			{ ...algorithm, salt: Uint8Array.of(...salt, 1) },
			key,
			256,
		);
		const text = `${base64url.encode(salt)}$${base64url.encode(new Uint8Array(hash))}`;
		const older = `$userdo-pbkdf2$v=1$h=sha256,i=1000,n=1,kid=none$${text}`;
		expect(await pbkdf2.verify(composed, older)).toBe(true);
		expect(await pbkdf2.verify("password", older)).toBe(false);
		expect(pbkdf2.needsRehash(older)).toBe(true);
	});

	it("P9 the tests refuse what production refuses", async () => {
		const key = await crypto.subtle.importKey("raw", new Uint8Array(8), "PBKDF2", false, [
			"deriveBits",
		]);
		const algorithm = { name: "PBKDF2", hash: "SHA-256", salt: new Uint8Array(8) };
		expect(() => crypto.subtle.deriveBits({ ...algorithm, iterations: 100_001 }, key, 256)).toThrow(
			/100000/,
		);
	});
});
