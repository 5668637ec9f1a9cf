import { DurableObject } from "cloudflare:workers";
import { createDatabase } from "@userdo/tables";
import { v1, v3 } from "./versions.js";

export { Blog } from "./example.js";

/** Bare storage: the tests build their tables in it with `runInDurableObject`. */
export class Store extends DurableObject {}

/** Knows two deployments of a shop; each instance is of the one that is asked for first. */
export class Shop extends DurableObject {
	#database = createDatabase(this.ctx.storage);

	open(titles: string[]) {
		const books = this.#database.table("books", v1.schema, v1.options);
		books.createMany(titles.map((title) => ({ title, pages: "100", tags: "a,b" })));
	}

	async add(name: string) {
		const books = this.#database.table("books", v3.schema, v3.options);
		// Other requests come in between.
		await Promise.resolve();
		books.create({ name, pages: 1, tags: [], isbn: name });
		return books.count();
	}

	runs() {
		return Array.from(this.ctx.storage.sql.exec("SELECT version FROM runs").raw()).flat();
	}
}

export default { fetch: () => new Response(null, { status: 404 }) } satisfies ExportedHandler;
