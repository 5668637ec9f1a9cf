import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, it } from "vitest";
import { objectName } from "../src/identity.js";

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
