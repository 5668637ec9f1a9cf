import { describe, expect, it } from "vitest";
import * as z from "zod";
import type { Database, Migration, OnDelete } from "../src/index.js";
import { inObject, refusal, thrown } from "./helpers.js";

const AuthorSchema = z.object({ name: z.string() });
const PostSchema = z.object({ title: z.string(), authorId: z.string().optional() });

const step = (statements: string): Migration[] => [
	{ version: 1, up: (sql) => void sql.exec(statements) },
];

function blog(
	database: Database,
	{ authors = [], posts = [] }: { authors?: Migration[]; posts?: Migration[] } = {},
) {
	return {
		authors: database.table("authors", AuthorSchema, { migrations: authors }),
		posts: database.table("posts", PostSchema, {
			references: { authorId: "authors" },
			search: ["title"],
			migrations: posts,
		}),
	};
}

describe("a step", () => {
	it.each([
		["deletes rows", "DELETE FROM authors"],
		["gives them other ids", "UPDATE authors SET id = 'new-' || id"],
	])("that %s to which others refer is refused, and nothing is changed", (_, statement) =>
		inObject((database, { open, rows }) => {
			const { authors, posts } = blog(database);
			const { id: authorId } = authors.create({ name: "Ann" });
			posts.create({ title: "a", authorId });
			const after = blog(open(), { authors: step(statement) });
			const error = thrown(() => after.authors.get());
			expect(error).toMatchObject({ code: "misconfigured", issues: [{ path: "posts.authorId" }] });
			expect(error.message).toContain(
				`change or delete those WHERE "authorId" NOT IN (SELECT "id" FROM "authors")`,
			);
			expect(rows("SELECT id FROM authors")).toEqual([[authorId]]);
			const mended = step(`${statement}; UPDATE posts SET authorId = NULL`);
			expect(blog(open(), { authors: mended }).authors.count()).toBe(
				statement.startsWith("DELETE") ? 0 : 1,
			);
		}),
	);

	it("of any table is held to all references, also of tables that are not declared", () =>
		inObject((database, { open }) => {
			const { authors, posts } = blog(database);
			posts.create({ title: "a", authorId: authors.create({ name: "Ann" }).id });
			database.table("others", AuthorSchema).create({ name: "x" });
			const others = (statement: string) =>
				open().table("others", AuthorSchema, { migrations: step(statement) });
			expect(refusal(() => others("UPDATE posts SET authorId = 'nobody'").get())).toBe(
				"misconfigured posts.authorId",
			);
			expect(refusal(() => others("DROP TABLE authors").get())).toBe(
				"misconfigured posts.authorId",
			);
			expect(others("DROP TABLE posts; DELETE FROM authors").count()).toBe(1);
		}));

	it("may move rows to another table, of which those that refer know", () =>
		inObject((database, { open }) => {
			const { authors, posts } = blog(database);
			const { id: authorId } = authors.create({ name: "Ann" });
			posts.create({ title: "a", authorId });
			const next = open();
			const people = next.table("people", AuthorSchema);
			const moved = next.table("posts", PostSchema, { references: { authorId: "people" } });
			next.table("old", AuthorSchema).create({ name: "x" });
			const last = open();
			last.table("people", AuthorSchema);
			const later = last.table("posts", PostSchema, { references: { authorId: "people" } });
			people.create({ name: "Bob" });
			const old = last.table("old", AuthorSchema, {
				migrations: step("INSERT INTO people SELECT * FROM authors; DROP TABLE authors"),
			});
			expect(old.count()).toBe(1);
			expect(later.get()).toMatchObject([{ authorId }]);
			expect(moved.with("author").first()?.author).toMatchObject({ name: "Ann" });
		}));

	it("of an unrelated table leaves references in force", () =>
		inObject((database, { open }) => {
			blog(database).posts.create({ title: "a" });
			database.table("others", AuthorSchema).create({ name: "x" });
			const after = open();
			const { posts } = blog(after);
			const empty = [{ version: 1, up() {} }];
			expect(after.table("others", AuthorSchema, { migrations: empty }).count()).toBe(1);
			expect(refusal(() => posts.create({ title: "b", authorId: "nobody" }))).toBe(
				"invalid_input authorId",
			);
		}));

	it("that changes a searched text is searched by its new words alone", () =>
		inObject((database, { open }) => {
			blog(database).posts.create({ title: "before" });
			const { posts } = blog(open(), { posts: step("UPDATE posts SET title = 'after'") });
			expect([posts.search("after").count(), posts.search("before").count()]).toEqual([1, 0]);
		}));

	it.each(["restrict", "cascade", "set-null"] as OnDelete[])(
		"may build a table anew to which others refer (%s)",
		(onDelete) =>
			inObject((database, { open, rows }) => {
				const declare = (of: Database, migrations: Migration[]) => ({
					authors: of.table("authors", AuthorSchema, { migrations }),
					posts: of.table("posts", PostSchema, {
						references: { authorId: { table: "authors", onDelete } },
					}),
				});
				const { authors, posts } = declare(database, []);
				const { id: authorId } = authors.create({ name: "Ann" });
				const post = posts.create({ title: "a", authorId });
				const [[text] = []] = rows("SELECT sql FROM sqlite_master WHERE name = 'authors'");
				const rebuild = step(`${String(text).replace('"authors"', "fresh")};
					INSERT INTO fresh SELECT * FROM authors;
					DROP TABLE authors;
					ALTER TABLE fresh RENAME TO authors`);
				const after = declare(open(), rebuild);
				expect(after.authors.get()).toMatchObject([{ id: authorId, name: "Ann" }]);
				expect(after.posts.get()).toEqual([post]);
				expect(refusal(() => after.posts.create({ title: "b", authorId: "nobody" }))).toBe(
					"invalid_input authorId",
				);
				if (onDelete === "restrict") {
					expect(refusal(() => after.authors.delete(authorId))).toBe("conflict posts.authorId");
				} else expect(after.authors.delete(authorId)).toBe(true);
			}),
	);
});

