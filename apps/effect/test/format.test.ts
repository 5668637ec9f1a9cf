import { expect, test } from "vitest";
import { monthsAway, parseCents } from "../src/client/format.js";

test.each([
	["12", 1_200],
	["12.5", 1_250],
	["12,50", 1_250],
	[" 0.29 ", 29],
	["1.005", 100.5],
	["", 0],
	["-3", 0],
	["1.2.3", 0],
	["1e3", 0],
])("the amount %o", (text, cents) => {
	expect(parseCents(text)).toBe(cents);
});

test("months before and after", () => {
	expect(monthsAway("2026-01", -1)).toBe("2025-12");
	expect(monthsAway("2026-12", 1)).toBe("2027-01");
});
