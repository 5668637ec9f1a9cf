import { createDatabase } from "@userdo/tables";
import {
	ArticleSchema,
	AuthorSchema,
	makeArticle,
	makeAuthors,
	makePage,
	PageSchema,
} from "./articles.ts";
import { ArticlesByHand, PagesByHand } from "./articles-by-hand.ts";
import { PostsByHand } from "./by-hand.ts";
import { createLog, createTriggers, LoggedPostsByHand } from "./log-by-hand.ts";
import { makePost, PostSchema } from "./posts.ts";

/**
 * The tables that are compared: four with the same posts in the same layout; articles, which are
 * only read; and two with the same pages.
 */
export type Stores = ReturnType<typeof openStores>;

export function openStores(storage: DurableObjectStorage) {
	const database = createDatabase(storage);
	const indexes = { indexes: ["category", "score"] } as const;
	const byHand = new PostsByHand(storage, "posts_by_hand");
	const plainByHand = new PostsByHand(storage, "plain_by_hand");
	const authors = database.table("authors", AuthorSchema, { realtime: false });
	return {
		sql: storage.sql,
		authors,
		articles: database.table("articles", ArticleSchema, {
			indexes: ["score"],
			search: ["title"],
			references: { authorId: authors },
			realtime: false,
		}),
		articlesByHand: new ArticlesByHand(storage.sql),
		pages: database.table("pages", PageSchema, { unique: ["slug"], realtime: false }),
		pagesByHand: new PagesByHand(storage.sql, "pages_by_hand"),
		database,
		posts: database.table("posts", PostSchema, indexes),
		plain: database.table("plain", PostSchema, { ...indexes, realtime: false }),
		/** Of the very rows that ours reads. */
		readByHand: new PostsByHand(storage, "posts"),
		byHand,
		plainByHand,
		/** Logs what it does to the plain table, since the other has triggers. */
		loggedByHand: new LoggedPostsByHand(storage, plainByHand, "log_by_hand"),
	};
}

/** Fills those that are ours, and makes the others of them. */
export async function fillStores(storage: DurableObjectStorage, rows: number): Promise<void> {
	const { sql, database, posts, authors, articles, pages } = openStores(storage);
	database.create();
	authors.createMany(makeAuthors());
	const step = 1000;
	for (let from = 0; from < rows; from += step) {
		const length = Math.min(step, rows - from);
		const make = <T>(one: (i: number, rows: number) => T) =>
			Array.from({ length }, (_, i) => one(from + i, rows));
		posts.createMany(make(makePost));
		articles.createMany(make(makeArticle));
		pages.createMany(make(makePage));
		sql.exec("DELETE FROM _userdo_changes");
		// Commits, so that no transaction grows to hundreds of megabytes.
		await scheduler.wait(0);
	}
	createLog(sql, "log_by_hand");
	for (const table of ["posts_by_hand", "plain_by_hand"]) {
		sql.exec(layoutOf(sql, "posts", table));
		sql.exec(`CREATE INDEX ${table}_category ON ${table} (category)`);
		sql.exec(`CREATE INDEX ${table}_score ON ${table} (score)`);
	}
	for (const table of ["plain", "posts_by_hand", "plain_by_hand"]) {
		// With a WHERE: SQLite would else copy the pages, and they would be fuller than ours.
		sql.exec(`INSERT INTO ${table} SELECT * FROM posts WHERE id > '' ORDER BY id`);
		await scheduler.wait(0);
	}
	createTriggers(sql, "posts_by_hand", "log_by_hand");
	sql.exec(layoutOf(sql, "pages", "pages_by_hand"));
	sql.exec("CREATE UNIQUE INDEX pages_by_hand_slug ON pages_by_hand (slug)");
	sql.exec("INSERT INTO pages_by_hand SELECT * FROM pages WHERE id > '' ORDER BY id");
	sql.exec(
		`CREATE VIRTUAL TABLE articles_words USING fts5(id UNINDEXED, title, tokenize = "unicode61 remove_diacritics 2")`,
	);
	sql.exec("INSERT INTO articles_words (id, title) SELECT id, title FROM articles ORDER BY id");
}

/** Written by hand it would be the same statement; so it is the same for certain. */
function layoutOf(sql: SqlStorage, table: string, copy: string): string {
	const [row] = sql.exec("SELECT sql FROM sqlite_master WHERE name = ?", table).raw();
	return String(row?.[0]).replace(`"${table}"`, copy);
}
