import { describe, expect, it, vi } from "vitest";
import * as z from "zod";
import { inObject, refusal } from "./helpers.js";

const PostSchema = z.object({ title: z.string(), content: z.string(), createdAt: z.string() });
const post = { title: "Hello", content: "World", createdAt: "2026-01-01" };

const EverySchema = z.object({
	text: z.string(),
	email: z.email().optional(),
	int: z.int(),
	number: z.number(),
	boolean: z.boolean(),
	date: z.date(),
	bigint: z.bigint(),
	enum: z.enum(["draft", "live"]),
	literal: z.literal("x"),
	nullable: z.string().nullable(),
	nullish: z.number().nullish(),
	defaulted: z.number().default(7),
	object: z.object({ name: z.string(), tags: z.array(z.string()).optional() }),
	array: z.array(z.number()),
	record: z.record(z.string(), z.boolean()),
	union: z.union([z.string(), z.number(), z.null()]),
	shape: z.discriminatedUnion("kind", [
		z.object({ kind: z.literal("circle"), r: z.number() }),
		z.object({ kind: z.literal("square"), side: z.number() }),
	]),
	upper: z.string().transform((text) => text.toUpperCase()),
	trimmed: z
		.string()
		.transform((text) => text.trim())
		.pipe(z.string()),
});

const every = {
	text: "ä\0🙂",
	int: Number.MAX_SAFE_INTEGER,
	number: 0.1 + 0.2,
	boolean: false,
	date: new Date(-1),
	bigint: -(2n ** 80n),
	enum: "live" as const,
	literal: "x" as const,
	nullable: null,
	object: { name: "Ann" },
	array: [1.5, -2],
	record: { a: true },
	union: 5,
	shape: { kind: "circle" as const, r: 2 },
	upper: "abc",
	trimmed: " x ",
};

