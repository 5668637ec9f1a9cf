import { env } from "cloudflare:workers";
import fc from "fast-check";
import { expect, test } from "vitest";
import { getUserDO } from "../src/index.js";
import { collections, type NotebookDO } from "./collections.js";
import { createApp, signUp } from "./helpers.js";

const app = createApp({ collections }, "NOTEBOOK_DO");

const text = fc.oneof(
	fc.constantFrom("a", "B", "%", "_", "ä", "\u{1f600}", "\uffff", "1e3", "a\0b"),
	fc.string({ unit: "grapheme", maxLength: 8 }),
);
const title = text.filter((value) => value.length > 0 && value.isWellFormed());
const date = fc.date({ min: new Date(-1e14), max: new Date(1e14), noInvalidDate: true });
const bigint = fc.oneof(
	fc.bigInt({ min: -20n, max: 20n }),
	fc.constantFrom(9n, 10n, -9n, -10n, 2n ** 53n + 1n, -(2n ** 63n), 10n ** 30n),
);

const post = fc.record(
	{
		title,
		stars: fc.oneof(
			fc.integer({ min: -3, max: 3 }),
			fc.double({ noNaN: true, noDefaultInfinity: true }),
		),
		views: bigint,
		publishedAt: date,
		lang: fc.constantFrom("en", "de"),
		tags: fc.array(fc.constantFrom("x", "y", "z"), { maxLength: 2 }),
		author: text.filter((value) => value.isWellFormed()).map((name) => ({ name })),
	},
	{ requiredKeys: ["title"], noNullPrototype: true },
);
type Post = typeof post extends fc.Arbitrary<infer T> ? T : never;

/** What JSON makes of a value, as the documentation says: dates and bigints are text. */
function toJson(value: unknown): unknown {
	const text = JSON.stringify(value, (_, each) => (typeof each === "bigint" ? String(each) : each));
	return text === undefined ? undefined : JSON.parse(text);
}

/** Conditions with values of this process, of which some are in the rows. */
const conditionsOn = (posts: readonly Post[]) => {
	const known = <T>(values: (T | undefined)[], other: fc.Arbitrary<T>) => {
		const found = values.filter((value) => value !== undefined);
		return found.length > 0 ? fc.oneof(fc.constantFrom(...found), other) : other;
	};
	const order = fc.constantFrom("==", "!=", "<", "<=", ">", ">=");
	const compared = fc.oneof(
		fc.tuple(
			fc.constant("publishedAt"),
			order,
			known(
				posts.map((p) => p.publishedAt),
				date,
			),
		),
		fc.tuple(
			fc.constant("views"),
			order,
			known(
				posts.map((p) => p.views),
				bigint,
			),
		),
		fc.tuple(
			fc.constant("views"),
			fc.constantFrom("in", "not-in"),
			fc.array(
				known(
					posts.map((p) => p.views),
					bigint,
				),
				{ maxLength: 3 },
			),
		),
		fc.tuple(
			fc.constant("stars"),
			order,
			known(
				posts.map((p) => p.stars),
				fc.integer(),
			),
		),
		fc.tuple(
			fc.constant("title"),
			order,
			known(
				posts.map((p) => p.title),
				title,
			),
		),
		fc.tuple(fc.constant("title"), fc.constantFrom("contains", "starts-with"), title),
		fc.tuple(fc.constant("lang"), fc.constantFrom("is-null"), fc.boolean()),
		fc.tuple(fc.constant("tags"), fc.constant("contains"), fc.constantFrom("x", "y")),
	);
	const { condition } = fc.letrec<{ condition: unknown }>((tie) => ({
		condition: fc.oneof(
			{ depthSize: "small", withCrossShrink: true },
			compared,
			fc.array(tie("condition"), { minLength: 1, maxLength: 3 }).map((or) => ({ or })),
			tie("condition").map((not) => ({ not })),
		),
	}));
	return condition;
};

