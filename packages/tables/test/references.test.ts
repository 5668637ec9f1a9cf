import { evictDurableObject } from "cloudflare:test";
import type { UserDOError } from "@userdo/contracts/errors";
import type { TableChange } from "@userdo/contracts/events";
import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import * as z from "zod";
import type { Engine } from "../src/engine.js";
import { type AnyTable, createDatabase, type Database, type OnDelete } from "../src/index.js";
import { createReferenceTriggers, dropReferenceTriggers } from "../src/reference-triggers.js";
import { type Context, inObject, newStub, refusal, thrown } from "./helpers.js";

const AuthorSchema = z.object({ name: z.string() });
const PostSchema = z.object({ title: z.string(), authorId: z.string().optional() });
const NodeSchema = z.object({ id: z.string(), parentId: z.string().nullable().default(null) });

const triggers = `SELECT name, tbl_name FROM sqlite_master
	WHERE type = 'trigger' AND name LIKE '\\_userdo\\_refer%' ESCAPE '\\' ORDER BY name`;
const indexes = `SELECT name FROM sqlite_master WHERE name LIKE 'index:%' ORDER BY name`;

function blog(database: Database, onDelete: OnDelete = "restrict") {
	const posts = database.table("posts", PostSchema, {
		references: { authorId: { table: "authors", onDelete } },
	});
	const authors = database.table("authors", AuthorSchema);
	return { posts, authors };
}

/** A row that refers to the one before, and so on: a chain of that many. */
function chain(database: Database, length: number, onDelete: OnDelete = "cascade") {
	const nodes = database.table("nodes", NodeSchema, {
		references: { parentId: { table: "nodes", onDelete } },
	});
	nodes.createMany(
		Array.from({ length }, (_, i) => ({ id: `${i}`, parentId: i === 0 ? null : `${i - 1}` })),
	);
	return nodes;
}

/** The log as short lines: what happened to which row. */
function told(database: Database, after = 0): string[] {
	return database.changes.read(after, 1000).map(({ event, data }) => {
		const { type, data: row, old } = data as TableChange;
		return `${type} ${event.slice("table:".length)} ${row.title ?? row.name ?? row.id}${old ? " (old)" : ""}`;
	});
}

/** Never run: only the compiler looks at it. */
export function check(database: Database) {
	const authors = database.table("authors", AuthorSchema, { search: ["name"] });
	database.table("posts", PostSchema, { references: { authorId: authors } });
	const cascade = { table: "authors", onDelete: "cascade", as: "writer" } as const;
	database.table("posts", PostSchema, { references: { authorId: cascade }, search: ["title"] });
	// @ts-expect-error there is no such field
	database.table("posts", PostSchema, { references: { nope: "authors" } });
	// @ts-expect-error there is no such action
	database.table("posts", PostSchema, { references: { authorId: { table: "a", onDelete: "" } } });
	// @ts-expect-error there is no such field to search
	database.table("posts", PostSchema, { search: ["nope"] });
}

