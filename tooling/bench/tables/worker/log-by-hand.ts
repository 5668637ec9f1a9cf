import type { PostsByHand } from "./by-hand.ts";
import type { Post, PostInput } from "./posts.ts";

export function createLog(sql: SqlStorage, log: string): void {
	sql.exec(
		`CREATE TABLE ${log} (
			seq INTEGER PRIMARY KEY, event TEXT NOT NULL, op TEXT NOT NULL, key TEXT NOT NULL,
			body TEXT, old TEXT, timestamp INTEGER NOT NULL
		) STRICT`,
	);
}

const json = (row: string) =>
	`json_object('id', ${row}.id, 'title', ${row}.title, 'subtitle', ${row}.subtitle, 'body', ${row}.body,
	'category', ${row}.category, 'score', ${row}.score, 'rating', ${row}.rating,
	'published', ${row}.published, 'publishedAt', ${row}.publishedAt, 'author', ${row}.author,
	'tags', ${row}.tags, 'createdAt', ${row}._created_at, 'updatedAt', ${row}._updated_at)`;

const now = "CAST(unixepoch('subsec') * 1000 AS INTEGER)";

/** The log as triggers: what raw SQL changes is logged as well, and nothing can be forgotten. */
export function createTriggers(sql: SqlStorage, table: string, log: string): void {
	sql.exec(
		`CREATE TRIGGER ${table}_created AFTER INSERT ON ${table} BEGIN
			INSERT INTO ${log} (event, op, key, body, timestamp)
			VALUES ('table:${table}', 'create', NEW.id, ${json("NEW")}, ${now});
		END`,
	);
	sql.exec(
		`CREATE TRIGGER ${table}_updated AFTER UPDATE ON ${table} BEGIN
			INSERT INTO ${log} (event, op, key, body, old, timestamp)
			VALUES ('table:${table}', 'update', NEW.id, ${json("NEW")}, ${json("OLD")}, ${now});
		END`,
	);
	sql.exec(
		`CREATE TRIGGER ${table}_deleted AFTER DELETE ON ${table} BEGIN
			INSERT INTO ${log} (event, op, key, body, timestamp)
			VALUES ('table:${table}', 'delete', OLD.id, ${json("OLD")}, ${now});
		END`,
	);
}

/** The log written by the code that writes the rows. */
export class LoggedPostsByHand {
	readonly #posts: PostsByHand;
	readonly #storage: DurableObjectStorage;
	readonly #append: string;

	constructor(storage: DurableObjectStorage, posts: PostsByHand, log: string) {
		this.#storage = storage;
		this.#posts = posts;
		this.#append = `INSERT INTO ${log} (event, op, key, body, old, timestamp) VALUES ('table:posts', ?, ?, ?, ?, ?)`;
	}

	insert(input: PostInput): Post {
		return this.#storage.transactionSync(() => this.#insert(input));
	}

	insertMany(inputs: readonly PostInput[]): Post[] {
		return this.#storage.transactionSync(() => inputs.map((input) => this.#insert(input)));
	}

	update(id: string, title: string, rating: number): Post | undefined {
		return this.#storage.transactionSync(() => {
			const old = this.#posts.findById(id);
			const post = this.#posts.update(id, title, rating);
			if (post) this.#log("update", post, JSON.stringify(old));
			return post;
		});
	}

	#insert(input: PostInput): Post {
		const post = this.#posts.insert(input);
		this.#log("create", post, null);
		return post;
	}

	#log(op: string, post: Post, old: string | null): void {
		this.#storage.sql.exec(this.#append, op, post.id, JSON.stringify(post), old, Date.now());
	}
}
