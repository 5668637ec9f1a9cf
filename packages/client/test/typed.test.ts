import { defineCollections, defineKeys } from "@userdo/contracts";
import { expectTypeOf, test } from "vitest";
import * as z from "zod";
import { type Page, type TableChange, UserDOClient } from "../src/index.js";

const collections = defineCollections({
	posts: {
		schema: z.object({
			title: z.string(),
			stars: z.int().default(0),
			size: z.bigint().optional(),
			due: z.date().nullable().default(null),
			author: z.object({ name: z.string() }).optional(),
			tags: z.array(z.string()).default([]),
		}),
		unique: ["title"],
		expose: "write",
	},
	notes: { schema: z.object({ text: z.string() }), expose: "read" },
});
const keys = defineKeys({
	preferences: z.object({ theme: z.enum(["light", "dark"]) }),
	seen: z.date(),
});

const client = new UserDOClient<typeof collections, typeof keys>("https://app.test/api");

interface Post {
	id: string;
	createdAt: string;
	updatedAt: string;
	title: string;
	stars: number;
	size?: string | undefined;
	due: string | null;
	author?: { name: string } | undefined;
	tags: string[];
}

test("rows of a declared collection are as they travel", () => {
	const posts = client.collection("posts");
	expectTypeOf(posts.findById).returns.resolves.toEqualTypeOf<Post | undefined>();
	expectTypeOf(posts.create).returns.resolves.toEqualTypeOf<Post>();
	const calls = () => [posts.get(), posts.get("id"), posts.first(), posts.page()] as const;
	expectTypeOf(calls).returns.toEqualTypeOf<
		readonly [Promise<Post[]>, Promise<Post>, Promise<Post | undefined>, Promise<Page<Post>>]
	>();
	expectTypeOf(posts.onChange).parameter(0).toEqualTypeOf<(change: TableChange<Post>) => void>();
});

test("what a row is made of may have dates and bigints", () => {
	const posts = client.collection("posts");
	const fits = () => [
		posts.create({ title: "Hello", size: 1n, due: new Date(), author: { name: "Ann" } }),
		posts.upsert({ title: "Hello" }, { on: "title" }),
		posts.update("id", { due: null, author: null, stars: 3 }, { ifUpdatedAt: "2026-01-01" }),
	];
	expectTypeOf(fits).returns.toEqualTypeOf<Promise<Post>[]>();
	// @ts-expect-error A field is missing.
	const lacks = () => posts.create({ stars: 1 });
	// @ts-expect-error A field is of another type.
	const differs = () => posts.create({ title: 1 });
	// @ts-expect-error Only what a row may lack can be taken away.
	const takes = () => posts.update("id", { title: null });
	// @ts-expect-error There is no such collection.
	const unknown = () => client.collection("post");
	expectTypeOf([lacks, differs, takes, unknown]).toBeArray();
});

test("a query knows the fields, and the places inside of them", () => {
	const posts = client.collection("posts");
	const fits = () =>
		posts
			.where("author.name", "==", "Ann")
			.where("due", "<", new Date())
			.where("size", "in", [1n, 2n])
			.where("author", "is-null")
			.where({ or: [["stars", ">", 5], { not: ["tags", "contains", "old"] }] })
			.or([["title", "starts-with", "A"], { and: [["createdAt", ">", "2026"]] }])
			.not(["title", "==", "B"])
			.orderBy("author.name", "desc")
			.limit(5)
			.get();
	expectTypeOf(fits).returns.resolves.toEqualTypeOf<Post[]>();
	// @ts-expect-error There is no such field.
	const field = () => posts.where("titel", "==", "A");
	// @ts-expect-error There is no such place.
	const place = () => posts.orderBy("author.nam");
	// @ts-expect-error There is no such operator.
	const operator = () => posts.where("title", "===", "A");
	expectTypeOf([field, place, operator]).toBeArray();
});

test("keys with a schema have its type, and others any", () => {
	type Preferences = { theme: "light" | "dark" };
	const reads = () =>
		[
			client.get("preferences"),
			client.entry("preferences"),
			client.get("other"),
			client.get<number>("other"),
		] as const;
	expectTypeOf(reads).returns.toEqualTypeOf<
		readonly [
			Promise<Preferences | undefined>,
			Promise<{ value: Preferences | undefined; version: number }>,
			Promise<unknown>,
			Promise<number | undefined>,
		]
	>();
	const writes = () => [
		client.set("preferences", { theme: "dark" }, { ifVersion: 0, ttl: 60 }),
		client.set("seen", new Date()),
		client.set("other", [1]),
	];
	expectTypeOf(writes).returns.toEqualTypeOf<Promise<number>[]>();
	// @ts-expect-error The value is another.
	const wrong = () => client.set("preferences", { theme: "pink" });
	const listens = () =>
		client.onChange("seen", (value) => expectTypeOf(value).toEqualTypeOf<string | undefined>());
	expectTypeOf([wrong, listens]).toBeArray();
});

test("a batch gives what each of its operations gives", () => {
	const results = () =>
		client.batch([
			{ op: "create", collection: "posts", data: { title: "Hello", tags: ["a"] } },
			{ op: "update", collection: "notes", id: "1", patch: { text: "Hi" } },
			{ op: "delete", collection: "posts", id: "2" },
			{ op: "set-key", key: "preferences", value: { theme: "dark" } },
			{ op: "set-key", key: "other", value: 1, ttl: 60 },
			{ op: "delete-key", key: "seen", ifVersion: 3 },
		]);
	interface Note {
		id: string;
		createdAt: string;
		updatedAt: string;
		text: string;
	}
	expectTypeOf(results).returns.resolves.toEqualTypeOf<
		[Post, Note, boolean, number, number, boolean]
	>();
	const many = () =>
		client.batch(["a", "b"].map((text) => ({ op: "create", collection: "notes", data: { text } })));
	expectTypeOf(many).returns.resolves.toEqualTypeOf<Note[]>();
	const wrong = () =>
		client.batch([
			// @ts-expect-error A field is of another type.
			{ op: "create", collection: "posts", data: { title: 1 } },
		]);
	expectTypeOf(wrong).toBeFunction();
});

test("a batch of what is not declared takes anything", () => {
	const loose = new UserDOClient("https://app.test/api");
	const results = () =>
		loose.batch([
			{ op: "upsert", collection: "posts", data: { title: "Hello" }, on: ["title"] },
			{ op: "set-key", key: "k", value: 1 },
		]);
	expectTypeOf(results).returns.resolves.toEqualTypeOf<[Record<string, unknown>, number]>();
});
