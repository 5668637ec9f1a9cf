import { describe, expect, it } from "vitest";
import { kindOf } from "../growth/kind.ts";
import { toPage } from "../growth/print.ts";
import { quick, runGrowth } from "../growth/run.ts";

describe("the bench of growth", () => {
	it("compares sizes of tables, of audiences and of the people", async () => {
		const report = await runGrowth(quick);
		expect(report.results.map(({ of, name }) => `${of}: ${name}`)).toEqual([
			"rows: me",
			"rows: get",
			"rows: set",
			"rows: create",
			"rows: list",
			"rows: method",
			"sockets: a value is stored and told to all",
			"users: me, of anybody",
		]);
		for (const { figures, sizes } of report.results) {
			expect(figures).toHaveLength(sizes.length);
			expect(figures[0]?.ratio.throughput).toBe(1);
		}
		expect(report.footprints.map(({ users }) => users)).toEqual([1, 5]);
		const page = toPage(report, "a machine");
		for (const { name } of report.results) expect(page).toContain(`| ${name} |`);
	});

	it("says how times grow, by the last two sizes", () => {
		expect(kindOf([1, 10, 100], [5, 5, 5.1])).toBe("flat");
		expect(kindOf([1, 10, 100], [5, 6, 20])).toBe("less than linear");
		expect(kindOf([1, 10, 100], [5, 6, 60])).toBe("linear");
		expect(kindOf([1, 10, 100], [5, 6, 600])).toBe("more than linear");
	});
});