describe("a chain of tables of which each deletes the next", () => {
	const NodeSchema = z.object({ id: z.string(), parentId: z.string().optional() });

	function chain(database: Database, length: number, last: OnDelete = "cascade") {
		return Array.from({ length }, (_, i) => {
			const onDelete = i === length - 1 ? last : "cascade";
			return database.table(`t${i}`, NodeSchema, {
				...(i > 0 && { references: { parentId: { table: `t${i - 1}`, onDelete } } }),
				realtime: i < length - 1,
			});
		});
	}

	it.each(["cascade", "set-null"] as OnDelete[])("may have ten tables (%s)", (last) =>
		inObject((database) => {
			const tables = chain(database, 10, last);
			for (const [i, table] of tables.entries()) {
				table.create({ id: "x", ...(i > 0 && { parentId: "x" }) });
			}
			tables[0]?.delete("x");
			expect(tables.map((table) => table.count())).toEqual([
				...Array.from({ length: 9 }, () => 0),
				last === "cascade" ? 0 : 1,
			]);
		}),
	);

	it.each(["cascade", "set-null"] as OnDelete[])(
		"is refused where it has more, which are named (%s)",
		(last) =>
			inObject((database) => {
				const tables = chain(database, 11, last);
				for (const [i, table] of tables.slice(0, 10).entries()) {
					table.create({ id: "x", ...(i > 0 && { parentId: "x" }) });
				}
				const error = thrown(() => tables[10]?.create({ id: "x" }));
				expect(error).toMatchObject({ code: "misconfigured", issues: [{ path: "t10.parentId" }] });
				expect(error.message).toContain("t0, t1, t2, t3, t4, t5, t6, t7, t8, t9, t10");
				expect(refusal(() => database.create())).toBe("misconfigured t10.parentId");
				tables[0]?.delete("x");
				expect(tables[9]?.count()).toBe(0);
			}),
	);

	it("is refused as well where it is closed in the middle, or made a cascade later", () =>
		inObject((database, { open }) => {
			const declare = (of: Database, middle: OnDelete) =>
				Array.from({ length: 12 }, (_, i) =>
					of.table(`t${i}`, NodeSchema, {
						...(i > 0 && {
							references: {
								parentId: { table: `t${i - 1}`, onDelete: i === 6 ? middle : "cascade" },
							},
						}),
					}),
				);
			declare(database, "restrict");
			database.create();
			const next = open();
			const tables = declare(next, "cascade");
			expect(refusal(() => tables[6]?.get())).toBe("misconfigured t6.parentId");
			expect(refusal(() => tables[0]?.delete("x"))).toBe("misconfigured t6.parentId");
			expect(declare(open(), "restrict")[0]?.delete("x")).toBe(false);
		}));

	it("goes round, and forks, as long as no way is too long", () =>
		inObject((database) => {
			const Schema = z.object({ a: z.string().optional(), b: z.string().optional() });
			const at = (i: number) =>
				({ table: `t${i % 9}`, onDelete: "cascade", inverse: `i${i}` }) as const;
			for (let i = 0; i < 9; i++) {
				database.table(`t${i}`, Schema, {
					references: { a: { ...at(i + 1), as: "x" }, b: { ...at(i + 2), as: "y" } },
				});
			}
			database.create();
			const first = database.tables.get("t0");
			const { id } = first?.create({}) ?? {};
			expect(first?.delete(String(id))).toBe(true);
		}));

	it("is a typed error where raw SQL made it", () =>
		inObject((database, { rows }) => {
			const tables = chain(database, 10);
			database.create();
			rows("CREATE TABLE more (x)");
			rows(`CREATE TRIGGER more1 AFTER DELETE ON t9 BEGIN DELETE FROM more; END`);
			rows(`CREATE TRIGGER more2 AFTER DELETE ON more BEGIN SELECT 1; END`);
			expect(refusal(() => tables[0]?.delete("x"))).toBe("misconfigured t0");
		}));
});
