import { evictDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { scryptSync } from "node:crypto";
import { base64url } from "jose";
import { describe, expect, it } from "vitest";
import { prehash } from "../src/auth/password.js";
import { scrypt } from "../src/auth/scrypt.js";
import { chainHashers, objectName, pbkdf2 } from "../src/index.js";
import { inObject, newEmail, password, type Stub } from "./helpers.js";

const composed = "p\u00e4ssw\u00f6rd-1";

describe("scrypt", () => {
	it("stores one string that names its parameters and holds no password", async () => {
		const stored = await scrypt.hash("correct horse");
		expect(stored).toMatch(/^\$userdo-scrypt\$v=1\$ln=15,r=8,p=3,kid=none\$[\w-]{22}\$[\w-]{43}$/);
		expect(await scrypt.hash("correct horse")).not.toBe(stored);
		expect(await scrypt.verify("correct horse", stored)).toBe(true);
		expect(await scrypt.verify("correct horsf", stored)).toBe(false);
		expect(scrypt.needsRehash(stored)).toBe(false);
		expect(scrypt.needsRehash(stored.replace("ln=15", "ln=14"))).toBe(true);
	});

	it("P2 P3 P4 takes either Unicode spelling, and every character counts", async () => {
		const stored = await scrypt.hash(composed);
		expect(await scrypt.verify(composed.normalize("NFD"), stored)).toBe(true);
		expect(await scrypt.verify(`${composed}\0`, stored)).toBe(false);
		const long = "x".repeat(100);
		const storedLong = await scrypt.hash(long);
		expect(await scrypt.verify(`${long.slice(0, 72)}y${long.slice(73)}`, storedLong)).toBe(false);
	});

	const tail = `${"A".repeat(22)}$${"A".repeat(43)}`;
	it.each([
		"",
		"$userdo-scrypt$v=1$ln=15,r=8,p=3,kid=none$",
		`$userdo-scrypt$v=1$ln=15,r=8,p=5,kid=none$${tail}`,
		`$userdo-scrypt$v=1$ln=17,r=8,p=1,kid=none$${tail}`,
		`$userdo-scrypt$v=1$ln=20,r=1,p=1,kid=none$${tail}`,
		`$userdo-scrypt$v=1$ln=99,r=99,p=99,kid=none$${tail}`,
		`$userdo-scrypt$v=1$ln=0,r=8,p=1,kid=none$${tail}`,
		`$userdo-scrypt$v=1$ln=15,r=0,p=1,kid=none$${tail}`,
		`$userdo-scrypt$v=2$ln=15,r=8,p=3,kid=none$${tail}`,
	])("P8 a stored string that can't be one (%#) fails closed", async (stored) => {
		expect(await scrypt.verify("password", stored)).toBe(false);
		expect(scrypt.needsRehash(stored)).toBe(!stored.includes("v=1$ln=15,r=8,p=3"));
	});

	it("P8 verifies what was made with less", async () => {
		const salt = new Uint8Array(16);
		const hash = scryptSync(await prehash(composed), salt, 32, { N: 2 ** 14, r: 8, p: 1 });
		const text = `${base64url.encode(salt)}$${base64url.encode(new Uint8Array(hash))}`;
		const older = `$userdo-scrypt$v=1$ln=14,r=8,p=1,kid=none$${text}`;
		expect(await scrypt.verify(composed, older)).toBe(true);
		expect(await scrypt.verify("password", older)).toBe(false);
		expect(scrypt.needsRehash(older)).toBe(true);
	});
});

describe("another hasher", () => {
	it("verifies what the one before has stored, in both directions", async () => {
		const old = await pbkdf2.hash(composed);
		expect(await scrypt.verify(composed, old)).toBe(true);
		expect(await scrypt.verify("wrong password", old)).toBe(false);
		expect(scrypt.needsRehash(old)).toBe(true);

		const back = chainHashers(pbkdf2, scrypt);
		const stored = await scrypt.hash(composed);
		expect(await pbkdf2.verify(composed, stored)).toBe(false);
		expect(await back.verify(composed, stored)).toBe(true);
		expect(await back.verify("wrong password", stored)).toBe(false);
		expect(back.needsRehash(stored)).toBe(true);
		expect(await back.hash(composed)).toMatch(/^\$userdo-pbkdf2\$/);
	});

	it.each([
		["PLAIN", "SCRYPT", "$userdo-pbkdf2$", "$userdo-scrypt$"],
		["SCRYPT", "BACK", "$userdo-scrypt$", "$userdo-pbkdf2$"],
	] as const)("P8 stores anew at the next sign-in: %s to %s", async (first, second, from, to) => {
		const email = newEmail();
		const made = env[first].getByName(objectName(email)) as unknown as Stub;
		await made.signup({ email, password });
		const read = (stub: Stub) =>
			inObject(stub, (_object, { storage }) =>
				String(storage.sql.exec("SELECT password_hash FROM _userdo_account").one().password_hash),
			);
		const stored = await read(made);
		expect(stored.startsWith(from)).toBe(true);
		// The same account as after a deploy with another hasher.
		const stub = env[second].getByName(objectName(email)) as unknown as Stub;
		await stub.signup({ email, password: "not this one" });
		await inObject(stub, (_object, { storage }) => {
			storage.sql.exec("UPDATE _userdo_account SET password_hash = ?", stored);
		});
		await evictDurableObject(stub);
		const wrong = await stub.login({ email, password: "wrong password" }).catch(({ code }) => code);
		expect(wrong).toBe("invalid_credentials");
		expect(await read(stub)).toBe(stored);
		expect(await stub.login({ email, password })).toMatchObject({ user: { email } });
		expect((await read(stub)).startsWith(to)).toBe(true);
		expect(await stub.login({ email, password })).toMatchObject({ user: { email } });
	});
});
