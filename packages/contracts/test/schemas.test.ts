import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { KeySchema, NewPasswordSchema, PasswordSchema } from "../src/index.js";

const accepts = (schema: z.ZodType, input: unknown) => z.safeParse(schema, input).success;
/** Four bytes of UTF-8, two UTF-16 units, one character. */
const key = "\u{1f511}";
/** Names that say in a report what they stand for. */
const named = (cases: Record<string, unknown>) => Object.entries(cases);

describe("KeySchema", () => {
	it.each(
		named({
			"a word": "preferences",
			"one character": "p",
			"a space and punctuation": "user: 1/2?x=é#",
			"512 ASCII bytes": "k".repeat(512),
			"512 bytes of two each": "é".repeat(256),
			"512 bytes of four each": key.repeat(128),
			"one leading underscore": "_draft",
			"a method of every object": "toString",
			"a longer name than a reserved one": "constructors",
		}),
	)("takes %s", (_, input) => {
		expect(accepts(KeySchema, input)).toBe(true);
	});

	it.each(
		named({
			nothing: "",
			"the former place of the account": "__user",
			"the former place of the throttle": "__rl",
			__proto__: "__proto__",
			constructor: "constructor",
			prototype: "prototype",
			"an internal table": "_userdo_changes",
			"the internal prefix": "_userdo",
			"a reserved name in capitals": "__PROTO__",
			"an internal table in capitals": "_UserDO_changes",
			"a NUL": "a\0b",
			"a line break": "a\nb",
			"an escape": "\u001b[2J",
			"a delete": "a\u007f",
			"a C1 control": "a\u0085b",
			"half a character": "a\ud83d",
			"the other half": "\udd11a",
			"513 ASCII bytes": "k".repeat(513),
			"514 bytes of two each": "é".repeat(257),
			"3 KB": "k".repeat(3072),
			"a list": ["preferences"],
			"an object": { key: "preferences" },
			"a number": 1,
			null: null,
			undefined: undefined,
		}),
	)("refuses %s", (_, input) => {
		expect(accepts(KeySchema, input)).toBe(false);
	});

	it("takes nothing that a plain object would treat as more than a key", () => {
		fc.assert(
			fc.property(fc.string({ unit: "binary", minLength: 1 }), (input) => {
				fc.pre(accepts(KeySchema, input));
				const object: Record<string, unknown> = {};
				object[input] = "value";
				expect(Object.keys(object)).toEqual([input]);
				expect(JSON.parse(JSON.stringify(object))).toEqual({ [input]: "value" });
			}),
		);
	});
});

describe("NewPasswordSchema", () => {
	it.each(
		named({
			"8 characters": "a".repeat(8),
			"64 characters": "a".repeat(64),
			"256 characters": "a".repeat(256),
			"8 characters of two units each": key.repeat(8),
			"256 characters of two units each": key.repeat(256),
			"a passphrase with spaces": " correct horse battery staple ",
			"the documentation's own example": "password",
		}),
	)("takes %s", (_, input) => {
		expect(accepts(NewPasswordSchema, input)).toBe(true);
	});

	it.each(
		named({
			nothing: "",
			"7 characters": "a".repeat(7),
			"7 characters of two units each": key.repeat(7),
			"257 characters": "a".repeat(257),
			"257 characters of two units each": key.repeat(257),
			"2 MB": "a".repeat(2_000_000),
			"a NUL at the end": "password\0",
			"three NULs": "\0\0\0password",
			// TextEncoder makes the same three bytes of both, so they would be the same password.
			"U+D800 alone": "password\ud800",
			"U+D801 alone": "password\ud801",
			"a lone low surrogate": "\udc00password",
			"a list": ["password"],
			"a number": 12345678,
			null: null,
		}),
	)("refuses %s", (_, input) => {
		expect(accepts(NewPasswordSchema, input)).toBe(false);
	});

	it("counts as a person does, not as UTF-16 does", () => {
		const character = fc.string({ unit: "binary", minLength: 1, maxLength: 300 });
		fc.assert(
			fc.property(character, (input) => {
				fc.pre(!input.includes("\0"));
				const { length } = Array.from(input);
				expect(accepts(NewPasswordSchema, input)).toBe(length >= 8 && length <= 256);
			}),
		);
	});
});

describe("PasswordSchema", () => {
	// An account keeps working when the rules for new passwords get stricter.
	it.each(named({ "1 character": "a", "a NUL": "\0", "4096 units": "a".repeat(4096) }))(
		"lets sign in with %s",
		(_, input) => {
			expect(accepts(PasswordSchema, input)).toBe(true);
		},
	);

	it.each(named({ nothing: "", "4097 units": "a".repeat(4097), "an object": { $ne: "" } }))(
		"refuses %s",
		(_, input) => {
			expect(accepts(PasswordSchema, input)).toBe(false);
		},
	);
});