describe("a reference's definition", () => {
	const define = (references: unknown, schema: z.ZodObject = PostSchema, options = {}) =>
		inObject((database) =>
			refusal(() => database.table("posts", schema, { references, ...options } as object)),
		);

	it.each([
		["an unknown field", { nope: "authors" }, "posts.nope"],
		["a field of the layer's own", { id: "authors" }, "posts.id"],
		["a field of every object", { constructor: "authors" }, "posts.constructor"],
		["no table", { authorId: null }, "posts.authorId"],
		["a number for a table", { authorId: { table: 5 } }, "posts.authorId"],
		["an unknown action", { authorId: { table: "a", onDelete: "drop" } }, "posts.authorId"],
		[
			"an action of every object",
			{ authorId: { table: "a", onDelete: "toString" } },
			"posts.authorId",
		],
		["an unknown option", { authorId: { table: "a", ondelete: "cascade" } }, "posts.authorId"],
		["an empty name", { authorId: { table: "a", as: "" } }, "posts.authorId"],
		["a name with quotes", { authorId: { table: "a", as: 'a"b' } }, "posts.authorId"],
		["a name of every object", { authorId: { table: "a", as: "toString" } }, "posts.authorId"],
		["a name of a field", { authorId: { table: "a", as: "title" } }, "posts.authorId"],
		[
			"a name of a field of the layer's own",
			{ authorId: { table: "a", as: "createdAt" } },
			"posts.authorId",
		],
		["a list", ["authorId"], "posts"],
		["a text", "authorId", "posts"],
		["a bigint for an action", { authorId: { table: "a", onDelete: 1n } }, "posts.authorId"],
	])("refuses %s", async (_, references, path) => {
		expect(await define(references)).toBe(`misconfigured ${path}`);
	});

	it("takes text alone, null only where it may be, and each name once", async () => {
		const schema = z.object({ a: z.int(), b: z.string(), c_id: z.string(), cId: z.string() });
		expect(await define({ a: "x" }, schema)).toBe("misconfigured posts.a");
		expect(await define({ b: { table: "x", onDelete: "set-null" } }, schema)).toBe(
			"misconfigured posts.b",
		);
		expect(await define({ c_id: "x", cId: "x" }, schema)).toBe("misconfigured posts.cId");
		const author = PostSchema.extend({ author: z.string() });
		expect(await define({ authorId: "authors" }, author)).toBe("misconfigured posts.authorId");
	});

	it("names relations after their fields, and finds who refers", () =>
		inObject((database) => {
			const schema = z.object({
				authorId: z.string(),
				reviewed_by_id: z.string(),
				editor: z.string(),
				_id: z.string(),
				owner: z.string(),
			});
			const authors = database.table("authors", AuthorSchema);
			const declare = (onDelete?: OnDelete) =>
				database.table("posts", schema, {
					references: {
						authorId: { table: authors, ...(onDelete && { onDelete }) },
						reviewed_by_id: authors,
						editor: "authors",
						_id: "authors",
						owner: { table: "authors", as: "boss" },
					},
				});
			const posts = declare();
			expect(declare("restrict")).toBe(posts);
			expect(refusal(() => declare("cascade"))).toBe("misconfigured posts");
			const relations = (database as Database & Engine)
				.referencing("authors")
				.map(({ table, reference }) => [
					table.definition.name,
					reference.column.field,
					reference.as,
				]);
			expect(relations).toEqual([
				["posts", "authorId", "author"],
				["posts", "reviewed_by_id", "reviewed_by"],
				["posts", "editor", undefined],
				["posts", "_id", undefined],
				["posts", "owner", "boss"],
			]);
			expect((database as Database & Engine).referencing("posts")).toEqual([]);
		}));

	it("has an index on the field, unless one starts with it", () =>
		inObject((database, { open, rows }) => {
			const list = (options: object) => {
				const next = open();
				next.table("authors", AuthorSchema);
				next.table("posts", PostSchema, { references: { authorId: "authors" }, ...options });
				next.create();
				return rows(indexes).flat();
			};
			blog(database);
			expect(list({})).toEqual(["index:posts:authorId"]);
			expect(list({ indexes: ["authorId"] })).toEqual(["index:posts:authorId"]);
			expect(list({ indexes: [["authorId", "title"]] })).toEqual(["index:posts:authorId.title"]);
			expect(list({ unique: [["authorId", "title"]] })).toEqual([]);
			expect(list({ indexes: [["title", "authorId"]] })).toEqual([
				"index:posts:authorId",
				"index:posts:title.authorId",
			]);
			expect(list({ references: {} })).toEqual([]);
		}));
});

