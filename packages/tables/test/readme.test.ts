import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import readme from "../README.md?raw";
import example from "./example.ts?raw";
import { openPosts } from "./example-migrations.js";
import migrations from "./example-migrations.ts?raw";
import { inObject } from "./helpers.js";

describe("the README", () => {
	it("shows the code that runs here", () => {
		for (const code of [example, migrations]) {
			expect(readme).toContain(`\`\`\`ts\n${code}\`\`\``);
		}
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

	it("shows a step that works", () =>
		inObject((database, { storage }) => {
			database.table("posts", z.object({ title: z.string() })).create({ title: "Hello" });
			expect(openPosts(storage).get()).toMatchObject([{ headline: "Hello", stars: 0 }]);
		}));
});
