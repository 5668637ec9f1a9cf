import { describe, expect, it } from "vitest";
import * as z from "zod";
import type { AnyTable } from "../src/index.js";
import { inObject, refusal, thrown } from "./helpers.js";

describe("a definition", () => {
	it.each([
		["map", z.map(z.string(), z.string())],
		["set", z.set(z.string())],
		["symbol", z.symbol()],
		["function", z.function()],
		["promise", z.promise(z.string())],
		["nan", z.nan()],
		["file", z.file()],
		["never", z.never()],
		["void", z.void()],
	])("refuses a %s, by path and reason", (type, schema) =>
		inObject((database) => {
			const error = thrown(() => database.table("notes", z.object({ bad: schema.optional() })));
			expect(error).toMatchObject({
				code: "misconfigured",
				message: `notes.bad: A ${type} can't be stored.`,
				issues: [{ path: "notes.bad", message: `A ${type} can't be stored.` }],
			});
			expect(database.tables.size).toBe(0);
		}),
	);

	it("refuses inside JSON what JSON can't keep", () =>
		inObject((database) => {
			const paths = (field: z.ZodType) =>
				refusal(() => database.table("notes", z.object({ field })));
			const date = z.date().optional();
			expect(paths(z.object({ a: z.object({ at: date }) }))).toBe("misconfigured notes.field.a.at");
			expect(paths(z.array(z.bigint()))).toBe("misconfigured notes.field.*");
			expect(paths(z.tuple([z.string(), date]))).toBe("misconfigured notes.field.1");
			expect(paths(z.record(z.string(), z.map(z.string(), z.string())))).toBe(
				"misconfigured notes.field.*",
			);
			expect(paths(z.union([z.string(), z.date()]))).toBe("misconfigured notes.field");
			expect(paths(z.looseObject({}).catchall(z.date()))).toBe("misconfigured notes.field.*");
		}));

	it("takes recursive schemas, and refuses them too", () =>
		inObject((database) => {
			interface Node {
				name: string;
				children: Node[];
			}
			const node: z.ZodType<Node> = z.object({
				name: z.string(),
				children: z.array(z.lazy(() => node)),
			});
			const trees = database.table("trees", z.object({ root: node }));
			const root = { name: "a", children: [{ name: "b", children: [] }] };
			expect(trees.create({ root }).root).toEqual(root);
			let deep: Node = { name: "leaf", children: [] };
			for (let i = 0; i < 50_000; i++) deep = { name: "n", children: [deep] };
			expect(refusal(() => trees.create({ root: deep }))).toMatch(/^invalid_input/);
		}));

	it.each(["", "1a", "a b", "a-b", 'a"b', "a'b", "a;b", "ä", "x".repeat(64)])(
		"S5 refuses the table name %j",
		(name) =>
			inObject((database) => {
				const schema = z.object({ text: z.string() });
				expect(refusal(() => database.table(name, schema))).toBe("misconfigured table");
			}),
	);

	it.each([
		"sqlite_x",
		"SQLite_x",
		"_cf_KV",
		"_userdo_meta",
		"json_each",
		"pragma_table_info",
		"__proto__",
		"constructor",
	])("S5 keeps the table name %s for others", (name) =>
		inObject((database) => {
			const schema = z.object({ text: z.string() });
			expect(refusal(() => database.table(name, schema))).toBe(`misconfigured ${name}`);
		}),
	);

	it.each([
		"",
		"1a",
		"a b",
		"a.b",
		'a"b',
		"a'b",
		"a\0",
		"_created_at",
		"_UPDATED_AT",
		"ID",
		"ä".repeat(33),
		"constructor",
		"__proto__",
		"toString",
	])("refuses the field name %j", (name) =>
		inObject((database) => {
			const schema = z.object({ [name]: z.string() });
			expect(refusal(() => database.table("notes", schema))).toBe(`misconfigured notes.${name}`);
		}),
	);

	it.each([
		"order",
		"select",
		"größe",
		"first-name",
		"$ref",
		"_",
		"rowid",
		"value",
		"NEW",
		"body",
		"previous",
	])("takes the field name %s, and as a table's where it can be one", (name) =>
		inObject((database) => {
			const schema = z.object({ [name]: z.string() });
			const table = database.table(/^\w+$/.test(name) ? name : "notes", schema, {
				indexes: [name],
			}) as AnyTable;
			const row = table.create({ [name]: "x" });
			expect(row[name]).toBe("x");
			expect(table.where(name, "in", ["x"]).orderBy(name, "desc").get()).toEqual([row]);
			table.update(String(row.id), { [name]: "y" });
			expect(database.changes.read(1, 1)[0]?.data).toMatchObject({ data: { [name]: "y" } });
		}),
	);

	it("refuses names that differ by case alone, too many fields, and fields without names", () =>
		inObject((database) => {
			const define = (schema: z.ZodObject) => refusal(() => database.table("notes", schema));
			expect(define(z.object({ a: z.string(), A: z.string() }))).toBe("misconfigured notes.A");
			const names = Array.from({ length: 98 }, (_, i) => [`f${i}`, z.string()]);
			expect(define(z.object(Object.fromEntries(names)))).toBe("misconfigured notes");
			expect(define(z.looseObject({ a: z.string() }))).toBe("misconfigured notes");
			expect(define(z.object({}).catchall(z.string()))).toBe("misconfigured notes");
			database.table("strict", z.strictObject({ a: z.string() }));
		}));

	it("refuses what is no object schema, and options that are none", () =>
		inObject((database) => {
			const schema = z.object({
				name: z.string(),
				place: z.object({ city: z.string(), City: z.string() }),
			});
			const define = (given: unknown, options?: unknown) =>
				refusal(() => database.table("notes", given as typeof schema, options as object));
			for (const each of [undefined, null, {}, z.string(), z.array(schema), schema.readonly()]) {
				expect(define(each)).toBe("misconfigured notes");
			}
			expect(define(schema, null)).toBe("misconfigured notes");
			expect(define(schema, [])).toBe("misconfigured notes");
			expect(define(schema, { index: ["name"] })).toBe("misconfigured notes.index");
			expect(define(schema, { indexes: "name" })).toBe("misconfigured notes.indexes");
			expect(define(schema, { unique: [5] })).toBe("misconfigured notes.unique");
			expect(define(schema, { indexes: ["name", "name"] })).toBe("misconfigured notes.name");
			expect(define(schema, { unique: ["name", ["name"]] })).toBe("misconfigured notes.name");
			expect(define(schema, { indexes: [["name", "name"]] })).toBe("misconfigured notes");
			expect(define(schema, { indexes: ["place.city", "place.City"] })).toBe(
				"misconfigured notes.place->City",
			);
			const endless: z.ZodType = z.lazy(() => z.union([z.number(), endless.optional()]));
			expect(define(z.object({ endless }))).toBe("misconfigured notes.endless");
			const names = Array.from({ length: 91 }, (_, i) => `f${i}`);
			const wide = z.object(Object.fromEntries(names.map((name) => [name, z.string()])));
			expect(define(wide, { search: names })).toBe("misconfigured notes");
			expect(database.tables.size).toBe(0);
			const most = database.table("wide", wide, { search: names.slice(1) } as object) as AnyTable;
			most.create(Object.fromEntries(names.map((name) => [name, "word"])));
			expect(most.search("word").count()).toBe(1);
		}));

	it("keeps integers whole, wherever a fraction comes from", () =>
		inObject((database) => {
			const fraction = z.int().overwrite((value) => value / 2);
			const table = database.table("numbers", z.object({ a: fraction, b: z.int().default(0.5) }));
			expect(refusal(() => table.create({ a: 2 }))).toBe("invalid_input b");
			expect(refusal(() => table.create({ a: 1, b: 1 }))).toBe("invalid_input a");
			expect(table.create({ a: 4, b: 1 })).toMatchObject({ a: 2, b: 1 });
			expect(table.where("a", "<", 2.5).where("a", "!=", 0.5).count()).toBe(1);
		}));

	it("refuses an id that is no string, and indexes of nothing", () =>
		inObject((database) => {
			const define = (schema: z.ZodObject, options?: object) =>
				refusal(() => database.table("notes", schema, options));
			expect(define(z.object({ id: z.number() }))).toBe("misconfigured notes.id");
			expect(define(z.object({ id: z.string().optional() }))).toBe("misconfigured notes.id");
			const schema = z.object({ a: z.string(), list: z.array(z.string()) });
			expect(define(schema, { indexes: ["b"] })).toBe("misconfigured notes.b");
			expect(define(schema, { unique: [["a", 'a") --']] })).toBe('misconfigured notes.a") --');
			expect(define(schema, { indexes: ["list"] })).toBe("misconfigured notes.list");
			expect(define(schema, { indexes: [[]] })).toBe("misconfigured notes");
		}));

	it("refuses an asynchronous schema when it is used", () =>
		inObject((database) => {
			const schema = z.object({ a: z.string().refine(async () => true) });
			const notes = database.table("notes", schema);
			expect(refusal(() => notes.create({ a: "x" }))).toBe("misconfigured notes");
		}));

	it("stores unions of one kind as that kind", () =>
		inObject((database, { rows }) => {
			const schema = z.object({
				size: z.union([z.literal("s"), z.literal("m")]),
				level: z.enum({ Low: 1, High: 2 }),
				maybe: z.string().or(z.null()),
				when: z.union([z.date(), z.undefined()]),
				mixed: z.literal(["a", 1, null]),
			});
			const data = { size: "m", level: 2, maybe: null, when: undefined, mixed: 1 } as const;
			const table = database.table("unions", schema);
			const { when, ...stored } = data;
			const row = table.create(data);
			expect(row).toMatchObject(stored);
			expect(table.where("level", ">", 1).where("size", "starts-with", "m").get()).toEqual([row]);
			expect(rows(`SELECT size, level, maybe, "when", mixed FROM unions`)).toEqual([
				["m", 2, null, null, "1"],
			]);
		}));
});