describe("a row that refers", () => {
	it("needs the other one, or nothing to refer to", () =>
		inObject((database) => {
			const { posts, authors } = blog(database);
			const error = thrown(() => posts.create({ title: "a", authorId: "nobody" }));
			expect(error).toMatchObject({
				code: "invalid_input",
				issues: [{ path: "authorId", message: "There is no such row in authors." }],
			});
			expect(error.message + JSON.stringify(error.issues)).not.toMatch(/SQL|CONSTRAINT|TRIGGER/);
			const { id: authorId } = authors.create({ name: "Ann" });
			const post = posts.create({ title: "a", authorId });
			const alone = posts.create({ title: "b" });
			expect(refusal(() => posts.update(post.id, { authorId: "nobody" }))).toBe(
				"invalid_input authorId",
			);
			expect(posts.update(alone.id, { authorId }).authorId).toBe(authorId);
			const many = [
				{ title: "c", authorId },
				{ title: "d", authorId: "nobody" },
			];
			expect(refusal(() => posts.createMany(many))).toBe("invalid_input 1.authorId");
			expect(refusal(() => posts.where("title", "==", "a").updateWhere({ authorId: "x" }))).toBe(
				"invalid_input authorId",
			);
			expect(posts.get()).toMatchObject([
				{ title: "a", authorId },
				{ title: "b", authorId },
			]);
		}));

	it("needs it for raw SQL as well, whatever becomes of conflicts", () =>
		inObject((database, { rows }) => {
			const { posts } = blog(database);
			posts.create({ title: "a" });
			const missing = /^posts\.authorId: There is no such row in authors\./;
			const values = "VALUES ('p', 'x', 'nobody', 0, 0)";
			for (const or of ["", "OR REPLACE", "OR IGNORE", "OR FAIL"]) {
				expect(() => rows(`INSERT ${or} INTO posts ${values}`)).toThrow(missing);
				expect(() => rows(`UPDATE ${or} posts SET authorId = 'nobody'`)).toThrow(missing);
			}
			expect(rows("SELECT title, authorId FROM posts")).toEqual([["a", null]]);
		}));

	it("may refer by an own id, and to the row itself", () =>
		inObject((database, { rows }) => {
			const users = database.table("users", AuthorSchema);
			const profiles = database.table("profiles", z.object({ id: z.string(), bio: z.string() }), {
				references: { id: { table: users, onDelete: "cascade", as: "user" } },
			});
			const { id } = users.create({ name: "Ann" });
			expect(refusal(() => profiles.create({ id: "x", bio: "" }))).toBe("invalid_input id");
			profiles.create({ id, bio: "hello" });
			users.delete(id);
			expect(profiles.count()).toBe(0);
			const nodes = chain(database, 0, "restrict");
			nodes.create({ id: "self", parentId: "self" });
			expect(nodes.delete("self")).toBe(true);
			nodes.createMany([
				{ id: "a", parentId: "a" },
				{ id: "b", parentId: "a" },
			]);
			expect(refusal(() => nodes.delete("a"))).toBe("conflict nodes.parentId");
			rows("DELETE FROM nodes WHERE id = 'b'");
			rows("INSERT OR REPLACE INTO nodes SELECT * FROM nodes");
			expect(nodes.get()).toMatchObject([{ id: "a", parentId: "a" }]);
		}));

	it("needs a table that is declared when it is first written", () =>
		inObject((database, { rows }) => {
			const posts = database.table("posts", PostSchema, { references: { authorId: "authors" } });
			expect(posts.get()).toEqual([]);
			expect(refusal(() => posts.create({ title: "a" }))).toBe("misconfigured posts.authorId");
			expect(refusal(() => database.create())).toBe("misconfigured posts.authorId");
			expect(rows("SELECT name FROM sqlite_master")).toEqual([]);
			database.table("Authors2", AuthorSchema);
			expect(refusal(() => posts.create({ title: "a" }))).toBe("misconfigured posts.authorId");
			database.table("authors", AuthorSchema);
			expect(posts.create({ title: "a" }).title).toBe("a");
		}));

	it("makes the other table, also where each refers to the other", () =>
		inObject((database, { rows }) => {
			const schema = z.object({ id: z.string(), otherId: z.string().optional() });
			const left = database.table("lefts", schema, { references: { otherId: "rights" } });
			const right = database.table("rights", schema, {
				references: { otherId: { table: left, onDelete: "set-null" } },
			});
			left.create({ id: "l" });
			right.create({ id: "r", otherId: "l" });
			left.update("l", { otherId: "r" });
			expect(refusal(() => right.delete("r"))).toBe("conflict lefts.otherId");
			left.delete("l");
			expect(right.findById("r")).not.toHaveProperty("otherId");
			expect(rows(triggers)).toEqual([
				["_userdo_referred:lefts:delete", "lefts"],
				["_userdo_referred:lefts:update", "lefts"],
				["_userdo_referred:rights:delete", "rights"],
				["_userdo_referred:rights:update", "rights"],
				["_userdo_referring:lefts.otherId:insert", "lefts"],
				["_userdo_referring:lefts.otherId:update", "lefts"],
				["_userdo_referring:rights.otherId:insert", "rights"],
				["_userdo_referring:rights.otherId:update", "rights"],
			]);
		}));
});

