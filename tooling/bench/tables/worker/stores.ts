import { createDatabase } from "@userdo/tables";
import { PostsByHand } from "./by-hand.ts";
import { createLog, createTriggers, LoggedPostsByHand } from "./log-by-hand.ts";
import { makePost, PostSchema } from "./posts.ts";

/** The four tables that are compared, all with the same rows in the same layout. */
export type Stores = ReturnType<typeof openStores>;

export function openStores(storage: DurableObjectStorage) {
	const database = createDatabase(storage);
	const indexes = { indexes: ["category", "score"] } as const;
	const byHand = new PostsByHand(storage, "posts_by_hand");
	const plainByHand = new PostsByHand(storage, "plain_by_hand");
	return {
		sql: storage.sql,
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

/** Fills `posts`, and makes the others of it. */
export async function fillStores(storage: DurableObjectStorage, rows: number): Promise<void> {
	const { sql, database, posts } = openStores(storage);
	database.create();
	const step = 1000;
	for (let from = 0; from < rows; from += step) {
		const length = Math.min(step, rows - from);
		posts.createMany(Array.from({ length }, (_, i) => makePost(from + i, rows)));
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
}

/** Written by hand it would be the same statement; so it is the same for certain. */
function layoutOf(sql: SqlStorage, table: string, copy: string): string {
	const [row] = sql.exec("SELECT sql FROM sqlite_master WHERE name = ?", table).raw();
	return String(row?.[0]).replace(`"${table}"`, copy);
}