describe("a column", () => {
	it.each([
		["TEXT", z.uuid(), "01a20aa2-32e6-7576-bd1d-e38fd6fa8fde"],
		["TEXT", z.iso.datetime(), "2026-01-01T00:00:00Z"],
		["TEXT", z.templateLiteral(["v", z.number()]), "v1"],
		["TEXT", z.string().brand("Name").readonly(), "x"],
		["TEXT", z.string().catch("x"), "y"],
		["TEXT", z.lazy(() => z.string()), "y"],
		["TEXT", z.preprocess((value) => value, z.string()), "y"],
		["TEXT", z.string().nullable().default(null), null],
		["TEXT", z.bigint(), 5n],
		["TEXT", z.int64(), -5n],
		["TEXT", z.tuple([z.string(), z.number()]), ["x", 1]],
		["TEXT", z.intersection(z.object({ a: z.int() }), z.object({ b: z.int() })), { a: 1, b: 2 }],
		["INTEGER", z.number().int().positive(), 5],
		["INTEGER", z.int32(), -5],
		["INTEGER", z.coerce.number().int().optional(), 5],
		["INTEGER", z.boolean().prefault(true), false],
		["INTEGER", z.literal(true), true],
		["INTEGER", z.coerce.date(), new Date(5)],
		["REAL", z.number().multipleOf(5), 1e300],
		["REAL", z.float32(), 1.5],
		["REAL", z.literal([1, 2.5]), 2.5],
	] as [string, z.ZodType, unknown][])("is %s for schema %#", (type, field, value) =>
		inObject((database, { rows }) => {
			const table = database.table("notes", z.object({ field }));
			const row = table.create({ field: value });
			expect(row).toMatchObject({ field: value });
			expect(table.first()).toEqual(row);
			expect(rows("SELECT type FROM pragma_table_info('notes') WHERE name = 'field'")).toEqual([
				[type],
			]);
		}),
	);

	it("holds what a codec makes of the input", () =>
		inObject((database) => {
			const toDate = {
				decode: (text: string) => new Date(text),
				encode: (at: Date) => at.toJSON(),
			};
			const schema = z.object({
				on: z.stringbool(),
				at: z.codec(z.iso.datetime(), z.date(), toDate),
			});
			const table = database.table("notes", schema);
			const row = table.create({ on: "yes", at: "2026-01-01T00:00:00Z" });
			expect(row).toMatchObject({ on: true, at: new Date(Date.UTC(2026, 0)) });
			expect(table.where("at", ">", new Date(0)).where("on", "==", true).get()).toEqual([row]);
			expect(table.update(row.id, { on: "no" }).on).toBe(false);
		}));
});

