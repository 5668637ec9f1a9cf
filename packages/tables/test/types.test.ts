import { describe, expect, expectTypeOf, it } from "vitest";
import * as z from "zod";
import type {
	AnyTable,
	Database,
	FieldPath,
	NumberField,
	Page,
	Query,
	Row,
	SortField,
	Table,
} from "../src/index.js";
import { inObject } from "./helpers.js";

const PostSchema = z.object({ title: z.string(), content: z.string(), createdAt: z.string() });
type Post = z.infer<typeof PostSchema>;

const TaskSchema = z.object({
	title: z.string().trim(),
	state: z.enum(["open", "done"]).default("open"),
	due: z.date().optional(),
	stars: z.int().nullable(),
	done: z.boolean().default(false),
	length: z.string().transform((text) => text.length),
	author: z.object({ name: z.string(), age: z.int().optional() }),
	place: z.object({ city: z.object({ name: z.string() }).nullable() }).optional(),
	tags: z.array(z.enum(["a", "b"])),
	event: z.discriminatedUnion("kind", [
		z.object({ kind: z.literal("move"), by: z.int() }),
		z.object({ kind: z.literal("stop") }),
	]),
	map: z.record(z.string(), z.int()),
	mixed: z.union([z.string(), z.int()]).optional(),
});

