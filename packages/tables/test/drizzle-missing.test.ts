import { expect, it } from "vitest";
import * as z from "zod";
import { inObject, thrown } from "./helpers.js";

it("says which import is missing where there is no Drizzle database", async () => {
	await inObject((database) => {
		const posts = database.table("posts", z.object({ title: z.string() }));
		for (const use of [() => database.db, () => posts.drizzle]) {
			const error = thrown(use);
			expect(error.code).toBe("misconfigured");
			expect(error.message).toContain('import "@userdo/tables/drizzle"');
		}
		expect(posts.create({ title: "Hello" }).title).toBe("Hello");
	});
});
