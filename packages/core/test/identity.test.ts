import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, it } from "vitest";
import { audienceOf, checkTenant, objectName } from "../src/identity.js";

it("names an object by the SHA-256 of the normalised email", () => {
	const expected = createHash("sha256").update("jane@example.com").digest("hex");
	expect(objectName(" Jane@Example.com ")).toBe(expected);
});

it("gives any text a name of 64 hex digits", () => {
	fc.assert(
		fc.property(fc.string({ unit: "binary" }), (email) => {
			expect(objectName(email)).toMatch(/^[0-9a-f]{64}$/);
		}),
	);
});

const tenants = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,20}[A-Za-z0-9]$/);

it("names the objects of an email apart by tenant, and from the one without", () => {
	fc.assert(
		fc.property(tenants, tenants, fc.emailAddress(), (one, other, email) => {
			const names = [objectName(email), objectName(email, one), objectName(email, other)];
			expect(new Set(names).size).toBe(one === other ? 2 : 3);
			expect(objectName(` ${email.toUpperCase()}`, one)).toBe(objectName(email.toUpperCase(), one));
		}),
	);
});

it("takes no part of a tenant's name for the address", () => {
	// Put together they are the same letters.
	expect(objectName("b@c.example", "a")).not.toBe(objectName("@c.example", "ab"));
	expect(objectName("ab@c.example")).not.toBe(objectName("b@c.example", "a"));
	const bytes = [..."acme"].map((letter) => letter.charCodeAt(0));
	const expected = createHash("sha256")
		.update(Uint8Array.from([...bytes, 0xff]))
		.update("jane@example.com")
		.digest("hex");
	expect(objectName("Jane@Example.com", "acme")).toBe(expected);
});

it("makes one audience of each binding and tenant", () => {
	expect([audienceOf("APP"), audienceOf("APP", "acme")]).toEqual(["APP", "APP/acme"]);
	expect(() => audienceOf("APP", "a/b")).toThrow(/tenant takes names/);
});

it("takes names that can stand anywhere, and no others", () => {
	fc.assert(
		fc.property(tenants, (name) => {
			expect(checkTenant(name)).toBe(name);
		}),
	);
	fc.assert(
		fc.property(fc.string({ unit: "binary" }), (name) => {
			fc.pre(!/^[a-z0-9._-]+$/i.test(name));
			expect(() => checkTenant(name)).toThrow(/tenant takes names/);
		}),
	);
});
