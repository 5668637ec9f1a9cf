import { beforeAll, describe, expect, it } from "vitest";
import { bundleWorker } from "../harness/bundle.ts";
import { call } from "../harness/call.ts";
import { startWorkerd } from "../harness/workerd.ts";
import { goals } from "../tables/judge.ts";
import { print } from "../tables/print.ts";
import { entry, quick, runTables, type TablesReport } from "../tables/run.ts";

let report: TablesReport;

beforeAll(async () => {
	report = await runTables(quick);
});

describe("the bench of the tables", () => {
	it("times ours next to the work by hand in every case", () => {
		expect(report.results.map(({ name, rows }) => [name, rows])).toEqual(
			Object.keys(goals).map((name) => [name, 1000]),
		);
		for (const { name, ours, byHand, others, times, calls, goal } of report.results) {
			for (const standing of [ours, byHand, ...others]) {
				expect(times[standing.name]).toHaveLength(quick.rounds);
				expect(standing).toMatchObject({
					microseconds: expect.any(Number),
					ratio: expect.any(Number),
					roundRatio: expect.any(Number),
				});
			}
			expect([ours.name, byHand.name]).toEqual(["ours", "by hand"]);
			expect(calls).toBeGreaterThan(0);
			expect(goal).toBe(goals[name]);
		}
	});

	it("shows what validation and the log cost, unjudged", () => {
		const others = report.results.map(({ name, others }) => [name, others.map(({ name }) => name)]);
		const [zod, blind, code] = [
			"by hand, with zod",
			"by hand, returning no row",
			"by hand, log without triggers",
		];
		expect(Object.fromEntries(others)).toMatchObject({
			findById: [],
			insert: [zod, code],
			"insert, no log": [zod],
			update: [blind, code],
			"update, no log": [blind],
		});
	});

	// A row, one for each of two indexes, one for the log: what Cloudflare bills.
	it.each([
		["findById", 0],
		["equality", 0],
		["range", 0],
		["count", 0],
		["count of an equality", 0],
		["in", 0],
		["contains", 0],
		["page", 0],
		["search", 0],
		["with", 0],
		["insert", 4],
		["insert, no log", 3],
		["insert of 1,000", 4000],
		["insert of 1,000, no log", 3000],
		["update", 2],
		["update, no log", 1],
		["upsert", 1],
		["delete", 2],
		["delete, no log", 1],
	])("%s writes as many rows as by hand: %i", (name, written) => {
		expect(report.rows[name]?.ours.written).toBe(written);
		expect(report.rows[name]?.["by hand"].written).toBe(written);
	});

	it.each([
		["findById", 1],
		["equality", 21],
		["range", 20],
		["count", 1000],
		["count of an equality", 21],
		["page", 22],
		["contains", 970],
		["insert", 0],
		["insert of 1,000", 0],
	])("%s reads as many rows as by hand: %i", (name, read) => {
		expect(report.rows[name]?.ours.read).toBe(read);
		expect(report.rows[name]?.["by hand"].read).toBe(read);
	});

	it("gives back by hand what ours does", async () => {
		const code = await bundleWorker(entry);
		await using server = await startWorkerd({ code, objects: { BENCH: "TablesBench" } });
		const rows = 1000;
		await call(server.url, "a", "fill", { rows });
		for (const name of [
			"findById",
			"equality",
			"range",
			"count",
			"count of an equality",
			"in",
			"contains",
			"search",
			"with",
		]) {
			const answers = await call<Record<string, unknown>>(server.url, "a", "answers", {
				name,
				rows,
			});
			expect(answers["by hand"]).toEqual(answers.ours);
			if (name === "in" || name === "search" || name === "with")
				expect(answers.ours).toHaveLength(20);
		}
		const page = await call<Record<string, { items: object[] }>>(server.url, "a", "answers", {
			name: "page",
			rows,
		});
		expect(page.ours?.items).toHaveLength(20);
		expect(page["by hand"]?.items).toEqual(page.ours?.items);
	});

	it("prints a line for each case and each contestant", () => {
		const text = print(report);
		for (const name of Object.keys(goals)) expect(text).toContain(`\n${name} `);
		expect(text).toContain("\n  by hand, with zod ");
	});
});