describe("deleting a row that others refer to", () => {
	it("is a conflict, that names who refers", () =>
		inObject((database, { rows }) => {
			const { posts, authors } = blog(database);
			const { id: authorId } = authors.create({ name: "Ann" });
			const { id } = posts.create({ title: "a", authorId });
			const error = thrown(() => authors.delete(authorId));
			expect(error).toMatchObject({
				code: "conflict",
				issues: [{ path: "posts.authorId", message: "Rows of posts refer to this row." }],
			});
			expect(error.message + JSON.stringify(error.issues)).not.toMatch(/SQL|CONSTRAINT|TRIGGER/);
			expect(refusal(() => authors.where("name", "==", "Ann").deleteWhere())).toBe(
				"conflict posts.authorId",
			);
			const refers = /^posts\.authorId: Rows of posts refer to this row of authors\./;
			expect(() => rows("DELETE FROM authors")).toThrow(refers);
			expect(() => rows("INSERT OR REPLACE INTO authors SELECT * FROM authors")).toThrow(refers);
			expect(() => rows("UPDATE authors SET id = 'other'")).toThrow(refers);
			rows("UPDATE authors SET id = id, name = 'Bob'");
			expect(authors.get()).toMatchObject([{ id: authorId, name: "Bob" }]);
			posts.delete(id);
			rows("UPDATE authors SET id = 'other'");
			expect(authors.delete("other")).toBe(true);
		}));

	it("deletes them, which the log tells first", () =>
		inObject((database, { rows }) => {
			const { posts, authors } = blog(database, "cascade");
			const { id: authorId } = authors.create({ name: "Ann" });
			posts.createMany([{ title: "a", authorId }, { title: "b", authorId }, { title: "c" }]);
			const { seq } = database.changes;
			expect(authors.delete(authorId)).toBe(true);
			const expected = ["delete posts a (old)", "delete posts b (old)", "delete authors Ann (old)"];
			expect(told(database, seq)).toEqual(expected);
			expect(posts.get()).toMatchObject([{ title: "c" }]);
			const { id } = authors.create({ name: "Bob" });
			posts.create({ title: "d", authorId: id });
			const last = database.changes.seq;
			rows("INSERT OR REPLACE INTO authors SELECT * FROM authors");
			expect(told(database, last)).toEqual([
				"delete posts d (old)",
				"delete authors Bob (old)",
				"create authors Bob",
			]);
		}));

	it("counts the rows of the query alone", () =>
		inObject((database) => {
			const { posts, authors } = blog(database, "cascade");
			const people = authors.createMany([{ name: "a" }, { name: "b" }, { name: "c" }]);
			posts.createMany(
				people.flatMap(({ id: authorId }) => [
					{ title: "x", authorId },
					{ title: "y", authorId },
				]),
			);
			expect(authors.where("name", "<", "c").deleteWhere()).toBe(2);
			expect(posts.count()).toBe(2);
		}));

	it("sets them to null, as a change that is later than what was there", () =>
		inObject((database, { rows }) => {
			const { posts, authors } = blog(database, "set-null");
			const { id: authorId } = authors.create({ name: "Ann" });
			const { id } = posts.create({ title: "a", authorId });
			const later = Date.now() + 1_000_000;
			rows("UPDATE posts SET _updated_at = ?", later);
			const before = posts.findById(id);
			const { seq } = database.changes;
			authors.delete(authorId);
			const after = posts.findById(id);
			expect(after).not.toHaveProperty("authorId");
			expect(after?.updatedAt.getTime()).toBe(later + 1);
			expect(told(database, seq)).toEqual(["update posts a (old)", "delete authors Ann (old)"]);
			expect(database.changes.read(seq, 1)[0]?.data).toEqual(
				JSON.parse(JSON.stringify({ type: "update", data: after, old: before })),
			);
			const { id: other } = authors.create({ name: "Bob" });
			const post = posts.create({ title: "b", authorId: other });
			const start = Date.now();
			authors.delete(other);
			const time = posts.findById(post.id)?.updatedAt.getTime() ?? 0;
			expect(time).toBeGreaterThanOrEqual(Math.max(start - 1, post.updatedAt.getTime() + 1));
			expect(time).toBeLessThan(start + 60_000);
		}));

	it("goes down a chain of ten, and is a conflict beyond, of which nothing remains", () =>
		inObject((database) => {
			const nodes = chain(database, 10);
			nodes.delete("0");
			expect(nodes.count()).toBe(0);
			chain(database, 11);
			const error = thrown(() => nodes.delete("0"));
			expect(error).toMatchObject({ code: "conflict", issues: [{ path: "nodes" }] });
			expect(error.message + JSON.stringify(error.issues)).not.toMatch(/SQL|trigger/);
			expect(refusal(() => nodes.where("id", "==", "0").deleteWhere())).toBe("conflict nodes");
			expect(nodes.count()).toBe(11);
			nodes.delete("1");
			expect(nodes.get()).toMatchObject([{ id: "0" }]);
		}));

	it("goes round a ring", () =>
		inObject((database) => {
			const nodes = chain(database, 3);
			nodes.update("0", { parentId: "2" });
			nodes.delete("1");
			expect(nodes.count()).toBe(0);
		}));

	it("lets what is deleted or set free by itself not stand against it", () =>
		inObject((database) => {
			const schema = z.object({ authorId: z.string(), postId: z.string() });
			const { posts, authors } = blog(database, "cascade");
			// Of all that refer to an author, this one comes first by name.
			const notes = database.table("answers", schema, {
				references: { authorId: "authors", postId: { table: "posts", onDelete: "cascade" } },
			});
			const { id: authorId } = authors.create({ name: "Ann" });
			const { id: postId } = posts.create({ title: "a", authorId });
			notes.create({ authorId, postId });
			authors.delete(authorId);
			expect([posts.count(), notes.count()]).toEqual([0, 0]);
		}));

	it("is taken back with its transaction, and told once", () =>
		inObject((_, { open }) => {
			const onWrite = vi.fn();
			const database = open({ onWrite });
			const { posts, authors } = blog(database, "cascade");
			const { id: authorId } = authors.create({ name: "Ann" });
			const post = posts.create({ title: "a", authorId });
			const { seq } = database.changes;
			onWrite.mockClear();
			expect(() =>
				database.transaction(() => {
					authors.delete(authorId);
					expect(posts.count()).toBe(0);
					throw new Error("no");
				}),
			).toThrow("no");
			expect(posts.get()).toEqual([post]);
			expect(database.changes.seq).toBe(seq);
			expect(onWrite).toHaveBeenCalledTimes(0);
			database.transaction(() => authors.delete(authorId));
			expect(onWrite).toHaveBeenCalledTimes(1);
		}));
});

