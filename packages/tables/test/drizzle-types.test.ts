import { describe, expect, expectTypeOf, it } from "vitest";
import * as z from "zod";
import { count, eq, type SQL } from "../src/drizzle.js";
import type { Database, Table } from "../src/index.js";
import { inObject } from "./helpers.js";

const TaskSchema = z.object({
	title: z.string().trim(),
	state: z.enum(["open", "done"]).default("open"),
	due: z.date().optional(),
	stars: z.int().nullable(),
	length: z.string().transform((text) => text.length),
	author: z.object({ name: z.string() }),
	size: z.bigint(),
});
/** What goes in is what comes out. */
const Plain = TaskSchema.omit({ length: true });

interface Found {
	id: string;
	createdAt: Date;
	updatedAt: Date;
	title: string;
	state: "open" | "done";
	due: Date | null;
	stars: number | null;
	length: number;
	author: { name: string };
	size: bigint;
}

/** Never run: only the compiler looks at it. */
function check({ db, table }: Database) {
	const tasks = table("tasks", TaskSchema);
	const people = table("people", z.object({ name: z.string() }));
	const t = tasks.drizzle;
	const p = people.drizzle;

	expectTypeOf(db.select().from(t).all()).branded.toEqualTypeOf<Found[]>();
	expectTypeOf(db.select().from(t).get()).branded.toEqualTypeOf<Found | undefined>();
	expectTypeOf(db.select({ due: t.due, rows: count() }).from(t).all()).toEqualTypeOf<
		{ due: Date | null; rows: number }[]
	>();

	// The names of the tables are known, and which of them may have no row.
	const [joined] = db.select().from(t).leftJoin(p, eq(t.title, p.name)).all();
	expectTypeOf(joined?.tasks).branded.toEqualTypeOf<Found | undefined>();
	expectTypeOf(joined?.people).toEqualTypeOf<
		{ id: string; createdAt: Date; updatedAt: Date; name: string } | null | undefined
	>();

	const data = { title: "x", length: 4, author: { name: "Ann" }, size: 1n };
	db.insert(t).values(data);
	db.insert(t).values([{ ...data, id: "a", state: "done", due: null, stars: 1 }]);
	expectTypeOf(db.insert(t).values(data).returning().get()).branded.toEqualTypeOf<Found>();
	// @ts-expect-error no title
	db.insert(t).values({ length: 4, author: { name: "Ann" }, size: 1n });
	// @ts-expect-error no such state
	db.insert(t).values({ ...data, state: "gone" });
	// @ts-expect-error what is stored is the length, not the text
	db.insert(t).values({ ...data, length: "four" });
	db.update(t).set({ due: new Date(), stars: null });
	// @ts-expect-error a title is never absent
	db.update(t).set({ title: null });
	// @ts-expect-error no such field
	db.update(t).set({ nope: 1 });

	expectTypeOf(eq(t.due, new Date())).toEqualTypeOf<SQL>();
	// @ts-expect-error a date is compared with a date
	eq(t.due, "2026-01-01");
	// @ts-expect-error no such column
	t.nope;

	// A field of the schema wins, and ours has another name.
	const notes = table("notes", z.object({ createdAt: z.string(), updatedAt: z.string() })).drizzle;
	expectTypeOf(db.select().from(notes).all()).branded.toEqualTypeOf<
		{ id: string; createdAt: string; updatedAt: string; _created_at: Date; _updated_at: Date }[]
	>();

	// A table whose type is written down says nothing of its defaults and of its name.
	const annotated: Table<z.infer<typeof Plain>> = table("annotated", Plain);
	expectTypeOf(db.select().from(annotated.drizzle).all()).branded.toEqualTypeOf<
		Omit<Found, "length">[]
	>();
	const { length: _, ...plain } = data;
	db.insert(annotated.drizzle).values(plain);
	// @ts-expect-error no such state
	db.insert(annotated.drizzle).values({ ...plain, state: "gone" });

	db.transaction((tx) => {
		expectTypeOf(tx.select().from(t).all()).branded.toEqualTypeOf<Found[]>();
	});
}

describe("the types", () => {
	it("are those of a database that runs", async () => {
		expectTypeOf(check).toBeFunction();
		await inObject((database) => {
			const { drizzle } = database.table("people", z.object({ name: z.string() }));
			expect(database.db.insert(drizzle).values({ name: "Ann" }).returning().get().name).toBe(
				"Ann",
			);
		});
	});
});
