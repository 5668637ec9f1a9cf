import fc from "fast-check";
import { describe, expect, expectTypeOf, it, vi } from "vitest";
import * as z from "zod";
import type { AnyTable, Database, Row, Table } from "../src/index.js";
import { inObject, refusal } from "./helpers.js";

const AuthorSchema = z.object({ name: z.string() });
const PostSchema = z.object({
	title: z.string(),
	authorId: z.string(),
	editorId: z.string().optional(),
});

type Author = Row<z.infer<typeof AuthorSchema>>;
type Post = Row<z.infer<typeof PostSchema>>;

function declare(database: Database) {
	const authors = database.table("authors", AuthorSchema);
	const posts = database.table("posts", PostSchema, {
		references: { authorId: authors, editorId: { table: "authors", inverse: "edited" } },
	});
	return { authors, posts };
}

describe("with", () => {
	it("adds the row that a row refers to, and the rows that refer to it", () =>
		inObject((database) => {
			const { authors, posts } = declare(database);
			expect(posts.with("author").get()).toEqual([]);
			const [ann, bob] = authors.createMany([{ name: "Ann" }, { name: "Bob" }]) as [Author, Author];
			const add = (title: string, author: Author, editor?: Author) =>
				posts.create({ title, authorId: author.id, ...(editor && { editorId: editor.id }) });
			const [a, b, c] = [add("a", ann, bob), add("b", ann), add("c", bob, bob)];
			const sorted = posts.orderBy("title");
			expect(sorted.with("author").get()).toEqual([
				{ ...a, author: ann },
				{ ...b, author: ann },
				{ ...c, author: bob },
			]);
			const both = sorted.with("author").with("editor").with("author");
			expect(both.offset(1).limit(1).get()).toEqual([{ ...b, author: ann, editor: null }]);
			expect(both.first()).toEqual({ ...a, author: ann, editor: bob });
			expect(authors.with("posts", posts).get()).toEqual([
				{ ...ann, posts: [a, b] },
				{ ...bob, posts: [c] },
			]);
			expect(authors.with("edited", posts).where("name", "==", "Bob").first()).toEqual({
				...bob,
				edited: [a, c],
			});
			expect(authors.where("name", "==", "Ann").with("edited").first()?.edited).toEqual([]);
			expect(both.count()).toBe(3);
		}));

	it("works on pages and on fields that do not show what leads there", () =>
		inObject((database) => {
			const { authors, posts } = declare(database);
			const ann = authors.create({ name: "Ann" });
			posts.createMany(["a", "b", "c"].map((title) => ({ title, authorId: ann.id })));
			const query = posts.select(["title"]).with("author").orderBy("title", "desc");
			const { items, pageInfo } = query.page({ limit: 2 });
			expect(items).toEqual([
				{ title: "c", author: ann },
				{ title: "b", author: ann },
			]);
			expect(query.page({ after: pageInfo.endCursor }).items).toEqual([
				{ title: "a", author: ann },
			]);
			const titles = authors.select(["name"]).with("posts", posts).first()?.posts;
			expect(titles?.map(({ title }) => title)).toEqual(["a", "b", "c"]);
		}));

	it("reads each relation once, however many rows there are", () =>
		inObject((database, { storage }) => {
			const { authors, posts } = declare(database);
			const people = authors.createMany(Array.from({ length: 200 }, (_, i) => ({ name: `${i}` })));
			posts.createMany(
				Array.from({ length: 1000 }, (_, i) => ({
					title: `${i}`,
					authorId: people[i % 200]?.id ?? "",
					editorId: people[(i + 1) % 200]?.id,
				})),
			);
			const exec = vi.spyOn(storage.sql, "exec");
			const rows = posts.with("author").with("editor").get();
			expect(exec).toHaveBeenCalledTimes(3);
			expect(rows.every(({ author, authorId }) => author?.id === authorId)).toBe(true);
			exec.mockClear();
			const found = authors.with("posts", posts).with("edited", posts).get();
			expect(exec).toHaveBeenCalledTimes(3);
			expect(found.every((row) => row.posts.length === 5 && row.edited.length === 5)).toBe(true);
			exec.mockRestore();
		}));

	it("reads any number of rows, however long their ids", () =>
		inObject((database) => {
			const owners = database.table("owners", z.object({ id: z.string() }), { realtime: false });
			const things = database.table("things", z.object({ ownerId: z.string() }), {
				references: { ownerId: owners },
				realtime: false,
			});
			const ids = Array.from({ length: 1000 }, (_, i) => `${i}`.padStart(2100, "x"));
			owners.createMany(ids.map((id) => ({ id })));
			things.createMany(ids.map((ownerId) => ({ ownerId })));
			const found = things.with("owner").get();
			expect(found.filter(({ owner, ownerId }) => owner?.id === ownerId)).toHaveLength(1000);
			const back = owners.with("things", things).get();
			expect(back.every((row) => row.things[0]?.ownerId === row.id)).toBe(true);
		}));

	it("follows a table's references to itself, both ways", () =>
		inObject((database) => {
			const schema = z.object({ text: z.string(), parentId: z.string().nullable() });
			const comments = database.table("comments", schema, {
				references: { parentId: { table: "comments", onDelete: "cascade", inverse: "replies" } },
			});
			const root = comments.create({ text: "a", parentId: null });
			const reply = comments.create({ text: "b", parentId: root.id });
			expect(comments.with("parent").with("replies").get()).toEqual([
				{ ...root, parent: null, replies: [reply] },
				{ ...reply, parent: root, replies: [] },
			]);
		}));

	it("agrees with a model, for any rows and query", () =>
		inObject((database) => {
			const { authors, posts } = declare(database);
			const people = authors.createMany(["a", "b", "c"].map((name) => ({ name })));
			const all: Post[] = [];
			const post = fc.record({
				title: fc.constantFrom("x", "y", "z"),
				author: fc.nat(2),
				editor: fc.option(fc.nat(2), { nil: undefined }),
			});
			fc.assert(
				fc.property(post, fc.constantFrom("x", "y", "z"), fc.nat(5), (data, title, limit) => {
					const [author, editor] = [people[data.author], people[data.editor ?? 3]];
					all.push(
						posts.create({ title: data.title, authorId: author?.id ?? "", editorId: editor?.id }),
					);
					const found = posts
						.where("title", "==", title)
						.limit(limit)
						.with("author")
						.with("editor");
					expect(found.get()).toEqual(
						all
							.filter((row) => row.title === title)
							.slice(0, limit)
							.map((row) => ({
								...row,
								author: people.find(({ id }) => id === row.authorId),
								editor: people.find(({ id }) => id === row.editorId) ?? null,
							})),
					);
					const back = authors.limit(limit).with("posts", posts).get();
					expect(back).toEqual(
						people
							.slice(0, limit)
							.map((row) => ({ ...row, posts: all.filter(({ authorId }) => authorId === row.id) })),
					);
				}),
				{ numRuns: 100, endOnFailure: true },
			);
		}));

	it("is refused for what is no relation, by its name", () =>
		inObject((database) => {
			const { authors, posts } = declare(database);
			for (const name of ["authorId", "authors", "nope", "", "__proto__", "constructor", "name"]) {
				expect(refusal(() => posts.with(name))).toBe("invalid_input with");
			}
			for (const name of [undefined, null, 5, {}, ["author"]]) {
				expect(refusal(() => posts.with(name as never))).toBe("invalid_input with");
				expect(refusal(() => authors.with(name as never))).toBe("invalid_input with");
			}
			expect(refusal(() => authors.with("posts", authors))).toBe("invalid_input with");
			const lonely = database.table("lonely", z.object({ otherId: z.string() }), {
				references: { otherId: "others" },
			});
			expect(refusal(() => lonely.with("other"))).toBe("misconfigured lonely.otherId");
		}));

	it("needs a name of its own where two references lead back, or a field has it", () =>
		inObject((database) => {
			const users = database.table("users", z.object({ files: z.array(z.string()) }));
			const schema = z.object({ fromId: z.string(), toId: z.string() });
			database.table("mails", schema, { references: { fromId: users, toId: users } });
			database.table("files", z.object({ ownerId: z.string() }), {
				references: { ownerId: users },
			});
			expect(refusal(() => users.with("mails"))).toBe("misconfigured mails.fromId");
			expect(refusal(() => users.with("files"))).toBe("misconfigured files.ownerId");
			const define = (inverse: unknown) =>
				refusal(() =>
					database.table("bad", z.object({ userId: z.string() }), {
						references: { userId: { table: users, inverse: inverse as string } },
					}),
				);
			for (const inverse of ["", "a.b", "constructor", 5, null]) {
				expect(define(inverse)).toBe("misconfigured bad.userId");
			}
		}));

	it("is typed", () => {
		function check(database: Database) {
			const { authors, posts } = declare(database);
			expectTypeOf(posts.with("author").get()).toEqualTypeOf<
				{
					id: string;
					createdAt: Date;
					updatedAt: Date;
					title: string;
					authorId: string;
					editorId?: string | undefined;
					author: Author | null;
				}[]
			>();
			// Given by its name, so nothing is known of its rows.
			expectTypeOf(posts.with("editor").first()?.editor).toEqualTypeOf<
				Record<string, unknown> | null | undefined
			>();
			expectTypeOf(posts.select(["title"]).with("author").page().items).toEqualTypeOf<
				{ title: string; author: Author | null }[]
			>();
			expectTypeOf(authors.with("posts", posts).first()?.posts).toEqualTypeOf<Post[] | undefined>();
			expectTypeOf(authors.with("posts").first()?.posts).toBeUnknown();
			database.table("bad", PostSchema, {
				// @ts-expect-error no such field
				references: { authorId: authors, nope: authors },
			});
			database.table("bad", PostSchema, {
				// @ts-expect-error no such action
				references: { authorId: { table: authors, onDelete: "explode" } },
			});
			const named = database.table("named", PostSchema, {
				references: { authorId: { table: authors, as: "writer" } },
			});
			expectTypeOf(named.with("writer").first()?.writer).toEqualTypeOf<Author | null | undefined>();
			// An annotation of the rows alone takes a table with relations.
			const annotated: Table<z.infer<typeof PostSchema>> = posts;
			const any: AnyTable = posts;
			return [annotated, any];
		}
		expect(check).toBeTypeOf("function");
	});
});

