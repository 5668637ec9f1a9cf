import { describe, expect, it } from "vitest";
import * as z from "zod";
import { and, asc, eq, inArray, like, or, sql } from "../src/drizzle.js";
import { compileCondition } from "../src/drizzle-condition.js";
import type { Database } from "../src/index.js";
import { type Context, inObject, refusal } from "./helpers.js";

const PostSchema = z.object({
	title: z.string(),
	live: z.boolean(),
	at: z.date(),
	size: z.bigint(),
});

const declare = (database: Database) => database.table("posts", PostSchema);
const inPosts = (run: (posts: ReturnType<typeof declare>, rows: Context["rows"]) => void) =>
	inObject((database, { rows }) => run(declare(database), rows));

describe("a condition of Drizzle", () => {
	it("becomes SQL with a mark for each value, which is encoded as the columns are", async () => {
		await inPosts((posts, rows) => {
			const { title, live, at, size } = posts.drizzle;
			posts.create({ title: "a", live: true, at: new Date(5), size: 7n });
			posts.create({ title: "b", live: false, at: new Date(6), size: -7n });
			const { text, values } = compileCondition(
				and(
					or(eq(live, true), sql`${live} = ${true}`),
					inArray(title, ["a", "b"]),
					eq(at, new Date(5)),
					sql`${at} = ${new Date(5)}`,
					eq(size, 7n),
					like(title, "a%"),
				),
			);
			expect(text).toBe(
				'(("posts"."live" = ? or "posts"."live" = ?) and "posts"."title" in (?, ?) and "posts"."at" = ? and "posts"."at" = ? and "posts"."size" = ? and "posts"."title" like ?)',
			);
			expect(values).toEqual([1, 1, "a", "b", 5, 5, "100017", "a%"]);
			expect(rows(`select title from posts where ${text}`, ...values)).toEqual([["a"]]);
		});
	});

	const planted = sql.raw("1 = 1");
	it.each([
		["nothing", undefined],
		["null", null],
		["text", "1 = 1"],
		["a function", () => planted],
		["what only has its method", { getSQL: () => planted }],
		["its fields as JSON gives them", JSON.parse(JSON.stringify(planted))],
		["its fields as a structured clone gives them", structuredClone({ ...planted, decoder: {} })],
		[
			"one that names a prototype",
			JSON.parse(
				`{"__proto__":{"queryChunks":[]},"constructor":{"name":"SQL"},"queryChunks":["1"]}`,
			),
		],
		["an object without a prototype", Object.create(null)],
		["a list of chunks", ["1 = 1"]],
	])("is not %s", (_, value) => {
		expect(refusal(() => compileCondition(value))).toBe("invalid_input where");
	});

	it.each([
		["a look-alike of SQL", { queryChunks: ["1 = 1"], getSQL: "1 = 1" }],
		["a chunk as JSON gives it", { value: ["1 = 1"] }],
		["a parameter as JSON gives it", { value: "1 = 1", encoder: {} }],
		["a list", ["1 = 1"]],
	])("binds nothing of %s in the place of a value", async (_, value) => {
		await inPosts((posts) => {
			const condition = eq(posts.drizzle.title, value as never);
			expect(refusal(() => compileCondition(condition))).toBe("invalid_input title");
		});
	});

	it("takes no SQL from what only has the method, as a function sent over RPC might", async () => {
		await inPosts((posts) => {
			const { title } = posts.drizzle;
			const text = { getSQL: () => "1 = 1" };
			expect(compileCondition(eq(title, text as never))).toEqual({
				text: '"posts"."title" = (?)',
				values: ["1 = 1"],
			});
			const endless = { getSQL: (): unknown => endless };
			expect(refusal(() => compileCondition(eq(title, endless as never)))).toBe(
				"invalid_input where",
			);
		});
	});

	it("has no placeholders, which nothing would fill", async () => {
		await inPosts((posts) => {
			const { title } = posts.drizzle;
			for (const condition of [
				eq(title, sql.placeholder("title")),
				sql`${title} = ${sql.placeholder("title")}`,
			]) {
				expect(refusal(() => compileCondition(condition))).toBe("misconfigured where");
			}
		});
	});

	it("may be any SQL made by code", async () => {
		await inPosts((posts) => {
			expect(compileCondition(asc(posts.drizzle.title)).text).toBe('"posts"."title" asc');
			expect(compileCondition(sql`1 = 1`)).toEqual({ text: "1 = 1", values: [] });
		});
	});
});
