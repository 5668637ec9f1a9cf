import { DurableObject } from "cloudflare:workers";
import { createDatabase } from "@userdo/tables";
import { count, eq } from "@userdo/tables/drizzle";
import * as z from "zod";

export class Library extends DurableObject {
	#database = createDatabase(this.ctx.storage);
	#authors = this.#database.table("authors", z.object({ name: z.string() }));
	#books = this.#database.table("books", z.object({ title: z.string(), author: z.string() }));

	add(name: string, titles: string[]) {
		const author = this.#authors.create({ name });
		return this.#books.createMany(titles.map((title) => ({ title, author: author.id })));
	}

	countByAuthor() {
		const [authors, books] = [this.#authors.drizzle, this.#books.drizzle];
		return this.#database.db
			.select({ name: authors.name, books: count() })
			.from(books)
			.innerJoin(authors, eq(books.author, authors.id))
			.groupBy(authors.id)
			.all();
	}
}