describe("search", () => {
	const NoteSchema = z.object({ title: z.string(), text: z.string().optional(), stars: z.int() });
	const words = ["apple", "Äpfel", "berry", "cherry", "date"];

	it("finds rows by words, the best first, together with all else a query has", () =>
		inObject((database) => {
			const notes = database.table("notes", NoteSchema, { search: ["title", "text"] });
			expect(notes.search("apple").get()).toEqual([]);
			notes.createMany([
				{ title: "apple pie", text: "with berries and more words than the others have", stars: 1 },
				{ title: "Apple", text: "apple, apple!", stars: 2 },
				{ title: "berry cake", stars: 3 },
			]);
			const titles = (query: { get(): { title: string }[] }) =>
				query.get().map(({ title }) => title);
			expect(titles(notes.search("apple"))).toEqual(["Apple", "apple pie"]);
			expect(titles(notes.search("APPLE pi"))).toEqual(["apple pie"]);
			expect(titles(notes.search("apple").orderBy("stars"))).toEqual(["apple pie", "Apple"]);
			expect(titles(notes.where("stars", "<", 3).search("berr"))).toEqual(["apple pie"]);
			expect(titles(notes.search("berr").not(["stars", "==", 1]))).toEqual(["berry cake"]);
			expect(titles(notes.search("apple").limit(1).offset(1))).toEqual(["apple pie"]);
			expect(notes.search("apple").first()?.title).toBe("Apple");
			expect([notes.search("apple").count(), notes.search("zzz").exists()]).toEqual([2, false]);
			expect(notes.search("apple").sum("stars")).toBe(3);
			expect(notes.search("apple").max("title")).toBe("apple pie");
			expect(notes.search("berr").groupBy("stars")).toHaveLength(2);
			expect(titles(notes.search(" -- "))).toHaveLength(3);
			const page = notes.search("apple").orderBy("title").page({ limit: 1 });
			expect(page.items[0]?.title).toBe("Apple");
			expect(page.pageInfo.hasNextPage).toBe(true);
			expect(notes.search("apple").updateWhere({ text: "gone" })).toBe(2);
			expect(notes.search("gone").deleteWhere()).toBe(2);
			expect(titles(notes)).toEqual(["berry cake"]);
		}));

	it("agrees with a model, for any words", () =>
		inObject((database) => {
			const notes = database.table("notes", NoteSchema, { search: ["title", "text"] });
			const plain = (text: string) => text.normalize("NFD").replaceAll(/\p{M}/gu, "").toLowerCase();
			const all: Row<z.infer<typeof NoteSchema>>[] = [];
			const text = fc
				.array(fc.constantFrom(...words), { maxLength: 4 })
				.map((list) => list.join(" "));
			const query = fc.array(fc.constantFrom(...words, "app", "CHERRY", "d"), { maxLength: 3 });
			fc.assert(
				fc.property(text, text, fc.nat(3), query, (title, body, stars, sought) => {
					all.push(notes.create({ title, text: body, stars }));
					const terms = sought.map(plain);
					const expected = all.filter((row) => {
						const list = plain(`${row.title} ${row.text}`).split(" ");
						return terms.every((term, i) =>
							list.some((word) => (i === terms.length - 1 ? word.startsWith(term) : word === term)),
						);
					});
					const found = notes.search(sought.join(" "));
					const ids = (rows: { id: string }[]) => rows.map(({ id }) => id).sort();
					expect(ids(found.get())).toEqual(ids(expected));
					expect(found.orderBy("id").get()).toEqual(expected);
					expect(found.where("stars", ">", 1).count()).toBe(
						expected.filter((row) => row.stars > 1).length,
					);
				}),
				{ numRuns: 200, endOnFailure: true },
			);
		}));

	it("is refused without an index, twice, and on pages without an order", () =>
		inObject((database) => {
			const notes = database.table("notes", NoteSchema, { search: ["title"] });
			const plain = database.table("plain", NoteSchema);
			expect(refusal(() => plain.search("a"))).toBe("invalid_input search");
			expect(refusal(() => notes.search("a").search("b"))).toBe("invalid_input search");
			expect(refusal(() => notes.search("a").page())).toBe("invalid_input orderBy");
			for (const value of [undefined, null, 5, {}, ["a"], "x".repeat(1001)]) {
				expect(refusal(() => notes.search(value as string))).toBe("invalid_input search");
			}
			expect(refusal(() => notes.search("...").deleteWhere())).toBe("invalid_input where");
		}));
});
