import { expect, test } from "vitest";
import { ada, bob, FakeServer, json, refused } from "./support/fake-server.js";

const row = (id: string) => ({ id, title: `Post ${id}` });
const list = (ids: string[], next?: string) =>
	json({
		items: ids.map(row),
		pageInfo: { hasNextPage: next !== undefined, endCursor: next ?? ids.at(-1) ?? null },
		snapshot: { epoch: "e1", seq: 7 },
	});

function setUp(...answers: (() => Response)[]) {
	const server = new FakeServer();
	server.answer(
		"GET /api/posts",
		() => (answers.length > 1 ? answers.shift() : answers[0])?.() ?? list([]),
	);
	const posts = server.client().collection("posts");
	/** The query strings of all requests so far, taken apart. */
	const asked = () =>
		server.requests.map(({ search }) => {
			const { where, ...rest } = Object.fromEntries(new URLSearchParams(search));
			return { ...(where !== undefined && { where: JSON.parse(where) }), ...rest };
		});
	return { server, posts, asked };
}

test("a query travels as conditions, order and limit", async () => {
	const { posts, asked } = setUp();
	await posts
		.where("title", "starts-with", "A&B=")
		.where({ or: [["stars", ">", 5], { not: ["author.name", "==", "Ann"] }] })
		.or([["a", "==", 1], { and: [["b", "==", null]] }])
		.not(["tags", "contains", "old"])
		.where("draft", "is-null")
		.orderBy("createdAt", "desc")
		.orderBy("title")
		.limit(20)
		.get();
	expect(asked()).toEqual([
		{
			where: [
				["title", "starts-with", "A&B="],
				{ or: [["stars", ">", 5], { not: ["author.name", "==", "Ann"] }] },
				{ or: [["a", "==", 1], { and: [["b", "==", null]] }] },
				{ not: ["tags", "contains", "old"] },
				["draft", "is-null"],
			],
			orderBy: "createdAt:desc,title:asc",
			limit: "20",
		},
	]);
});

test("dates and bigints travel as texts, in conditions and in data", async () => {
	const { server, posts, asked } = setUp();
	const due = new Date("2026-01-02T03:04:05.678Z");
	await posts
		.where("size", "in", [2n ** 64n])
		.where("due", "<", due)
		.limit(1)
		.get();
	expect(asked()[0]?.where).toEqual([
		["size", "in", ["18446744073709551616"]],
		["due", "<", "2026-01-02T03:04:05.678Z"],
	]);
	server.answer("POST /api/posts", () => json(row("1")));
	await posts.create({ size: 3n, due, inside: { sizes: [4n] } });
	expect(server.requests.at(-1)?.body).toEqual({
		size: "3",
		due: "2026-01-02T03:04:05.678Z",
		inside: { sizes: ["4"] },
	});
});

test("a step makes another query and leaves its own as it was", async () => {
	const { posts, asked } = setUp();
	const drafts = posts.where("state", "==", "draft");
	const newest = drafts.orderBy("createdAt", "desc").limit(1);
	drafts.where("stars", ">", 5).orderBy("title");
	await newest.get();
	await drafts.page();
	await posts.page();
	const where = [["state", "==", "draft"]];
	expect(asked()).toEqual([{ where, orderBy: "createdAt:desc", limit: "1" }, { where }, {}]);
});

test("get() brings all rows where there is no limit, page by page", async () => {
	const { posts, asked } = setUp(
		() => list(["1", "2"], "c1"),
		() => list(["3"], "c2"),
		() => list(["4"]),
	);
	expect(await posts.orderBy("title").get()).toEqual(["1", "2", "3", "4"].map(row));
	const common = { orderBy: "title:asc", limit: "1000" };
	expect(asked()).toEqual([common, { ...common, after: "c1" }, { ...common, after: "c2" }]);
});

test("get() with a limit asks once", async () => {
	const { posts, asked } = setUp(() => list(["1", "2"], "c1"));
	expect(await posts.limit(2).get()).toEqual([row("1"), row("2")]);
	expect(asked()).toEqual([{ limit: "2" }]);
});

