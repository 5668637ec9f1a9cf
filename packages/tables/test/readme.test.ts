import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import readme from "../README.md?raw";
import example from "./example.ts?raw";

describe("the README", () => {
	it("shows the code that runs here", () => {
		expect(readme).toContain(`\`\`\`ts\n${example}\`\`\``);
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
});
