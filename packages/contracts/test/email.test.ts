import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { EmailSchema, normalizeEmail } from "../src/index.js";

const text = fc.string({ unit: "binary" });

describe("normalizeEmail", () => {
	it.each([
		["  Ada@Example.COM\n", "ada@example.com"],
		["ＡＤＡ＠ｅｘａｍｐｌｅ．ｃｏｍ", "ada@example.com"],
		["ada@bücher.example", "ada@xn--bcher-kva.example"],
		["ada@BÜCHER.example", "ada@xn--bcher-kva.example"],
		["ada@bu\u0308cher.example", "ada@xn--bcher-kva.example"],
		["ada@例え。テスト", "ada@xn--r8jz45g.xn--zckzah"],
		["ada@fa\u00adß.example", "ada@xn--fa-hia.example"],
		["\u212aate@example.com", "kate@example.com"],
		["a.d.a+news@example.com", "a.d.a+news@example.com"],
		['"ada@home"@example.com', '"ada@home"@example.com'],
	])("spells %j as %j", (email, expected) => {
		expect(normalizeEmail(email)).toBe(expected);
	});

	it.each([
		"ada",
		"",
		"@",
		"ada@",
		"ada@exa mple.com",
		"ada@ü:80",
		"ada@ü/path",
		"ada@ü?q",
		"ada@ü#f",
		"ada@ü\\path",
		"ada@xn--ü",
	])("leaves %j, which is no address, as it is", (email) => {
		expect(normalizeEmail(email)).toBe(email);
	});

	it("keeps addresses apart that providers keep apart", () => {
		expect(normalizeEmail("a.da@example.com")).not.toBe(normalizeEmail("ada@example.com"));
		expect(normalizeEmail("ada+1@example.com")).not.toBe(normalizeEmail("ada@example.com"));
	});

	it("changes nothing the second time", () => {
		fc.assert(
			fc.property(
				fc.oneof(
					text,
					fc.tuple(text, text).map(([a, b]) => `${a}@${b}`),
				),
				(email) => {
					const once = normalizeEmail(email);
					expect(normalizeEmail(once)).toBe(once);
				},
			),
			{ numRuns: 2000 },
		);
	});

	// These came out differently the second time: NFKC makes a space out of the first, and the small
	// letter of the second has a composed form that the capital has not.
	it.each(["\u00a8@example.com", "J\u030c@example.com"])("is stable on %j", (email) => {
		const once = normalizeEmail(email);
		expect(normalizeEmail(once)).toBe(once);
	});

	it("gives every case of an address one spelling", () => {
		const casing = fc.array(fc.boolean(), { minLength: 64, maxLength: 64 });
		fc.assert(
			fc.property(fc.emailAddress(), casing, (email, upper) => {
				const mixed = [...email]
					.map((char, index) => (upper[index % 64] ? char.toUpperCase() : char.toLowerCase()))
					.join("");
				expect(normalizeEmail(mixed)).toBe(normalizeEmail(email));
			}),
		);
	});
});

describe("EmailSchema", () => {
	it.each([
		["ada@例え.テスト", "ada@xn--r8jz45g.xn--zckzah"],
		["用户@example.com", "用户@example.com"],
		["o'brien+tag@mail.example.co.uk", "o'brien+tag@mail.example.co.uk"],
	])("takes %j", (email, expected) => {
		expect(z.parse(EmailSchema, email)).toBe(expected);
	});

	it("takes every address that is one", () => {
		fc.assert(
			fc.property(fc.emailAddress(), (email) => {
				expect(z.parse(EmailSchema, email)).toBe(normalizeEmail(email));
			}),
			{ numRuns: 2000 },
		);
	});

	it("gives back the normalised address", () => {
		expect(z.parse(EmailSchema, " Ada@BÜCHER.example ")).toBe("ada@xn--bcher-kva.example");
	});

	it("takes 254 characters and refuses 255", () => {
		const longest = `${"a".repeat(64)}@${`${"d".repeat(61)}.`.repeat(3)}com`;
		expect(longest).toHaveLength(254);
		expect(z.safeParse(EmailSchema, longest).success).toBe(true);
		expect(z.safeParse(EmailSchema, `${longest}m`).success).toBe(false);
	});

	it("refuses a long text without a long look at it", () => {
		expect(z.safeParse(EmailSchema, "a@".repeat(1_000_000)).success).toBe(false);
	});

	it.each([
		"",
		"ada",
		"ada@example",
		"@example.com",
		"ada@@example.com",
		"ada@example.com, eve@example.com",
		"ada@example.com\r\nBcc: eve@example.com",
		"ada@exam\0ple.com",
		"<ada@example.com>",
		["ada@example.com"],
		{ $gt: "" },
		1,
		null,
		undefined,
	])("refuses %j", (email) => {
		expect(z.safeParse(EmailSchema, email).success).toBe(false);
	});
});