describe("many tables that refer to one", () => {
	it("are made together, and its triggers once", () =>
		inObject((_, { storage }) => {
			const statements: string[] = [];
			const pass = <T extends object>(target: T, own: Partial<T>) =>
				new Proxy(target, {
					get(_target, key) {
						const value: unknown = Reflect.get(key in own ? own : target, key);
						return typeof value === "function" ? value.bind(target) : value;
					},
				});
			const exec: SqlStorage["exec"] = (text, ...values) => {
				statements.push(text);
				return storage.sql.exec(text, ...values);
			};
			const database = createDatabase(pass(storage, { sql: pass(storage.sql, { exec }) }));
			const authors = database.table("authors", AuthorSchema);
			const references = { authorId: { table: authors, onDelete: "cascade" } } as const;
			const children = Array.from({ length: 20 }, (_, i) =>
				database.table(`posts${i}`, PostSchema, { references }),
			);
			database.create();
			const made = statements.filter((text) =>
				text.startsWith('CREATE TRIGGER "_userdo_referred:'),
			);
			expect(made).toHaveLength(2);
			const { id: authorId } = authors.create({ name: "Ann" });
			for (const posts of children) posts.create({ title: "a", authorId });
			authors.delete(authorId);
			expect(children.map((posts) => posts.count())).toEqual(children.map(() => 0));
		}));
});

