import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import readme from "../README.md?raw";
import example from "./example.ts?raw";
import { Library } from "./example-drizzle.js";
import drizzleExample from "./example-drizzle.ts?raw";
import { openPosts } from "./example-migrations.js";
import migrations from "./example-migrations.ts?raw";
import { openBlog } from "./example-queries.js";
import queries from "./example-queries.ts?raw";
import { inObject, newStub } from "./helpers.js";

describe("the README", () => {
	it.each([example, queries, migrations, drizzleExample])(
		"shows the code that runs here",
		(code) => {
			expect(readme).toContain(`\`\`\`ts\n${code}\`\`\``);
		},
	);

	it("shows a query of Drizzle that works", async () => {
		const found = await runInDurableObject(newStub(), (_, state) => {
			const library = new Library(state, env);
			library.add("Ann", ["one", "two"]);
			library.add("Bob", ["three"]);
			return library.countByAuthor();
		});
		expect(found).toEqual([
			{ name: "Ann", books: 2 },
			{ name: "Bob", books: 1 },
		]);
	});

	it("shows code that works", async () => {
		const blog = env.BLOG.getByName(crypto.randomUUID());
		const { id } = await blog.write("Hello", "Ann");
		await blog.write("Draft", "Ann");
		const live = await blog.publish(id);
		expect(live).toMatchObject({ title: "Hello", state: "live", author: { name: "Ann" } });
		expect(await blog.newest()).toEqual([live]);
		const changes = await (await blog.changesAfter(1)).json();
		expect(changes).toMatchObject([
			{ seq: 2, event: "table:posts" },
			{ seq: 3, event: "table:posts" },
		]);
	});

	it("shows queries that work", () =>
		inObject((_, { storage }) => {
			const blog = openBlog(storage);
			const { authors, posts } = blog;
			const ann = authors.create({ name: "Ann" });
			const data = { text: "about SQLite", authorId: ann.id, place: { city: "Bern" } };
			const [a, b, c] = posts.createMany([
				{ ...data, title: "a", state: "live", stars: 5, tags: ["sql"] },
				{ ...data, title: "b", state: "live", stars: 3 },
				{ ...data, title: "c" },
			]);
			expect(blog.best()).toEqual([a]);
			expect(blog.around("Bern").get()).toEqual([a]);
			expect(blog.open()).toBe(1);
			const { items, pageInfo } = blog.page();
			expect(items.map(({ id }) => id).sort()).toEqual([a?.id, b?.id]);
			expect(blog.page(pageInfo.endCursor ?? "").items).toEqual([]);
			expect(
				blog
					.find("about sql")
					.map(({ title }) => title)
					.sort(),
			).toEqual(["a", "b"]);
			expect(blog.states()).toEqual([
				{ key: { state: "live" }, count: 2 },
				{ key: { state: "draft" }, count: 1 },
			]);
			expect(blog.mean()).toBe(4);
			expect(blog.withAuthors()[0]?.author).toEqual(ann);
			expect(blog.withPosts()).toEqual([{ ...ann, posts: [a, b, c] }]);
			authors.delete(ann.id);
			expect(posts.count()).toBe(0);
		}));

	it("shows a step that works", () =>
		inObject((database, { storage }) => {
			database.table("posts", z.object({ title: z.string() })).create({ title: "Hello" });
			expect(openPosts(storage).get()).toMatchObject([{ headline: "Hello", stars: 0 }]);
		}));
});
