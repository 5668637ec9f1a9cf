import { describe, expect, expectTypeOf, it } from "vitest";
import * as z from "zod";
import {
	type CollectionInput,
	type CollectionRow,
	defineCollections,
	defineKeys,
	endpoints,
	isUserDOError,
	type Operation,
	validate,
} from "../src/index.js";

const PostSchema = z.object({
	title: z.string(),
	authorId: z.string(),
	views: z.bigint().default(0n),
	publishedAt: z.date().optional(),
	tags: z.array(z.string()),
});

const collections = defineCollections({
	authors: { schema: z.object({ name: z.string() }), unique: ["name"] },
	posts: {
		schema: PostSchema,
		indexes: ["title", ["authorId", "title"]],
		search: ["title"],
		references: { authorId: { collection: "authors", onDelete: "cascade" } },
		expose: "write",
	},
});

describe("collections", () => {
	it("have rows as JSON has them, and inputs as the schema takes them", () => {
		expectTypeOf<CollectionRow<typeof collections.posts>>().toEqualTypeOf<{
			title: string;
			authorId: string;
			views: string;
			publishedAt?: string | undefined;
			tags: string[];
			id: string;
			createdAt: string;
			updatedAt: string;
		}>();
		expectTypeOf<CollectionInput<typeof collections.posts>>().toEqualTypeOf<
			z.input<typeof PostSchema>
		>();
		const own = defineCollections({
			logs: { schema: z.object({ id: z.string(), createdAt: z.number() }) },
		});
		expectTypeOf<CollectionRow<typeof own.logs>["createdAt"]>().toEqualTypeOf<number>();
	});

	it("are described once: the definition is given back as it is", () => {
		expect(Object.keys(collections)).toEqual(["authors", "posts"]);
		expect(collections.posts.schema).toBe(PostSchema);
	});

	it("refuse fields and references that are not there", () => {
		const schema = z.object({ title: z.string() });
		defineCollections({
			// @ts-expect-error no such field
			posts: { schema, unique: ["name"] },
		});
		defineCollections({
			// @ts-expect-error no such collection
			posts: { schema, references: { title: "authors" } },
		});
	});

	it.each([
		...Object.keys(endpoints).flatMap((name) => /^\S+ \/api\/([^/:]+)/.exec(name)?.[1] ?? []),
		"docs",
		"Login",
		"my-posts",
		...["constructor", "__proto__", "toString", "hasOwnProperty"],
		"1st",
		"",
		"a".repeat(64),
	])("can't have the name %j", (name) => {
		let error: unknown;
		try {
			defineCollections({ [name]: { schema: z.object({}) } });
		} catch (thrown) {
			error = thrown;
		}
		expect(isUserDOError(error, "misconfigured")).toBe(true);
		expect((error as { issues: { path: string }[] }).issues[0]?.path).toBe(name);
	});
});

it("keys keep the types of their values", () => {
	const keys = defineKeys({ preferences: z.object({ theme: z.enum(["light", "dark"]) }) });
	expectTypeOf<z.output<typeof keys.preferences>["theme"]>().toEqualTypeOf<"light" | "dark">();
	expect(Object.keys(keys)).toEqual(["preferences"]);
});

describe("a batch", () => {
	const { body } = endpoints["POST /api/batch"];
	const mutation = "0190c0de-0000-7000-8000-000000000001";
	const operations: Operation[] = [
		{ op: "create", mutation, collection: "posts", data: { title: "Hello" } },
		{ op: "update", mutation, collection: "posts", id: "1", patch: { title: "Hi" } },
		{ op: "upsert", mutation, collection: "posts", data: { title: "Hi" }, on: ["title"] },
		{ op: "delete", mutation, collection: "posts", id: "1" },
		{ op: "set-key", mutation, key: "k", value: null, ifVersion: 0, ttl: 60 },
		{ op: "delete-key", mutation, key: "k", ifVersion: 3 },
	];

	it("takes one to fifty operations", () => {
		expect(validate(body, { operations })).toEqual({ operations });
		expect(body.safeParse({ operations: [] }).success).toBe(false);
		const many = Array.from({ length: 51 }, () => operations[0]);
		expect(body.safeParse({ operations: many }).success).toBe(false);
		expect(body.safeParse({ operations: many.slice(1) }).success).toBe(true);
	});

	it.each([
		{ op: "create", mutation: "short", collection: "posts", data: {} },
		{ op: "create", collection: "posts", data: {} },
		{ op: "create", mutation, collection: "posts", data: [] },
		{ op: "drop", mutation, collection: "posts" },
		{ op: "set-key", mutation, key: "__proto", value: 1 },
		{ op: "set-key", mutation, key: "k", value: 1, ttl: 0 },
		{ op: "set-key", mutation, key: "k", value: 1, ifVersion: -1 },
		{ op: "upsert", mutation, collection: "posts", data: {}, on: [] },
	])("refuses %j", (operation) => {
		expect(body.safeParse({ operations: [operation] }).success).toBe(false);
	});
});