describe("references on stored tables", () => {
	it("are added, changed and dropped without a table being rebuilt", () =>
		inObject((database, { open, rows }) => {
			const author = database.table("authors", AuthorSchema).create({ name: "Ann" });
			const post = database.table("posts", PostSchema).create({ title: "a", authorId: author.id });
			const { seq } = database.changes;
			const tables = "SELECT name, rootpage FROM sqlite_master WHERE type = 'table' ORDER BY name";
			const before = rows(tables);

			const restrict = blog(open());
			expect(restrict.posts.get()).toEqual([post]);
			expect(refusal(() => restrict.authors.delete(author.id))).toBe("conflict posts.authorId");

			const free = blog(open(), "set-null");
			free.authors.delete(author.id);
			expect(free.posts.findById(post.id)).not.toHaveProperty("authorId");
			expect(rows(triggers)).toHaveLength(4);

			const none = open();
			const posts = none.table("posts", PostSchema);
			expect(posts.create({ title: "b", authorId: "nobody" }).authorId).toBe("nobody");
			expect(rows(triggers)).toEqual([]);
			expect(rows(tables)).toEqual(before);
			expect(none.changes.read(seq, 9).map(({ event }) => event)).toEqual([
				"table:posts",
				"table:authors",
				"table:posts",
			]);
		}));

	it("are refused where rows hold what would be none, and nothing is changed", () =>
		inObject((database, { open, rows }) => {
			const posts = database.table("posts", PostSchema);
			const post = posts.create({ title: "a", authorId: "nobody" });
			const schema = "SELECT name, sql FROM sqlite_master ORDER BY name";
			const before = rows(schema);
			const next = blog(open());
			const error = thrown(() => next.posts.get());
			expect(error).toMatchObject({ code: "misconfigured", issues: [{ path: "posts.authorId" }] });
			expect(error.message).toContain("change or delete them");
			expect(refusal(() => next.posts.create({ title: "b" }))).toBe("misconfigured posts.authorId");
			expect(rows(schema)).toEqual(before);
			rows("UPDATE posts SET authorId = NULL");
			expect(next.posts.findById(post.id)?.title).toBe("a");

			const { id } = next.authors.create({ name: "Ann" });
			next.posts.update(post.id, { authorId: id });
			const other = open();
			other.table("people", AuthorSchema);
			const moved = other.table("posts", PostSchema, { references: { authorId: "people" } });
			expect(refusal(() => moved.get())).toBe("misconfigured posts.authorId");
			expect(refusal(() => blog(open()).authors.delete(id))).toBe("conflict posts.authorId");
		}));

	it("leave the stored form of tables without any as it was", () =>
		inObject((database, { rows }) => {
			database.table("authors", AuthorSchema).create({ name: "Ann" });
			const text = `{"columns":{"_created_at":"date","_updated_at":"date","id":"text","name":"text"},"indexes":[],"realtime":true,"version":2}`;
			expect(rows("SELECT value FROM _userdo_meta WHERE key = 'table:authors'")).toEqual([[text]]);
		}));

	it("are those of the definition, though only the other table is used", () =>
		inObject((database, { open, rows }) => {
			const NoteSchema = z.object({ postId: z.string().optional() });
			const { posts, authors } = blog(database, "cascade");
			const notes = (of: Database, onDelete: OnDelete) =>
				of.table("notes", NoteSchema, { references: { postId: { table: "posts", onDelete } } });
			const { id: authorId } = authors.create({ name: "Ann" });
			const { id: postId } = posts.create({ title: "a", authorId });
			notes(database, "cascade").create({ postId });

			const second = open();
			const { authors: people } = blog(second, "cascade");
			// Declared when the others were used already, and two tables away.
			expect(people.delete("nobody")).toBe(false);
			notes(second, "restrict");
			expect(refusal(() => people.delete(authorId))).toBe("conflict notes.postId");

			const third = open();
			const all = blog(third, "restrict").authors.where("name", "==", "Ann");
			notes(third, "set-null");
			expect(refusal(() => all.deleteWhere())).toBe("conflict posts.authorId");

			const fourth = open();
			const last = blog(fourth, "cascade").authors;
			notes(fourth, "set-null");
			expect(last.delete(authorId)).toBe(true);
			expect(rows("SELECT postId FROM notes")).toEqual([[null]]);
		}));

	it("that were dropped do nothing any more, though only the other table is used", () =>
		inObject((database, { open, rows }) => {
			const { posts, authors } = blog(database, "cascade");
			const { id: authorId } = authors.create({ name: "Ann" });
			const { id } = posts.create({ title: "a", authorId });
			const next = open();
			next.table("posts", PostSchema);
			expect(next.table("authors", AuthorSchema).delete(authorId)).toBe(true);
			expect(rows("SELECT id, authorId FROM posts")).toEqual([[id, authorId]]);
		}));

	it("come back when the table that is referred to changes", () =>
		inObject((database, { open, rows }) => {
			const { posts, authors } = blog(database, "cascade");
			const { id: authorId } = authors.create({ name: "Ann" });
			posts.create({ title: "a", authorId });
			const next = open();
			const wide = AuthorSchema.extend({
				age: z.int().default(5),
				note: z.string().default("a\0"),
			});
			const people = next.table("authors", wide);
			expect(people.findById(authorId)).toMatchObject({ age: 5, note: "a\0" });
			const { seq } = next.changes;
			// Not declared in this deployment, but stored: its rows still refer.
			expect(people.delete(authorId)).toBe(true);
			expect(rows("SELECT * FROM posts")).toEqual([]);
			expect(next.changes.read(seq, 9).map(({ event }) => event)).toEqual([
				"table:posts",
				"table:authors",
			]);
		}));

	it("let go of a table that was dropped", () =>
		inObject((database, { open, rows }) => {
			const { authors, posts } = blog(database);
			const { id: authorId } = authors.create({ name: "Ann" });
			posts.create({ title: "a", authorId });
			rows("DROP TABLE posts");
			const people = open().table("authors", AuthorSchema);
			expect(people.delete(authorId)).toBe(true);
			expect(rows(triggers)).toEqual([]);
		}));

	it("stand aside while tables are built anew, and hold again", () =>
		inObject((database, { rows, storage }) => {
			const { authors, posts } = blog(database, "cascade");
			const { id: authorId } = authors.create({ name: "Ann" });
			posts.create({ title: "a", authorId });
			const before = rows(triggers);
			storage.transactionSync(() => {
				dropReferenceTriggers(storage.sql);
				expect(rows(triggers)).toEqual([]);
				for (const table of ["authors", "posts"]) {
					const found = rows("SELECT sql FROM sqlite_master WHERE name = ?", table);
					rows(String(found[0]?.[0]).replace(`"${table}"`, "next"));
					rows(`INSERT INTO next SELECT * FROM ${table}`);
					rows(`DROP TABLE ${table}`);
					rows(`ALTER TABLE next RENAME TO ${table}`);
				}
				createReferenceTriggers(storage.sql);
			});
			expect(rows(triggers)).toEqual(before);
			expect(posts.count()).toBe(1);
			expect(refusal(() => posts.create({ title: "b", authorId: "x" }))).toBe(
				"invalid_input authorId",
			);
			authors.delete(authorId);
			expect(posts.count()).toBe(0);
		}));

	it("are gone with a rollback of others and there again afterwards", () =>
		inObject((database, { storage }) => {
			const { authors, posts } = blog(database);
			const fail = () => {
				const { id: authorId } = authors.create({ name: "Ann" });
				posts.create({ title: "a", authorId });
				throw new Error("no");
			};
			for (const transaction of [
				() => database.transaction(fail),
				() => storage.transactionSync(fail),
			]) {
				expect(transaction).toThrow("no");
				expect(posts.get()).toEqual([]);
			}
			expect(refusal(() => posts.create({ title: "a", authorId: "x" }))).toBe(
				"invalid_input authorId",
			);
		}));

	it("hold in storage that was emptied", () =>
		inObject(async (database, { storage }) => {
			const { authors, posts } = blog(database);
			authors.create({ name: "Ann" });
			posts.create({ title: "a" });
			await storage.deleteAll();
			expect(refusal(() => posts.create({ title: "a", authorId: "x" }))).toBe(
				"invalid_input authorId",
			);
			const { id: authorId } = authors.create({ name: "Ann" });
			posts.create({ title: "a", authorId });
			expect(refusal(() => authors.delete(authorId))).toBe("conflict posts.authorId");
		}));

	it("hold for the next instance of an object", async () => {
		const stub = newStub();
		const authorId = await inObject((database) => {
			const { posts, authors } = blog(database);
			const { id } = authors.create({ name: "Ann" });
			posts.create({ title: "a", authorId: id });
			return id;
		}, stub);
		await evictDurableObject(stub);
		await inObject((database, { rows }) => {
			const { posts, authors } = blog(database);
			expect(refusal(() => authors.delete(authorId))).toBe("conflict posts.authorId");
			expect(refusal(() => posts.create({ title: "b", authorId: "x" }))).toBe(
				"invalid_input authorId",
			);
			// REPLACE is only seen by the triggers of a connection that was told so.
			expect(() => rows("REPLACE INTO authors SELECT * FROM authors")).toThrow("Rows of posts");
		}, stub);
	});
});