/** Never run: only the compiler looks at it. */
function check(database: Database) {
	const tasks = database.table("tasks", TaskSchema, { indexes: ["due", ["state", "createdAt"]] });

	// @ts-expect-error there is no such field to index
	database.table("tasks", TaskSchema, { indexes: ["nope"] });

	type Task = Row<z.infer<typeof TaskSchema>>;
	expectTypeOf<Task>().toEqualTypeOf<{
		id: string;
		createdAt: Date;
		updatedAt: Date;
		title: string;
		state: "open" | "done";
		due?: Date | undefined;
		stars: number | null;
		done: boolean;
		length: number;
		author: { name: string; age?: number | undefined };
		place?: { city: { name: string } | null } | undefined;
		tags: ("a" | "b")[];
		event: { kind: "move"; by: number } | { kind: "stop" };
		map: Record<string, number>;
		mixed?: string | number | undefined;
	}>();
	expectTypeOf<FieldPath<z.infer<typeof TaskSchema>>>().toEqualTypeOf<
		| keyof Task
		| "author.name"
		| "author.age"
		| "place.city"
		| "place.city.name"
		| "event.kind"
		| "event.by"
	>();
	expectTypeOf<SortField<z.infer<typeof TaskSchema>>>().toEqualTypeOf<
		| "id"
		| "createdAt"
		| "updatedAt"
		| "title"
		| "state"
		| "due"
		| "stars"
		| "done"
		| "length"
		| "author.name"
		| "author.age"
		| "place.city.name"
		| "event.kind"
		| "event.by"
	>();
	expectTypeOf<NumberField<z.infer<typeof TaskSchema>>>().toEqualTypeOf<
		"stars" | "length" | "author.age" | "event.by"
	>();
	expectTypeOf(tasks.get()).toEqualTypeOf<Task[]>();
	expectTypeOf(tasks.findById("x")).toEqualTypeOf<Task | undefined>();
	expectTypeOf(tasks.first()).toEqualTypeOf<Task | undefined>();
	expectTypeOf(tasks.count()).toEqualTypeOf<number>();
	expectTypeOf(tasks.delete("x")).toEqualTypeOf<boolean>();
	expectTypeOf(tasks.limit(1)).toEqualTypeOf<
		Query<z.infer<typeof TaskSchema>, z.input<typeof TaskSchema>>
	>();

	const data = {
		title: "x",
		stars: null,
		length: "four",
		author: { name: "Ann" },
		tags: ["a" as const],
		event: { kind: "stop" as const },
		map: {},
	};
	expectTypeOf(tasks.create(data)).toEqualTypeOf<Task>();
	tasks.create({ ...data, state: "done", due: new Date() });
	// @ts-expect-error the input of `length` is text
	tasks.create({ ...data, length: 4 });
	// @ts-expect-error no title
	tasks.create({ ...data, title: undefined });
	tasks.update("x", { stars: 1 });
	// @ts-expect-error no such state
	tasks.update("x", { state: "gone" });
	// @ts-expect-error no such field
	tasks.update("x", { nope: 1 });

	expectTypeOf(tasks.createMany([data])).toEqualTypeOf<Task[]>();
	// @ts-expect-error no title
	tasks.createMany([data, { stars: 1 }]);
	expectTypeOf(tasks.upsert(data, { on: "title" })).toEqualTypeOf<Task>();
	tasks.upsert(data, { on: ["title", "state"] });
	// @ts-expect-error no such field
	tasks.upsert(data, { on: "nope" });
	tasks.update("x", { stars: 1 }, { ifUpdatedAt: new Date() });
	// @ts-expect-error a date
	tasks.update("x", { stars: 1 }, { ifUpdatedAt: "2026-01-01" });
	expectTypeOf(tasks.where("stars", "==", 1).exists()).toBeBoolean();
	expectTypeOf(tasks.where("stars", "==", 1).deleteWhere()).toBeNumber();
	tasks.where("stars", "==", 1).updateWhere({ length: "four" });
	// @ts-expect-error the input of `length` is text
	tasks.where("stars", "==", 1).updateWhere({ length: 4 });

	tasks.where("state", "==", "done").where("due", "==", null).where("stars", "in", [1, 2]);
	tasks.where("due", "<", new Date()).where("id", "!=", "x").where("createdAt", ">=", new Date());
	tasks.where("author", "is-null").where("due", "is-null", false).where("state", "contains", "op");
	// @ts-expect-error no such field
	tasks.where("nope", "==", 1);
	// @ts-expect-error no such value
	tasks.where("state", "==", "gone");
	// @ts-expect-error a date is compared with a date
	tasks.where("due", "<", "2026-01-01");
	// @ts-expect-error there is no null in it
	tasks.where("title", "==", null);
	// @ts-expect-error null comes in no order
	tasks.where("stars", "<", null);
	// @ts-expect-error a list
	tasks.where("stars", "in", 5);
	// @ts-expect-error text only
	tasks.where("stars", "contains", "5");
	// @ts-expect-error a boolean has no order
	tasks.where("done", "<", true);
	// @ts-expect-error JSON is equal to nothing
	tasks.where("author", "==", { name: "Ann" });
	// @ts-expect-error no such operator
	tasks.where("stars", "=", 5);

	tasks.where("author.name", "starts-with", "A").where("author.age", ">", 5);
	tasks.where("author.age", "==", null).where("place.city.name", "!=", null);
	tasks.where("event.kind", "==", "move").where("event.by", "in", [1]);
	tasks.where("tags", "contains", "a").where("tags", "is-null").where("map", "is-null");
	tasks.where("mixed", "is-null");
	// @ts-expect-error no such place
	tasks.where("author.nope", "==", 1);
	// @ts-expect-error a number
	tasks.where("author.age", "==", "5");
	// @ts-expect-error an author has a name
	tasks.where("author.name", "==", null);
	// @ts-expect-error no such element
	tasks.where("tags", "contains", "c");
	// @ts-expect-error a list is equal to nothing
	tasks.where("tags", "==", ["a"]);
	// @ts-expect-error no such kind
	tasks.where("event.kind", "==", "nope");
	// @ts-expect-error neither text nor number
	tasks.where("mixed", "==", "x");
	// @ts-expect-error keys of records are unknown
	tasks.where("map.x", "==", 1);

	tasks.where({ or: [["stars", ">", 5], { not: ["author.name", "==", "Ann"] }] });
	tasks.where(["due", "is-null"]).where({ and: [["done", "==", true]] });
	tasks.or([
		["state", "==", "open"],
		{
			and: [
				["stars", "==", null],
				["tags", "contains", "b"],
			],
		},
	]);
	tasks.not(["title", "contains", "x"]).not({ or: [["stars", "in", [1, 2]]] });
	// @ts-expect-error no such field
	tasks.or([["nope", "==", 1]]);
	// @ts-expect-error no such value
	tasks.or([["state", "==", "gone"]]);
	// @ts-expect-error a number has no parts
	tasks.not(["stars", "contains", 5]);
	// @ts-expect-error no value
	tasks.not(["stars", "=="]);
	// @ts-expect-error no such kind of condition
	tasks.where({ nor: [["stars", "==", 1]] });

	expectTypeOf(tasks.select(["title", "due"]).get()).toEqualTypeOf<
		{ title: string; due?: Date | undefined }[]
	>();
	expectTypeOf(
		tasks.select(["id"]).orderBy("title").where("done", "==", true).first(),
	).toEqualTypeOf<{ id: string } | undefined>();
	expectTypeOf(tasks.select(["id"]).page().items).toEqualTypeOf<{ id: string }[]>();
	// @ts-expect-error a place inside of a field
	tasks.select(["author.name"]);
	expectTypeOf(tasks.page({ after: null, limit: 5 })).toEqualTypeOf<Page<Task>>();
	// @ts-expect-error no such option
	tasks.page({ before: "x" });
	expectTypeOf(tasks.sum("stars")).toBeNumber();
	expectTypeOf(tasks.avg("author.age")).toEqualTypeOf<number | undefined>();
	expectTypeOf(tasks.min("due")).toEqualTypeOf<Date | undefined>();
	expectTypeOf(tasks.max("stars")).toEqualTypeOf<number | undefined>();
	// @ts-expect-error a date has no sum
	tasks.sum("due");
	// @ts-expect-error JSON has no order
	tasks.min("author");
	expectTypeOf(tasks.groupBy("state")).toEqualTypeOf<
		{ key: { state: "open" | "done" }; count: number }[]
	>();
	expectTypeOf(tasks.groupBy(["done", "author.age"])[0]?.key).toEqualTypeOf<
		{ done: boolean; "author.age": number | null } | undefined
	>();

	tasks.orderBy("due").orderBy("createdAt", "desc").orderBy("id").orderBy("author.name");
	// @ts-expect-error JSON has no order
	tasks.orderBy("author");
	// @ts-expect-error no such direction
	tasks.orderBy("due", "down");

	// As in the documentation: the schema's own createdAt is text.
	const posts: Table<Post> = database.table("posts", PostSchema, { userScoped: true });
	expectTypeOf<Row<Post>>().toEqualTypeOf<{
		id: string;
		title: string;
		content: string;
		createdAt: string;
		updatedAt: Date;
	}>();
	expectTypeOf(posts.create({ title: "", content: "", createdAt: "" }).createdAt).toBeString();

	// An annotation of the rows alone takes a table whose input is wider.
	const schema = TaskSchema.omit({ length: true });
	const annotated: Table<z.infer<typeof schema>> = database.table("annotated", schema);
	const any: AnyTable = tasks;
	return [annotated, any];
}

describe("the documentation's examples", () => {
	it("compiles, and does what its tables do", () =>
		inObject(async (database) => {
			expect(check).toBeTypeOf("function");
			class App {
				posts: Table<Post>;
				constructor() {
					this.posts = database.table("posts", PostSchema, { userScoped: true });
				}
				async run() {
					const [title, content, createdAt] = ["Hello", "World", new Date().toISOString()];
					const created = await this.posts.create({ title, content, createdAt });
					const { id } = created;
					const found = await this.posts.findById(id);
					const all = await this.posts.get();
					const updated = await this.posts.update(id, { title: "New Title" });
					const filtered = await this.posts
						.where("title", "==", "Hello")
						.orderBy("createdAt", "desc")
						.limit(10)
						.get();
					const count = await this.posts.count();
					await this.posts.delete(id);
					return { created, found, all, updated, filtered, count, left: this.posts.count() };
				}
			}
			const result = await new App().run();
			expect(result).toEqual({
				created: result.created,
				found: result.created,
				all: [result.created],
				updated: { ...result.created, title: "New Title", updatedAt: expect.any(Date) },
				filtered: [],
				count: 1,
				left: 0,
			});
		}));
});
