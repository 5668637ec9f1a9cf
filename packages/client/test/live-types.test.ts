import { defineCollections } from "@userdo/contracts";
import { expectTypeOf, test } from "vitest";
import * as z from "zod";
import { type Unsubscribe, UserDOClient } from "../src/index.js";
import { type LiveSnapshot, live } from "../src/live.js";

const collections = defineCollections({
	posts: {
		schema: z.object({
			title: z.string(),
			done: z.boolean().default(false),
			due: z.date().optional(),
			author: z.object({ name: z.string() }).optional(),
		}),
		expose: "write",
	},
});

interface Post {
	id: string;
	createdAt: string;
	updatedAt: string;
	title: string;
	done: boolean;
	due?: string | undefined;
	author?: { name: string } | undefined;
}

const client = new UserDOClient<typeof collections>("https://app.test/api");
const posts = () => live(client.collection("posts"), { defaults: { done: false } });
type Posts = ReturnType<typeof posts>;

test("rows and what they are made of are the collection's", () => {
	expectTypeOf<Posts["create"]>().returns.resolves.toEqualTypeOf<Post>();
	expectTypeOf<Posts["subscribe"]>()
		.parameter(0)
		.toEqualTypeOf<(snapshot: LiveSnapshot<readonly Post[]>) => void>();
	const fits = (all: Posts) => [
		all.create({ title: "Hello", due: new Date() }),
		all.update("id", { due: null, done: true }, { ifUpdatedAt: "2026-01-01" }),
	];
	expectTypeOf(fits).returns.toEqualTypeOf<Promise<Post>[]>();
	expectTypeOf<Posts["delete"]>().returns.resolves.toEqualTypeOf<boolean>();
	// @ts-expect-error A field is missing.
	const lacks = (all: Posts) => all.create({ done: true });
	// @ts-expect-error Only what a row may lack can be taken away.
	const takes = (all: Posts) => all.update("id", { title: null });
	// @ts-expect-error A default is of another type.
	const differs = () => live(client.collection("posts"), { defaults: { done: 1 } });
	expectTypeOf([lacks, takes, differs]).toBeArray();
});

test("a query knows the fields, and a count is a number", () => {
	const query = (all: Posts) =>
		all
			.where("author.name", "==", "Ann")
			.where("due", "<", new Date())
			.or([["done", "==", true], { not: ["title", "contains", "x"] }])
			.orderBy("createdAt", "desc")
			.limit(20);
	const rows = (all: Posts) => query(all).subscribe(({ data }) => data[0]?.title.length);
	const count = (all: Posts) =>
		query(all)
			.count()
			.subscribe(({ data = 0 }) => data.toFixed());
	expectTypeOf(rows).returns.toEqualTypeOf<Unsubscribe>();
	expectTypeOf(count).returns.toEqualTypeOf<Unsubscribe>();
	// @ts-expect-error There is no such field.
	const unknown = (all: Posts) => all.where("nope", "==", 1);
	expectTypeOf([unknown]).toBeArray();
});

test("of a collection that is not declared, rows may be anything", () => {
	const notes = () => live(new UserDOClient("https://app.test/api").collection("notes"));
	type Notes = ReturnType<typeof notes>;
	expectTypeOf<Notes["create"]>().parameter(0).toEqualTypeOf<object>();
	expectTypeOf<Notes["create"]>().returns.resolves.toEqualTypeOf<Record<string, unknown>>();
	const query = (all: Notes) => all.where("any.place", "==", 1).orderBy("any");
	expectTypeOf(query).returns.toHaveProperty("subscribe");
});
