import { createTriggers } from "../../tables/worker/log-by-hand.ts";
import { itemTables } from "./item-tables.ts";

const now = "CAST(unixepoch('subsec') * 1000 AS INTEGER)";
const time = (column: string) => `strftime('%Y-%m-%dT%H:%M:%fZ', ${column} / 1000.0, 'unixepoch')`;

const account = `CREATE TABLE account (
	one INTEGER PRIMARY KEY CHECK (one = 1), email TEXT NOT NULL, password_hash TEXT NOT NULL,
	created_at INTEGER NOT NULL
) STRICT`;
const sessions = `CREATE TABLE sessions (
	id TEXT PRIMARY KEY NOT NULL, user_agent TEXT NOT NULL, created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID`;
const log = `CREATE TABLE log (
	seq INTEGER PRIMARY KEY, event TEXT NOT NULL, op TEXT NOT NULL, key TEXT NOT NULL,
	body TEXT, old TEXT, timestamp INTEGER NOT NULL
) STRICT`;
const kv = `CREATE TABLE kv (
	key TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL, version INTEGER NOT NULL,
	updated_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID`;
const posts = `CREATE TABLE posts (
	id TEXT PRIMARY KEY NOT NULL, title TEXT, subtitle TEXT, body TEXT, category TEXT, score INTEGER,
	rating REAL, published INTEGER, publishedAt INTEGER, author TEXT, tags TEXT,
	_created_at INTEGER NOT NULL, _updated_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID`;
const notes = `CREATE TABLE notes (
	id TEXT PRIMARY KEY NOT NULL, text TEXT, position INTEGER,
	_created_at INTEGER NOT NULL, _updated_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID`;
const items = (table: string) => `CREATE TABLE ${table} (
	id TEXT PRIMARY KEY NOT NULL, name TEXT, amount INTEGER, done INTEGER,
	_created_at INTEGER NOT NULL, _updated_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID`;

/** What the log keeps of a key is its value, and of a note the event as it is sent. */
const keySet = (op: "INSERT" | "UPDATE", name: string) => `CREATE TRIGGER kv_${name}
	AFTER ${op} ON kv BEGIN
		INSERT INTO log (event, op, key, body, timestamp)
		VALUES ('kv:' || NEW.key, '${name}', NEW.key, NEW.value, ${now});
	END`;
const noteCreated = `CREATE TRIGGER notes_created AFTER INSERT ON notes BEGIN
	INSERT INTO log (event, op, key, body, timestamp) VALUES ('table:notes', 'create', NEW.id,
		json_object('type', 'create', 'data', json_object('id', NEW.id, 'text', NEW.text,
			'position', NEW.position, 'createdAt', ${time("NEW._created_at")},
			'updatedAt', ${time("NEW._updated_at")})), ${now});
	END`;

/** The same tables, indexes and triggers as ours has, made at the sign-up. */
export function createSchema(sql: SqlStorage): void {
	for (const text of [account, sessions, log, kv, posts, notes, ...itemTables.map(items)]) {
		sql.exec(text);
	}
	sql.exec("CREATE INDEX posts_category ON posts (category)");
	sql.exec("CREATE INDEX posts_score ON posts (score)");
	for (const table of itemTables) sql.exec(`CREATE INDEX ${table}_name ON ${table} (name)`);
	createTriggers(sql, "posts", "log");
	for (const text of [keySet("INSERT", "create"), keySet("UPDATE", "update"), noteCreated]) {
		sql.exec(text);
	}
}
