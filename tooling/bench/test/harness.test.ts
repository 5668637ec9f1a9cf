import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { describe, expect, it, onTestFinished } from "vitest";
import { call } from "../harness/call.ts";
import { median, standings } from "../harness/statistics.ts";
import { toTable } from "../harness/table.ts";
import { makeDirectory, startWorkerd } from "../harness/workerd.ts";
import { readArguments } from "../tables/arguments.ts";
import { judge } from "../tables/judge.ts";
import { print } from "../tables/print.ts";
import { quick } from "../tables/run.ts";

describe("statistics", () => {
	it("takes the middle one, or the mean of the two in the middle", () => {
		expect(median([9, 1, 10])).toBe(9);
		expect(median([10, 1, 2, 4])).toBe(3);
	});

	it("compares medians, and each round with itself", () => {
		const times = { ours: [2, 20, 3], base: [1, 10, 6] };
		expect(standings({ calls: 1, times }, "base")).toEqual([
			{ name: "ours", microseconds: 3, ratio: 0.5, roundRatio: 2 },
			{ name: "base", microseconds: 6, ratio: 1, roundRatio: 1 },
		]);
	});

	it("refuses a baseline that did not run", () => {
		expect(() => standings({ calls: 1, times: { ours: [1] } }, "base")).toThrow("base");
	});

	it("meets a goal or misses it, whatever else ran", () => {
		const times = { ours: [13, 13, 13], "by hand": [10, 10, 10], other: [99, 99, 99] };
		const met = judge("findById", 1000, { calls: 7, times });
		expect(met).toMatchObject({ isMet: true, goal: 1.33, others: [{ name: "other" }] });
		const missed = judge("findById", 1000, { calls: 7, times: { ...times, ours: [14, 14, 1] } });
		expect(missed.isMet).toBe(false);
	});

	it("judges no race in which a time is not positive", () => {
		const times = { ours: [13, -1, 13], "by hand": [10, 10, 10], other: [99, 99, 99] };
		for (const ours of [times.ours, [13, 0, 13]]) {
			const race = { calls: 7, times: { ...times, ours } };
			expect(judge("findById", 1000, race)).not.toHaveProperty("isMet");
			const text = print({ results: [judge("findById", 1000, race)], rows: {} });
			expect(text).toMatch(/findById .* not judged\n/);
			expect(text).toContain("Not judged: turns were too short");
		}
		const race = { calls: 7, times: { ...times, ours: [13, 1, 13], other: [-1, -1, -1] } };
		expect(judge("findById", 1000, race).isMet).toBe(true);
	});
});

describe("the arguments", () => {
	it("take rows and cases several times, and as a list", () => {
		const read = (text: string) => readArguments(text.split(" "));
		expect(read("--rows 1000 --rows 10000,5").sizes).toEqual([1000, 10_000, 5]);
		expect(read("--quick --rows 7")).toEqual({ ...quick, sizes: [7], check: false });
		expect(read("--case in --case page --rounds 3 --check")).toEqual({
			sizes: [1000, 10_000, 100_000],
			rounds: 3,
			milliseconds: 8,
			warmUp: 12,
			cases: ["in", "page"],
			check: true,
		});
		for (const text of ["--rows many", "--rows 0", "--rounds 1.5", "--rows 1,,2"]) {
			expect(() => read(text)).toThrow("is no count");
		}
	});
});

describe("a table", () => {
	it("aligns names to the left and numbers to the right", () => {
		const lines = [
			["name", "µs"],
			["a", "1000", "ok"],
		];
		expect(toTable(lines)).toBe("name    µs\na     1000  ok");
	});
});

describe("workerd", () => {
	const objects = { BENCH: "Counter" };

	it("runs objects with SQLite, and is gone with its data afterwards", async () => {
		const code = `import { DurableObject } from "cloudflare:workers";
			export class Counter extends DurableObject {
				fetch() {
					const [[n]] = this.ctx.storage.sql.exec("SELECT 41 + 1").raw();
					return Response.json(n);
				}
			}
			export default { fetch: (request, env) => env.BENCH.getByName("a").fetch(request) };`;
		let url: string;
		let directory: string;
		{
			await using server = await startWorkerd({ code, objects });
			({ url, directory } = server);
			expect(existsSync(directory)).toBe(true);
			expect(await call(url, "a", "run", {})).toBe(42);
		}
		expect(existsSync(directory)).toBe(false);
		const error: unknown = await call(url, "a", "run", {}).catch((error: unknown) => error);
		expect(error).toBeInstanceOf(TypeError);
	});

	it("leaves a folder of the caller's, with what is stored there", async () => {
		const code = `import { DurableObject } from "cloudflare:workers";
			export class Counter extends DurableObject {
				fetch() {
					const count = (this.ctx.storage.kv.get("count") ?? 0) + 1;
					this.ctx.storage.kv.put("count", count);
					return Response.json(count);
				}
			}
			export default { fetch: (request, env) => env.BENCH.getByName("a").fetch(request) };`;
		const directory = await makeDirectory();
		onTestFinished(() => rm(directory, { recursive: true }));
		for (const count of [1, 2]) {
			await using server = await startWorkerd({ code, objects, directory });
			expect(await call(server.url, "a", "run", {})).toBe(count);
		}
	});

	it("says why a worker does not start", async () => {
		const start = startWorkerd({ code: "this is no code", objects });
		await expect(start).rejects.toThrow("SyntaxError");
	});

	it("tells what an action threw", async () => {
		const code = `export class Counter {}
			export default { fetch: () => new Response("it broke", { status: 500 }) };`;
		await using server = await startWorkerd({ code, objects });
		await expect(call(server.url, "a", "run", {})).rejects.toThrow("run: 500 it broke");
	});
});