interface Stored {
	id: string;
	parentId: string | null;
	otherId: string | null;
}
interface Link {
	child: string;
	field: "parentId" | "otherId";
	parent: string;
	onDelete: OnDelete;
}

interface Operation {
	kind: string;
	table: string;
	row: Stored;
}

/** Tables in memory, with the rules of references. Throws where they are broken. */
class Model {
	readonly tables: Record<string, Map<string, Stored>>;
	readonly links: readonly Link[];

	constructor(names: readonly string[], links: readonly Link[], from?: Model) {
		this.links = links;
		this.tables = Object.fromEntries(
			names.map((name) => {
				const rows = from?.tables[name]?.values() ?? [];
				return [name, new Map([...rows].map((row) => [row.id, { ...row }]))];
			}),
		);
	}

	/** As what `run` makes of it, or as before where that throws. */
	after(run: (model: Model) => void): { model: Model; failed: boolean } {
		const model = new Model(Object.keys(this.tables), this.links, this);
		try {
			run(model);
			return { model, failed: false };
		} catch {
			return { model: this, failed: true };
		}
	}

	put(table: string, row: Stored) {
		this.#of(table).set(row.id, row);
		for (const { child, field, parent } of this.links) {
			const value = row[field];
			if (child === table && value !== null && !this.#of(parent).has(value)) throw new Error();
		}
	}

	delete(table: string, id: string) {
		if (!this.#of(table).delete(id)) return;
		const links = this.links.filter(({ parent }) => parent === table);
		const referring = ({ child, field }: Link) =>
			[...this.#of(child).values()].filter((row) => row[field] === id);
		for (const link of links.filter(({ onDelete }) => onDelete === "cascade")) {
			for (const row of referring(link)) this.delete(link.child, row.id);
		}
		for (const link of links.filter(({ onDelete }) => onDelete === "set-null")) {
			for (const row of referring(link)) row[link.field] = null;
		}
		for (const link of links.filter(({ onDelete }) => onDelete === "restrict")) {
			if (referring(link).length > 0) throw new Error();
		}
	}

	#of(table: string): Map<string, Stored> {
		return this.tables[table] ?? new Map();
	}
}

describe("any operations on tables that refer to each other", () => {
	const names = ["xs", "ys", "zs"];
	const schema = z.object({
		id: z.string(),
		parentId: z.string().nullable(),
		otherId: z.string().nullable(),
	});
	const action = fc.constantFrom<OnDelete>("restrict", "cascade", "set-null");
	// Nine rows: no chain of them is too long.
	const id = fc.constantFrom("0", "1", "2");
	const operation: fc.Arbitrary<Operation> = fc.record({
		kind: fc.constantFrom("create", "create", "update", "delete", "replace", "raw delete"),
		table: fc.constantFrom(...names),
		row: fc.record({ id, parentId: fc.option(id), otherId: fc.option(id) }),
	});
	const links = fc.tuple(
		...names.flatMap((child) =>
			(["otherId", "parentId"] as const).map((field) =>
				fc.record({
					child: fc.constant(child),
					field: fc.constant(field),
					parent: fc.constantFrom(...names),
					onDelete: action,
				}),
			),
		),
	);

	function run(
		{ kind, table, row }: Operation,
		tables: ReadonlyMap<string, AnyTable>,
		{ rows }: Context,
	) {
		const { id, parentId, otherId } = row;
		const own = tables.get(table) as AnyTable;
		if (kind === "create") own.create(row);
		else if (kind === "update") own.update(id, { parentId, otherId });
		else if (kind === "delete") own.delete(id);
		else if (kind === "raw delete") rows(`DELETE FROM ${table} WHERE id = ?`, id);
		else rows(`REPLACE INTO ${table} VALUES (?, ?, ?, 0, 0)`, id, parentId, otherId);
	}

	/** Whether it is refused, and for what this is about. */
	function isRefused(run: () => void): boolean {
		try {
			run();
			return false;
		} catch (error) {
			const { code, message } = error as UserDOError;
			expect(code ?? message).toMatch(
				/^(invalid_input|conflict|not_found)$|: There is no such row in |: Rows of \w+ refer to /,
			);
			return true;
		}
	}

	function inModel(model: Model, { kind, table, row }: Operation) {
		const known = model.tables[table]?.has(row.id);
		if (kind === "create" && known) throw new Error();
		if (kind === "update" && !known) throw new Error();
		if (kind === "replace" || kind.endsWith("delete")) model.delete(table, row.id);
		if (!kind.endsWith("delete")) model.put(table, { ...row });
	}

	it("agree with a model in memory, and the log tells the same", async () => {
		await fc.assert(
			fc.asyncProperty(
				links,
				fc.array(operation, { minLength: 5, maxLength: 40 }),
				(links, operations) =>
					inObject((database, context) => {
						for (const name of names) {
							const own = links.filter(({ child }) => child === name);
							const references = Object.fromEntries(
								own.map(({ field, parent, onDelete }) => [field, { table: parent, onDelete }]),
							);
							database.table(name, schema, { references });
						}
						database.create();
						let model = new Model(names, links);
						const logged = new Model(names, []);
						for (const each of operations) {
							const { seq } = database.changes;
							const next = model.after((copy) => inModel(copy, each));
							expect(isRefused(() => run(each, database.tables, context))).toBe(next.failed);
							model = next.model;
							for (const { event, data } of database.changes.read(seq, 1000)) {
								const { type, data: row } = data as TableChange;
								const { id, parentId, otherId } = row as unknown as Stored;
								const table = event.slice("table:".length);
								if (type === "delete") logged.delete(table, id);
								else logged.put(table, { id, parentId, otherId });
							}
							for (const name of names) {
								const stored = context
									.rows(`SELECT id, parentId, otherId FROM ${name} ORDER BY id`)
									.map(([id, parentId, otherId]) => ({ id, parentId, otherId }));
								const sorted = (of: Model) =>
									[...(of.tables[name]?.values() ?? [])].sort((a, b) => (a.id < b.id ? -1 : 1));
								expect(stored).toEqual(sorted(model));
								expect(stored).toEqual(sorted(logged));
							}
						}
					}),
			),
			{ numRuns: 100 },
		);
	});
});

describe("what a reference costs", () => {
	it("is one row written more for its index, per insert", () =>
		inObject((database, { rows, storage }) => {
			const { posts, authors } = blog(database);
			const { id } = authors.create({ name: "Ann" });
			posts.create({ title: "a", authorId: id });
			database.table("plain", PostSchema).create({ title: "a" });
			const written = (text: string) => {
				const cursor = storage.sql.exec(text);
				cursor.toArray();
				return cursor.rowsWritten;
			};
			const costs = (table: string) => [
				written(`INSERT INTO ${table} VALUES ('p', 'x', '${id}', 0, 0)`),
				written(`UPDATE ${table} SET title = 'y' WHERE id = 'p'`),
				written(`UPDATE ${table} SET authorId = NULL WHERE id = 'p'`),
				written(`DELETE FROM ${table} WHERE id = 'p'`),
			];
			// The row and its change.
			expect(costs("plain")).toEqual([2, 2, 2, 2]);
			expect(costs("posts")).toEqual([3, 2, 3, 2]);
			// The check is a look-up, and so are the deletions in the other table.
			posts.createMany(Array.from({ length: 1000 }, () => ({ title: "a", authorId: id })));
			const other = authors.create({ name: "Bob" });
			const cursor = storage.sql.exec("DELETE FROM authors WHERE id = ?", other.id);
			cursor.toArray();
			expect(cursor.rowsRead).toBeLessThan(20);
			expect(rows("SELECT count(*) FROM posts")).toEqual([[1001]]);
		}));
});
