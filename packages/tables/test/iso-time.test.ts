import { expect, it } from "vitest";
import { toIsoTime } from "../src/iso-time.js";

const day = 24 * 60 * 60 * 1000;
const latest = 100_000_000 * day;

it("is what JSON makes of a date, to the millisecond", () => {
	const edges = [0, latest, -latest, Date.UTC(9999, 11, 31), Date.UTC(10_000, 0, 1)];
	const years = [-1, 0, 99, 1970, 2026, 275_000].map((year) => new Date(0).setUTCFullYear(year));
	for (const edge of [...edges, ...years]) {
		for (const step of [-day, -1001, -1, 0, 1, 999, 60_000, 3_599_999, day - 1, day]) {
			expect(toIsoTime(edge + step)).toBe(new Date(edge + step).toJSON());
		}
	}
});

it.each([Number.NaN, Number.POSITIVE_INFINITY, 0.5, -0.5, -0, 2 ** 53])("is so for %d", (value) => {
	expect(toIsoTime(value)).toBe(new Date(value).toJSON());
});