describe("create and find", () => {
	it("gives back a row of every type as it was put in", () =>
		inObject((database) => {
			const table = database.table("every", EverySchema);
			const row = table.create(every);
			expect(row).toEqual({
				...every,
				id: expect.any(String),
				nullish: null,
				defaulted: 7,
				upper: "ABC",
				trimmed: "x",
				createdAt: expect.any(Date),
				updatedAt: row.createdAt,
			});
			expect("email" in row).toBe(false);
			expect(table.findById(row.id)).toEqual(row);
			expect(table.get()).toEqual([row]);
			expect(table.count()).toBe(1);
		}));

	it("stores types, not JSON", () =>
		inObject((database, { rows }) => {
			database.table("every", EverySchema).create(every);
			const types = rows(
				`SELECT typeof("int"), typeof("number"), typeof("boolean"), typeof("date"), typeof("object"), typeof("nullable") FROM every`,
			);
			expect(types).toEqual([["integer", "real", "integer", "integer", "text", "null"]]);
			const [[text] = []] = rows("SELECT sql FROM sqlite_master WHERE name = 'every'");
			expect(text).toMatch(/STRICT, WITHOUT ROWID$/);
		}));

	it("gives ids that grow, within a millisecond too", () =>
		inObject((database) => {
			vi.useFakeTimers({ now: 1_800_000_000_000 });
			try {
				const posts = database.table("posts", PostSchema);
				const ids = Array.from({ length: 2000 }, () => posts.create(post).id);
				expect(ids).toEqual([...new Set(ids)].sort());
				expect(ids[0]).toMatch(/^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
			} finally {
				vi.useRealTimers();
			}
		}));

	it("leaves a schema's own id, createdAt and updatedAt to the schema", () =>
		inObject((database) => {
			const schema = z.object({ id: z.string(), createdAt: z.string(), updatedAt: z.number() });
			const table = database.table("own", schema);
			const data = { id: "mine", createdAt: "yesterday", updatedAt: 5 };
			expect(table.create(data)).toEqual(data);
			expect(table.update("mine", { createdAt: "today" })).toEqual({ ...data, createdAt: "today" });
			expect(table.findById("mine")).toEqual({ ...data, createdAt: "today" });
			expect(refusal(() => table.create(data))).toBe("conflict id");
		}));

	it("takes nothing that the schema does not name", () =>
		inObject((database) => {
			const posts = database.table("posts", PostSchema);
			const row = posts.create({ ...post, id: "x", _created_at: 1, admin: true } as typeof post);
			expect(Object.keys(row)).toEqual(["id", "title", "content", "createdAt", "updatedAt"]);
			expect(row.id).not.toBe("x");
		}));

	it("names every field that is wrong", () =>
		inObject((database) => {
			const table = database.table("every", EverySchema);
			const wrong = { ...every, int: 1.5, object: { name: 5 }, date: "today" };
			expect(refusal(() => table.create(wrong as never))).toBe(
				"invalid_input int date object.name",
			);
			expect(refusal(() => table.create(null as never))).toBe("invalid_input ");
			expect(table.count()).toBe(0);
		}));
});

describe("update", () => {
	it("changes the patch's fields and updatedAt", () =>
		inObject((database) => {
			vi.useFakeTimers({ now: 1000 });
			try {
				const table = database.table("every", EverySchema);
				const row = table.create(every);
				vi.setSystemTime(2000);
				const patch = { text: "new", email: "a@b.de", nullable: "now", object: { name: "Bob" } };
				const updated = table.update(row.id, patch);
				expect(updated).toEqual({ ...row, ...patch, updatedAt: new Date(2000) });
				expect(table.findById(row.id)).toEqual(updated);
				const { email, ...without } = updated;
				// Later than before, though the clock stands still.
				const later = { ...without, updatedAt: new Date(2001) };
				expect(table.update(row.id, { email: undefined })).toEqual(later);
			} finally {
				vi.useRealTimers();
			}
		}));

	it("takes optional fields away by null and undefined, and lets defaults be", () =>
		inObject((database) => {
			const schema = z.object({
				title: z.string(),
				state: z.enum(["draft", "live"]).default("draft"),
				note: z.string().optional(),
				mark: z.string().nullish(),
			});
			const table = database.table("posts", schema);
			const { id } = table.create({ title: "a", state: "live", note: "x", mark: "y" });
			const { state, note } = table.update(id, { state: undefined, title: "b" });
			expect([state, note]).toEqual(["live", "x"]);
			expect(table.update(id, { note: null })).not.toHaveProperty("note");
			table.update(id, { note: "z" });
			expect(table.update(id, { note: undefined, mark: null })).toMatchObject({ mark: null });
			expect(table.findById(id)).not.toHaveProperty("note");
			expect(refusal(() => table.update(id, { state: null as never }))).toBe("invalid_input state");
		}));

	it("takes a patch made from a whole row, unless the row was changed since", () =>
		inObject((database) => {
			const table = database.table("every", EverySchema);
			const row = table.create(every);
			const later = table.update(row.id, { ...row, text: "new" });
			expect(later).toMatchObject({ text: "new", createdAt: row.createdAt });
			const stale = refusal(() => table.update(row.id, { ...row, text: "newer" }));
			expect(stale).toBe("conflict updatedAt");
			const moved = { ...later, createdAt: new Date(0) };
			expect(refusal(() => table.update(row.id, moved))).toBe("invalid_input createdAt");
			expect(table.findById(row.id)).toEqual(later);
		}));

	it("writes nothing when nothing is different", () =>
		inObject((_, { open }) => {
			const onWrite = vi.fn();
			const database = open({ onWrite });
			const table = database.table("every", EverySchema);
			const row = table.create(every);
			const { seq } = database.changes;
			expect(table.update(row.id, { text: every.text, date: every.date })).toEqual(row);
			expect(table.update(row.id, {})).toEqual(row);
			expect(onWrite).toHaveBeenCalledTimes(1);
			expect(database.changes.seq).toBe(seq);
		}));

	it("refuses unknown fields, wrong values and another id", () =>
		inObject((database) => {
			const posts = database.table("posts", PostSchema);
			const { id } = posts.create(post);
			const update = (patch: object) => refusal(() => posts.update(id, patch));
			expect(update({ title: 5, extra: 1 })).toBe("invalid_input title extra");
			expect(update({ updatedAt: new Date(5) })).toBe("conflict updatedAt");
			expect(update({ updatedAt: "x" })).toBe("invalid_input updatedAt");
			expect(update({ id: "other" })).toBe("invalid_input id");
			expect(update({ title: undefined })).toBe("invalid_input title");
			expect(update({ title: null })).toBe("invalid_input title");
			expect(update([] as never)).toBe("invalid_input ");
			expect(posts.update(id, { id, title: "New" } as never).title).toBe("New");
			expect(refusal(() => posts.update("none", { title: "x" }))).toBe("not_found");
			expect(refusal(() => posts.update(5 as never, { title: "x" }))).toBe("invalid_input id");
		}));

	it("keeps the refinements of the whole", () =>
		inObject((database) => {
			const schema = z
				.object({ from: z.int(), to: z.int() })
				.refine(({ from, to }) => from <= to, { path: ["to"], message: "ends before it starts" });
			const spans = database.table("spans", schema);
			const { id } = spans.create({ from: 1, to: 2 });
			expect(refusal(() => spans.update(id, { from: 3 }))).toBe("invalid_input to");
			expect(spans.update(id, { from: 3, to: 4 })).toMatchObject({ from: 3, to: 4 });
		}));
});

describe("delete", () => {
	it("tells whether there was a row", () =>
		inObject((database) => {
			const posts = database.table("posts", PostSchema);
			expect(posts.delete("none")).toBe(false);
			const { id } = posts.create(post);
			expect([posts.delete(id), posts.delete(id), posts.findById(id)]).toEqual([
				true,
				false,
				undefined,
			]);
		}));
});