describe("a value of no known type", () => {
	it("is stored where JSON keeps it, and refused where not", () =>
		inObject((database) => {
			const schema = z.object({ any: z.any(), custom: z.custom<string>().optional() });
			const table = database.table("notes", schema);
			for (const any of [1, "x", true, { a: [1, { b: null }] }, [], { gone: undefined }]) {
				const row = table.create({ any });
				expect(table.findById(row.id)).toEqual(row);
				expect(row.any).toEqual(any);
			}
			expect(table.create({ any: null }).any).toBe(null);
			expect(table.create({ any: undefined }).any).toBe(null);
			const refuse = (any: unknown) => refusal(() => table.create({ any }));
			expect(refuse(new Date())).toBe("invalid_input any");
			expect(refuse({ a: { at: new Date() } })).toBe("invalid_input any.a.at");
			expect(refuse([1, undefined])).toBe("invalid_input any.1");
			expect(refuse(Number.NaN)).toBe("invalid_input any");
			expect(refuse({ n: 1n })).toBe("invalid_input any.n");
			expect(refuse(new Map())).toBe("invalid_input any");
			expect(refuse({ toJSON: () => "x" })).toBe("invalid_input any.toJSON");
			const cycle: { self?: object } = {};
			cycle.self = cycle;
			expect(refuse(cycle)).toMatch(/^invalid_input any\.self/);
		}));
});