test("first() is the first row, or undefined", async () => {
	const { posts, asked } = setUp(
		() => list(["1"], "c1"),
		() => list([]),
	);
	expect(await posts.orderBy("title").limit(10).first()).toEqual(row("1"));
	expect(await posts.first()).toBeUndefined();
	expect(asked()).toEqual([{ orderBy: "title:asc", limit: "1" }, { limit: "1" }]);
});

test("count() counts what get() would bring", async () => {
	const { posts, asked } = setUp(() => json({ count: 12, snapshot: { epoch: "e1", seq: 7 } }));
	const drafts = posts.where("state", "==", "draft").orderBy("title");
	expect(await posts.count()).toBe(12);
	expect(await drafts.count()).toBe(12);
	expect(await drafts.limit(5).count()).toBe(5);
	const counted = { where: [["state", "==", "draft"]], count: "true" };
	// Nothing else is taken along with `count`.
	expect(asked()).toEqual([{ count: "true" }, counted, counted]);
});

test("page() brings rows with the cursor of the next page", async () => {
	const { posts, asked } = setUp(
		() => list(["1", "2"], "c&1"),
		() => list(["3"]),
	);
	const first = await posts.orderBy("title").page({ limit: 2, after: null });
	expect(first).toMatchObject({
		items: [row("1"), row("2")],
		pageInfo: { hasNextPage: true, endCursor: "c&1" },
	});
	await posts.orderBy("title").page({ limit: 2, after: first.pageInfo.endCursor });
	const common = { orderBy: "title:asc", limit: "2" };
	expect(asked()).toEqual([common, { ...common, after: "c&1" }]);
});

test("findById() gives undefined for a row that is not there, and no other error away", async () => {
	const { server, posts } = setUp();
	server.answer("GET /api/posts/1", () => json(row("1")));
	server.answer("GET /api/posts/2", () => refused(403, "forbidden"));
	expect(await posts.findById("1")).toEqual(row("1"));
	expect(await posts.findById("3")).toBeUndefined();
	expect(await posts.findById("2").catch(({ code }) => code)).toBe("forbidden");
	expect(await posts.get("3").catch(({ code }) => code)).toBe("not_found");
});

test("an upsert names its fields, and an update the version that it is based on", async () => {
	const { server, posts } = setUp();
	for (const name of ["PUT /api/posts", "PATCH /api/posts/1"]) {
		server.answer(name, () => json(row("1")));
	}
	await posts.upsert({ slug: "a", lang: "en" }, { on: ["slug", "lang"], timeout: 1_000 });
	await posts.upsert({ slug: "a" }, { on: "slug" });
	await posts.update("1", { title: "B" }, { ifUpdatedAt: "2026-01-01T00:00:00.000Z" });
	await posts.update("1", { title: "C" });
	expect(
		server.requests.map(({ name, search, body }) => [
			name,
			Object.fromEntries(new URLSearchParams(search)),
			body,
		]),
	).toEqual([
		["PUT /api/posts", { on: "slug,lang" }, { slug: "a", lang: "en" }],
		["PUT /api/posts", { on: "slug" }, { slug: "a" }],
		["PATCH /api/posts/1", { ifUpdatedAt: "2026-01-01T00:00:00.000Z" }, { title: "B" }],
		["PATCH /api/posts/1", {}, { title: "C" }],
	]);
});

test("a limit is kept over pages that the server cut short", async () => {
	const { posts, asked } = setUp(
		() => list(["1", "2"], "after 2"),
		() => list(["3", "4", "5"], "after 5"),
	);
	const found = await posts.limit(4).get();
	expect(found.map(({ id }) => id)).toEqual(["1", "2", "3", "4"]);
	expect(asked()).toEqual([{ limit: "4" }, { limit: "4", after: "after 2" }]);
});

test("rows of two users are never one list", async () => {
	const server = new FakeServer();
	const client = server.client();
	await client.login(ada.email, "password");
	let pages = 0;
	server.answer("GET /api/posts", async () => {
		if (pages++ > 0) return list(["of bob"]);
		server.answer("POST /api/login", () => json({ user: bob }));
		await client.login(bob.email, "password");
		return list(["of ada"], "next");
	});
	const error = await client
		.collection("posts")
		.get()
		.catch((error) => error);
	expect(error).toMatchObject({ code: "unauthorized" });
});