const orders = fc.uniqueArray(
	fc.tuple(
		fc.constantFrom("title", "stars", "views", "publishedAt", "lang", "createdAt", "updatedAt"),
		fc.constantFrom("asc" as const, "desc" as const),
	),
	{ maxLength: 3, selector: ([field]) => field },
);

const cases = fc.array(post, { maxLength: 12 }).chain((posts) =>
	fc.record({
		posts: fc.constant(posts),
		queries: fc.array(
			fc.record({
				where: fc.array(conditionsOn(posts), { maxLength: 2 }),
				orderBy: orders,
				limit: fc.integer({ min: 2, max: 8 }),
			}),
			{ minLength: 1, maxLength: 8 },
		),
	}),
);

interface List {
	items: unknown[];
	pageInfo: { hasNextPage: boolean; endCursor: string };
}

test("lists answer what the object's own table says: rows, filters, orders, counts and pages", async () => {
	let compared = 0;
	let filtered = 0;
	await fc.assert(
		fc.asyncProperty(cases, async ({ posts, queries }) => {
			const { browser, email } = await signUp(app);
			const table = getUserDO<NotebookDO>(env.NOTEBOOK_DO, email).collections.posts;
			for (const [n, each] of posts.entries()) {
				// By both ways in: the table takes values, the endpoint the JSON of them.
				if (n % 2 === 0) await table.create(each);
				else expect((await browser.post("/api/posts", toJson(each))).status).toBe(200);
			}
			for (const { where, orderBy, limit } of queries) {
				let found = table.limit(1000);
				for (const condition of where) found = found.where(condition as never);
				for (const [field, direction] of orderBy) found = found.orderBy(field, direction);
				const expected = toJson(await found.get());
				const parameters = new URLSearchParams({
					...(where.length > 0 && { where: JSON.stringify(toJson(where)) }),
					...(orderBy.length > 0 && { orderBy: orderBy.map((order) => order.join(":")).join() }),
				});
				const all = await browser.json<List>(`/api/posts?${parameters}&limit=1000`);
				expect(all.items).toEqual(expected);
				const counted = new URLSearchParams(parameters);
				counted.delete("orderBy");
				const { count } = await browser.json(`/api/posts?${counted}&count=true`);
				expect(count).toBe(all.items.length);

				const paged: unknown[] = [];
				let after = "";
				for (let isOver = false; !isOver; ) {
					const page = await browser.json<List>(`/api/posts?${parameters}&limit=${limit}${after}`);
					paged.push(...page.items);
					after = `&after=${page.pageInfo.endCursor}`;
					isOver = !page.pageInfo.hasNextPage;
				}
				expect(paged).toEqual(expected);
				compared += 1;
				if (all.items.length > 0 && all.items.length < posts.length) filtered += 1;
			}
		}),
		{ numRuns: 40 },
	);
	// Filters that keep some rows and drop others: all or none would prove little.
	expect(compared).toBeGreaterThan(50);
	expect(filtered).toBeGreaterThan(5);
}, 120_000);

test("what the endpoint gives can be given back to it, and is the same row", async () => {
	const { browser } = await signUp(app);
	await fc.assert(
		fc.asyncProperty(post, async (each) => {
			const made = await (await browser.post("/api/posts", toJson(each))).json();
			const { id, createdAt, updatedAt, ...fields } = made as Record<string, unknown>;
			expect(fields).toMatchObject(toJson(each) as object);
			const response = await browser.fetch(`/api/posts/${id}`, {
				method: "PATCH",
				headers: { "content-type": "application/json" },
				body: JSON.stringify(made),
			});
			expect(await response.json()).toEqual(made);
			const again = await (await browser.post("/api/posts", fields)).json();
			expect(again).toEqual({
				...fields,
				id: expect.any(String),
				createdAt: expect.any(String),
				updatedAt: expect.any(String),
			});
		}),
		{ numRuns: 100 },
	);
}, 120_000);
