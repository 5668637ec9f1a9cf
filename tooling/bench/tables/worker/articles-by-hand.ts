import { v7 } from "uuid";
import type { Article, Author, Page, PageInput } from "./articles.ts";

const columns = ["id", "title", "body", "score", "authorId", "_created_at", "_updated_at"];
const authorColumns = ["id", "name", "email", "_created_at", "_updated_at"];
const of = (table: string, names: readonly string[]) =>
	names.map((name) => `${table}.${name}`).join(", ");

/** Searches the very rows that ours does, by an FTS5 table that keeps their ids. */
export class ArticlesByHand {
	readonly #sql: SqlStorage;
	readonly #search =
		`SELECT ${of("a", columns)} FROM articles_words w JOIN articles a ON a.id = w.id
		WHERE articles_words MATCH ? ORDER BY w.rank LIMIT 20`;
	readonly #withAuthors = `SELECT ${of("a", columns)}, ${of("u", authorColumns)}
		FROM articles a LEFT JOIN authors u ON u.id = a.authorId
		WHERE a.score >= ? ORDER BY a.score LIMIT 20`;

	constructor(sql: SqlStorage) {
		this.#sql = sql;
	}

	search(word: string): Article[] {
		const found: Article[] = [];
		for (const row of this.#sql.exec(this.#search, `"${word}" *`).raw()) found.push(toArticle(row));
		return found;
	}

	withAuthors(score: number): (Article & { author: Author | null })[] {
		const found: (Article & { author: Author | null })[] = [];
		for (const row of this.#sql.exec(this.#withAuthors, score).raw()) {
			found.push({ ...toArticle(row), author: toAuthor(row, columns.length) });
		}
		return found;
	}
}

/** Adds a page or replaces the one with its slug, in one statement. */
export class PagesByHand {
	readonly #sql: SqlStorage;
	readonly #upsert: string;

	constructor(sql: SqlStorage, table: string) {
		this.#sql = sql;
		this.#upsert = `INSERT INTO ${table} (id, slug, title, body, score, _created_at, _updated_at)
			VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (slug) DO UPDATE SET title = excluded.title,
			body = excluded.body, score = excluded.score, _updated_at = excluded._updated_at
			RETURNING id, _created_at, _updated_at`;
	}

	upsert(input: PageInput): Page {
		const { slug, title, body, score } = input;
		const now = Date.now();
		const [row = []] = this.#sql.exec(this.#upsert, v7(), slug, title, body, score, now, now).raw();
		const [id, createdAt, updatedAt] = row;
		return {
			id: id as string,
			...input,
			createdAt: new Date(createdAt as number),
			updatedAt: new Date(updatedAt as number),
		};
	}
}

function toArticle(row: SqlStorageValue[]): Article {
	return {
		id: row[0] as string,
		title: row[1] as string,
		body: row[2] as string,
		score: row[3] as number,
		authorId: row[4] as string,
		createdAt: new Date(row[5] as number),
		updatedAt: new Date(row[6] as number),
	};
}

function toAuthor(row: SqlStorageValue[], at: number): Author | null {
	if (row[at] === null) return null;
	return {
		id: row[at] as string,
		name: row[at + 1] as string,
		email: row[at + 2] as string,
		createdAt: new Date(row[at + 3] as number),
		updatedAt: new Date(row[at + 4] as number),
	};
}
