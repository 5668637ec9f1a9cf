import type { TableOptions } from "@userdo/tables";
import * as z from "zod";

/** What a shop deploys, one version after the other. */
export const v1 = {
	schema: z.object({
		title: z.string(),
		pages: z.string(),
		genre: z.string().optional(),
		tags: z.string(),
	}),
	options: { indexes: ["genre", "pages"], unique: ["title"] },
} as const satisfies { schema: z.ZodObject; options: TableOptions };

const toV2 = [
	{
		version: 1,
		up: (sql: SqlStorage) => {
			sql.exec(`ALTER TABLE books RENAME COLUMN title TO name`);
			sql.exec("CREATE TABLE IF NOT EXISTS runs (version INTEGER)");
			sql.exec("INSERT INTO runs VALUES (1)");
		},
	},
	{
		version: 2,
		up: (sql: SqlStorage) => {
			sql.exec("ALTER TABLE books ADD COLUMN pages_new INTEGER");
			sql.exec("UPDATE books SET pages_new = pages");
			sql.exec("ALTER TABLE books DROP COLUMN pages");
			sql.exec("ALTER TABLE books RENAME COLUMN pages_new TO pages");
			sql.exec("ALTER TABLE books DROP COLUMN genre");
			sql.exec("INSERT INTO runs VALUES (2)");
		},
	},
] as const;

export const v2 = {
	schema: z.object({
		name: z.string(),
		pages: z.int(),
		tags: z.string(),
		stars: z.int().default(3),
	}),
	options: { indexes: ["pages"], unique: ["name"], migrations: toV2 },
} as const satisfies { schema: z.ZodObject; options: TableOptions };

const toV3 = [
	...toV2,
	{
		version: 5,
		up: (sql: SqlStorage) => {
			// `stars` may be not there yet: whoever comes from v1 has not been at v2.
			sql.exec(`CREATE TABLE rebuilt (
				id TEXT PRIMARY KEY NOT NULL, name TEXT, pages INTEGER, tags TEXT, isbn TEXT,
				_created_at INTEGER NOT NULL, _updated_at INTEGER NOT NULL
			) STRICT, WITHOUT ROWID`);
			sql.exec(`INSERT INTO rebuilt SELECT id, name, pages,
				'["' || replace(tags, ',', '","') || '"]', 'isbn of ' || name, _created_at, _updated_at
				FROM books`);
			sql.exec("DROP TABLE books");
			sql.exec("ALTER TABLE rebuilt RENAME TO books");
			sql.exec("INSERT INTO runs VALUES (5)");
		},
	},
] as const;

export const v3 = {
	schema: z.object({
		name: z.string(),
		pages: z.int(),
		tags: z.array(z.string()),
		stars: z.int().default(3),
		isbn: z.string(),
	}),
	options: { indexes: [["pages", "name"]], unique: ["name", "isbn"], migrations: toV3 },
} as const satisfies { schema: z.ZodObject; options: TableOptions };
