import { v7 } from "uuid";
import type { Post, PostInput } from "./posts.ts";

const columns =
	"id, title, subtitle, body, category, score, rating, published, publishedAt, author, tags, _created_at, _updated_at";

/**
 * What a careful person would write for these posts without any layer: the same table, statements
 * of constant text, bound values, rows read as arrays, and the same objects given back.
 */
export class PostsByHand {
	readonly #storage: DurableObjectStorage;
	readonly #sql: SqlStorage;
	readonly #insert: string;
	readonly #byId: string;
	readonly #byCategory: string;
	readonly #byScore: string;
	readonly #count: string;
	readonly #countByCategory: string;
	readonly #update: string;
	readonly #updateBlindly: string;
	readonly #byIds: string;
	readonly #byPart: string;
	readonly #page: string;
	readonly #delete: string;

	constructor(storage: DurableObjectStorage, table: string) {
		this.#storage = storage;
		this.#sql = storage.sql;
		this.#insert = `INSERT INTO ${table} (${columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;
		this.#byId = `SELECT ${columns} FROM ${table} WHERE id = ?`;
		this.#byCategory = `SELECT ${columns} FROM ${table} WHERE category = ?`;
		this.#byScore = `SELECT ${columns} FROM ${table} WHERE score >= ? ORDER BY score LIMIT 20`;
		this.#count = `SELECT count(*) FROM ${table}`;
		this.#countByCategory = `SELECT count(*) FROM ${table} WHERE category = ?`;
		this.#updateBlindly = `UPDATE ${table} SET title = ?, rating = ?, _updated_at = ? WHERE id = ?`;
		this.#byIds = `SELECT ${columns} FROM ${table} WHERE id IN (${Array(20).fill("?").join(", ")})`;
		this.#byPart = `SELECT ${columns} FROM ${table} WHERE instr(category, ?) > 0 LIMIT 20`;
		this.#page = `SELECT ${columns} FROM ${table} WHERE (score, id) > (?, ?) ORDER BY score, id LIMIT 21`;
		this.#delete = `DELETE FROM ${table} WHERE id = ?`;
		this.#update = `${this.#updateBlindly} RETURNING ${columns}`;
	}

	findById(id: string): Post | undefined {
		const [row] = this.#sql.exec(this.#byId, id).raw();
		return row && toPost(row);
	}

	ofCategory(category: string): Post[] {
		return this.#posts(this.#byCategory, category);
	}

	fromScore(score: number): Post[] {
		return this.#posts(this.#byScore, score);
	}

	/** Of 20 ids. */
	ofIds(ids: readonly string[]): Post[] {
		return this.#posts(this.#byIds, ...ids);
	}

	containing(part: string): Post[] {
		return this.#posts(this.#byPart, part);
	}

	/** 20 posts by score, after the one at that cursor. */
	page(after: string): { items: Post[]; endCursor: string | undefined; hasNextPage: boolean } {
		const posts = this.#posts(this.#page, ...(JSON.parse(after) as [number, string]));
		const items = posts.slice(0, 20);
		const last = items.at(-1);
		return {
			items,
			endCursor: last && JSON.stringify([last.score, last.id]),
			hasNextPage: posts.length > 20,
		};
	}

	count(): number {
		const [row] = this.#sql.exec(this.#count).raw();
		return row?.[0] as number;
	}

	countOfCategory(category: string): number {
		const [row] = this.#sql.exec(this.#countByCategory, category).raw();
		return row?.[0] as number;
	}

	insert(input: PostInput): Post {
		const id = v7();
		const now = Date.now();
		this.#sql.exec(
			this.#insert,
			id,
			input.title,
			input.subtitle ?? null,
			input.body,
			input.category,
			input.score,
			input.rating,
			input.published ? 1 : 0,
			input.publishedAt.getTime(),
			JSON.stringify(input.author),
			JSON.stringify(input.tags),
			now,
			now,
		);
		return { id, ...input, createdAt: new Date(now), updatedAt: new Date(now) };
	}

	insertMany(inputs: readonly PostInput[]): Post[] {
		return this.#storage.transactionSync(() => inputs.map((input) => this.insert(input)));
	}

	update(id: string, title: string, rating: number): Post | undefined {
		const [row] = this.#sql.exec(this.#update, title, rating, Date.now(), id).raw();
		return row && toPost(row);
	}

	updateBlindly(id: string, title: string, rating: number): void {
		this.#sql.exec(this.#updateBlindly, title, rating, Date.now(), id);
	}

	delete(id: string): boolean {
		return this.#sql.exec(this.#delete, id).rowsWritten > 0;
	}

	#posts(text: string, ...values: SqlStorageValue[]): Post[] {
		const posts: Post[] = [];
		for (const row of this.#sql.exec(text, ...values).raw()) posts.push(toPost(row));
		return posts;
	}
}

function toPost(row: SqlStorageValue[]): Post {
	const post: Post = {
		id: row[0] as string,
		title: row[1] as string,
		body: row[3] as string,
		category: row[4] as string,
		score: row[5] as number,
		rating: row[6] as number,
		published: row[7] === 1,
		publishedAt: new Date(row[8] as number),
		author: JSON.parse(row[9] as string),
		tags: JSON.parse(row[10] as string),
		createdAt: new Date(row[11] as number),
		updatedAt: new Date(row[12] as number),
	};
	if (row[2] !== null) post.subtitle = row[2] as string;
	return post;
}
