import { describe, expect, it } from "vitest";
import * as z from "zod";
import type { AnyTable, Migration, TableOptions } from "../src/index.js";
import { type Context, inObject, thrown } from "./helpers.js";

interface Version {
	schema: z.ZodObject;
	options?: TableOptions;
}

const of = (shape: Record<string, z.ZodType>, options: TableOptions = {}): Version => ({
	schema: z.object(shape),
	options,
});

/** The steps that an error tells, as a developer would paste them: of each field, or one purpose. */
function pasted(error: { issues?: readonly { message: string }[] }, purpose = ""): Migration[] {
	const pattern =
		/([^.:]*): migrations: \[(?:\.\.\., )?\{ version: (\d+), up: (\(\) => \{\}|\(sql\) => \{ sql\.exec\((.+?)\) \}) \}\]/g;
	return (error.issues ?? []).flatMap(({ message }) => {
		const steps = [...message.matchAll(pattern)];
		const [, , version, , source = ""] = steps.find(([, text]) => text?.includes(purpose)) ?? [];
		if (version === undefined) return [];
		const statements = source.startsWith('"') ? String(JSON.parse(source)) : source.slice(1, -1);
		return [{ version: Number(version), up: (sql) => void (statements && sql.exec(statements)) }];
	});
}

/** Deploys one version, and then another with the steps that its refusal tells. */
function paste(
	{
		before,
		after,
		rows,
		purpose,
	}: { before: Version; after: Version; rows: object[]; purpose?: string },
	check: (table: AnyTable, context: Context & { message: string }) => void,
) {
	return inObject((database, context) => {
		const at = (db: typeof database, version: Version, migrations: readonly Migration[] = []) => {
			const options = { ...version.options, migrations } as never;
			return db.table("notes", version.schema, options) as unknown as AnyTable;
		};
		at(database, before).createMany(rows);
		const error = thrown(() => at(context.open(), after).get());
		expect(error.code).toBe("misconfigured");
		const migrations = pasted(error, purpose);
		expect(migrations.map(({ version }) => version)).toEqual(migrations.map((_, i) => i + 1));
		expect(migrations.length).toBeGreaterThan(0);
		const table = at(context.open(), after, migrations);
		check(table, { ...context, message: error.message });
		// And once more, as the next instance does.
		expect(at(context.open(), after, migrations).get()).toEqual(table.get());
	});
}

describe("a refused change tells the step to write", () => {
	it("for a removed field", () =>
		paste(
			{
				before: of({ a: z.string(), b: z.string() }, { indexes: ["a", ["b", "a"]], unique: ["a"] }),
				after: of({ b: z.string() }),
				rows: [{ a: "1", b: "2" }],
			},
			(table, { message }) => {
				expect(message).toBe(
					`notes.a: This field was removed, and its values would be lost. If a newer deployment added it, deploy that one again. To drop it: migrations: [{ version: 1, up: (sql) => { sql.exec('ALTER TABLE "notes" DROP COLUMN "a"') } }]`,
				);
				expect(table.first()).toMatchObject({ b: "2" });
				expect(table.first()).not.toHaveProperty("a");
			},
		));

	it("for a renamed field, optional or not, in an index or not", async () => {
		for (const field of [z.int(), z.int().optional(), z.int().default(7)]) {
			await paste(
				{
					before: of({ a: z.int(), b: z.string() }, { indexes: ["a"] }),
					after: of({ "first-name": field, b: z.string() }, { unique: ["first-name"] }),
					rows: [{ a: 1, b: "2" }],
					purpose: "To rename it to first-name",
				},
				(table) => expect(table.get()).toMatchObject([{ "first-name": 1, b: "2" }]),
			);
		}
	});

	it("for a renamed field with all that it may be now, before the step that drops it", () =>
		inObject((database, { open }) => {
			database.table("notes", z.object({ a: z.int(), b: z.string() })).create({ a: 1, b: "" });
			const purposes = (shape: Record<string, z.ZodType>) =>
				thrown(() => open().table("notes", z.object(shape)).get()).issues?.map(
					({ path, message }) =>
						`${path} ${[...message.matchAll(/To (drop it|rename it to \w+)/g)].map(([text]) => text)}`,
				);
			const b = z.string();
			expect(purposes({ c: z.int().optional(), b })).toEqual([
				"notes.a To rename it to c,To drop it",
			]);
			expect(purposes({ c: z.int().optional(), d: z.int().default(1), b })).toEqual([
				"notes.a To rename it to c,To rename it to d,To drop it",
			]);
			expect(purposes({ c: z.number().optional(), b })).toEqual(["notes.a To drop it"]);
			expect(purposes({ c: z.int().optional(), d: z.string().optional() })).toEqual([
				"notes.a To rename it to c,To drop it",
				"notes.b To rename it to d,To drop it",
			]);
		}));

	it("for two fields of one kind that were renamed", () =>
		inObject((database, { open }) => {
			const before = z.object({ a: z.string(), b: z.string() });
			database.table("notes", before).create({ a: "1", b: "2" });
			const after = z.object({ c: z.string().default(""), d: z.string().default("") });
			const error = thrown(() => open().table("notes", after).get());
			const [first, second] = error.issues ?? [];
			const migrations = [
				...pasted({ issues: first ? [first] : [] }, "To rename it to d"),
				...pasted({ issues: second ? [second] : [] }, "To rename it to c"),
			];
			const notes = open().table("notes", after, { migrations });
			expect(notes.get()).toMatchObject([{ c: "2", d: "1" }]);
		}));

	it("for a field that is new and required", async () => {
		const fields = {
			text: [z.string(), ""],
			int: [z.int(), 0],
			real: [z.number(), 0],
			flag: [z.boolean(), false],
			date: [z.date(), new Date(0)],
			big: [z.bigint(), 0n],
			json: [z.looseObject({}), {}],
		} as const;
		for (const [name, [field, value]] of Object.entries(fields)) {
			await paste(
				{
					before: of({ a: z.string() }),
					after: of({ a: z.string(), [name]: field }, { indexes: name === "json" ? [] : [name] }),
					rows: [{ a: "1" }],
				},
				(table) => expect(table.get()).toMatchObject([{ a: "1", [name]: value }]),
			);
		}
	});

	it("for a field that became required", async () => {
		const before = of({ a: z.string().optional(), b: z.int().nullable() });
		const rows = [{ b: null }, { a: "x", b: 1 }];
		await paste(
			{ before, after: of({ a: z.string(), b: z.int() }), rows },
			(table, { message }) => {
				expect(message).toContain("with your value for ''");
				expect(table.get()).toMatchObject([
					{ a: "", b: 0 },
					{ a: "x", b: 1 },
				]);
			},
		);
		// A default is filled in, whatever is in it.
		const text = ["it's \\ `$", "{a}`\n"].join("");
		const after = of({ a: z.string().default(text), b: z.int().default(-5) });
		await paste({ before, after, rows }, (table) =>
			expect(table.get()).toMatchObject([
				{ a: text, b: -5 },
				{ a: "x", b: 1 },
			]),
		);
		const long = of({ a: z.string().default("x\0"), b: z.int().nullable() });
		await paste({ before, after: long, rows }, (table) => expect(table.first()?.a).toBe(""));
	});

	it("for what can't be unique, and how to find the rows", () =>
		paste(
			{
				before: of({ a: z.string(), b: z.int().optional(), c: z.int() }),
				after: of(
					{ a: z.string(), b: z.int().optional(), c: z.int() },
					{ unique: [["a", "b"], "c"] },
				),
				rows: [
					{ a: "x", b: 1, c: 1 },
					{ a: "x", b: 1, c: 2 },
					{ a: "x", b: 2, c: 3 },
					{ a: "x", c: 4 },
					{ a: "x", c: 5 },
					{ a: "y", b: 3, c: 5 },
				],
			},
			(table, { message, rows }) => {
				const queries = [...message.matchAll(/To find them: (SELECT .*? > 1)\./g)];
				expect(queries.map(([, query]) => rows(String(query)))).toEqual([[["x", 1, 2]], [[5, 2]]]);
				expect(table.get().map(({ c }) => c)).toEqual([1, 3, 4, 5]);
			},
		));

	it("for what can't be unique while others refer to it, so that they refer to what is kept", () =>
		inObject((database, { open }) => {
			const schema = z.object({
				id: z.string(),
				name: z.string().optional(),
				sort: z.int(),
				managerId: z.string().optional(),
			});
			const declare = (of: typeof database, options: TableOptions = {}) => {
				const people = of.table("people", schema, {
					...options,
					references: { managerId: { table: "people", onDelete: "cascade" } },
				} as never) as unknown as AnyTable;
				const references = { personId: { table: "people" } } as const;
				const tasks = of.table("tasks", z.object({ personId: z.string() }), { references });
				return { people, tasks };
			};
			const { people, tasks } = declare(database);
			people.createMany([
				{ id: "1", name: "Ann", sort: 1 },
				{ id: "2", name: "Ann", sort: 2 },
				{ id: "3", name: "Ann", sort: 1, managerId: "2" },
				{ id: "4", name: "Bob", sort: 1, managerId: "3" },
				{ id: "5", sort: 1 },
				{ id: "6", sort: 1 },
			]);
			tasks.createMany(["1", "2", "3", "4", "6"].map((personId) => ({ personId })));
			const unique = [["name", "sort"]];
			const error = thrown(() => declare(open(), { unique }).people.get());
			const migrations = pasted(error, "To keep the first of each");
			const after = declare(open(), { unique, migrations });
			expect(after.people.get()).toMatchObject([
				{ id: "1" },
				{ id: "2" },
				{ id: "4", managerId: "1" },
				{ id: "5" },
				{ id: "6" },
			]);
			expect(after.tasks.get().map(({ personId }) => personId)).toEqual(["1", "2", "1", "4", "6"]);
		}));

	it("for values that a field takes no longer", async () => {
		const state = z.enum(["draft", "live", "it's"]);
		const rows = [{ a: "live", b: 1.5 }, { a: "draft", b: 2 }, { a: "it's" }];
		await paste(
			{
				before: of({ a: state, b: z.literal([1.5, 2, 3]).optional() }, { indexes: ["a"] }),
				after: of({
					a: state.extract(["it's", "draft"]).default("draft"),
					b: z.literal([2, 4]).nullish(),
				}),
				rows,
			},
			(table, { message }) => {
				expect(message).not.toContain("live");
				expect(table.get()).toMatchObject([
					{ a: "draft", b: 2 },
					{ a: "draft", b: 2 },
					{ a: "it's", b: null },
				]);
			},
		);
		await paste(
			{ before: of({ a: z.string() }), after: of({ a: z.literal("x") }), rows: [{ a: "secret" }] },
			(table) => expect(table.get()).toMatchObject([{ a: "x" }]),
		);
	});

	it("for several fields at once, to be pasted together", () =>
		paste(
			{
				before: of({ a: z.string(), b: z.string().optional(), c: z.int() }, { indexes: ["c"] }),
				after: of({ b: z.string(), c: z.string(), d: z.int() }, { indexes: ["c"], unique: ["b"] }),
				rows: [{ a: "x", c: 1 }],
			},
			(table, { message }) => {
				expect(message).toContain("migrations: [{ version: 1,");
				expect(message).toContain("migrations: [..., { version: 4,");
				expect(table.get()).toMatchObject([{ b: "", c: "1", d: 0 }]);
			},
		));

	it("after those that are there", () =>
		inObject((database, { open }) => {
			database.table("notes", z.object({ a: z.string(), b: z.string() })).create({ a: "", b: "" });
			const migrations = [{ version: 7, up: () => {} }];
			const error = thrown(() =>
				open()
					.table("notes", z.object({ a: z.string() }), { migrations })
					.get(),
			);
			expect(error.message).toContain("To drop it: migrations: [..., { version: 8, up:");
			const after = [...migrations, ...pasted(error)];
			open()
				.table("notes", z.object({ a: z.string() }), { migrations: after })
				.get();
		}));

	it("for a column that a step made NOT NULL", () =>
		inObject((database, { open }) => {
			const schema = z.object({ a: z.string(), b: z.string().optional() });
			const options = { indexes: ["b"] } as const;
			database.table("notes", schema, options).create({ a: "x" });
			const step = {
				version: 1,
				up: (sql: SqlStorage) =>
					sql.exec(`DROP INDEX "index:notes:b"; ALTER TABLE notes DROP COLUMN b;
						ALTER TABLE notes ADD COLUMN b TEXT NOT NULL DEFAULT 'y'`),
			};
			const required = z.object({ a: z.string(), b: z.string() });
			const first = open().table("notes", required, { ...options, migrations: [step] });
			expect(first.get()).toMatchObject([{ b: "y" }]);
			const error = thrown(() =>
				open()
					.table("notes", schema, { ...options, migrations: [step] })
					.get(),
			);
			const migrations = [step, ...pasted(error)];
			const notes = open().table("notes", schema, { ...options, migrations });
			notes.create({ a: "z" });
			expect(notes.get()).toMatchObject([{ b: "y" }, { a: "z" }]);
		}));

	it("and never tells what is stored", () =>
		inObject((database, { open }) => {
			database.table("notes", z.object({ a: z.string(), b: z.string() })).createMany([
				{ a: "secret", b: "secret" },
				{ a: "secret", b: "secret" },
			]);
			const definitions: [z.ZodObject, object][] = [
				[z.object({ a: z.int(), b: z.string() }), {}],
				[
					z.object({ a: z.string(), b: z.array(z.string()) }),
					{ migrations: [{ version: 1, up() {} }] },
				],
				[z.object({ a: z.string(), b: z.string() }), { unique: ["a"] }],
			];
			for (const [schema, options] of definitions) {
				const error = thrown(() => open().table("notes", schema, options).get());
				expect(JSON.stringify([error.message, error.issues])).not.toContain("secret");
			}
		}));
});

describe("a changed type", () => {
	const iso = "2026-01-02T03:04:05.678Z";
	const time = Date.parse(iso);
	const fields = {
		text: z.string(),
		integer: z.int(),
		real: z.number(),
		boolean: z.boolean(),
		date: z.date(),
		bigint: z.bigint(),
		json: z.json(),
	} as const;
	const value = (n: number) => ({
		text: String(n),
		integer: n,
		real: n,
		boolean: n !== 0,
		date: new Date(n),
		bigint: BigInt(n),
		json: n,
	});
	type Kind = keyof typeof fields;
	const kinds = Object.keys(fields) as Kind[];
	const pairs = kinds.flatMap((from) =>
		kinds.filter((to) => to !== from).map((to): [Kind, Kind] => [from, to]),
	);
	const at = (n: number) => new Date(n).toJSON();
	/** What 1 becomes, where it is not simply that in the other type. */
	const special: Partial<Record<`${Kind} ${Kind}`, unknown>> = {
		"real text": "1.0",
		"boolean text": "true",
		"date text": at(1),
		"text json": "1",
		"boolean json": true,
		"date json": at(1),
		"bigint json": "1",
	};

	it.each(pairs)("from %s to %s keeps the values", (from, to) => {
		const isText = to === "date" && (from === "text" || from === "json");
		const input = isText ? iso : value(1)[from];
		const expected = isText ? new Date(time) : (special[`${from} ${to}`] ?? value(1)[to]);
		const indexed = (kind: Kind) => ({ indexes: kind === "json" ? [] : ["a", ["key", "a"]] });
		return paste(
			{
				before: of({ key: z.int(), a: fields[from].optional() }, indexed(from)),
				// A field in the way of the new column's name.
				after: of(
					{ key: z.int(), a: fields[to].optional(), a_new: z.int().default(5) },
					indexed(to),
				),
				rows: [{ key: 0, a: input }, { key: 1 }],
			},
			(table) => {
				const [first, second] = table.get();
				expect(first).toMatchObject({ key: 0, a: expected, a_new: 5 });
				expect(second?.a ?? null).toBe(null);
			},
		);
	});

	it("keeps bigints of any sign, and numbers as bigints", async () => {
		const big = [-(10n ** 18n) + 1n, -1000n, -12n, -1n, 0n, 9n, 10n, 10n ** 40n];
		const rows = big.map((a) => ({ a }));
		const read = (table: AnyTable) => table.get().map(({ a }) => a);
		await paste({ before: of({ a: z.bigint() }), after: of({ a: z.string() }), rows }, (table) =>
			expect(read(table)).toEqual(big.map(String)),
		);
		await paste(
			{
				before: of({ a: z.string() }),
				after: of({ a: z.bigint() }),
				rows: big.map((n) => ({ a: String(n) })),
			},
			(table) => expect(read(table)).toEqual(big),
		);
		const integers = [Number.MIN_SAFE_INTEGER, -10, -1, 0, 1, Number.MAX_SAFE_INTEGER];
		for (const field of [z.int(), z.number()]) {
			await paste(
				{
					before: of({ a: field }),
					after: of({ a: z.bigint() }),
					rows: integers.map((a) => ({ a })),
				},
				(table) => expect(read(table)).toEqual(integers.map(BigInt)),
			);
			await paste(
				{
					before: of({ a: z.bigint() }),
					after: of({ a: field }),
					rows: integers.map((a) => ({ a: BigInt(a) })),
				},
				(table) => expect(read(table)).toEqual(integers),
			);
		}
	});

	it.each([
		["text", "integer", "abc"],
		["text", "real", "abc"],
		["text", "boolean", "maybe"],
		["text", "date", "tomorrow"],
		["text", "bigint", "1e5"],
		["text", "bigint", "007"],
		["text", "bigint", `-1${"0".repeat(30)}`],
		["integer", "date", Number.MAX_SAFE_INTEGER],
		["real", "integer", 2.5],
		["real", "bigint", 2.5],
		["real", "bigint", 1e300],
		["real", "date", 2.5],
		["bigint", "integer", 2n ** 60n],
		["bigint", "integer", -(2n ** 60n)],
		["bigint", "integer", 10n ** 30n],
		["bigint", "text", -(10n ** 30n)],
		["bigint", "boolean", 2n],
		["json", "integer", { x: 1 }],
		["json", "boolean", "yes"],
		["json", "date", [1]],
	] as [Kind, Kind, unknown][])(
		"from %s to %s is refused for a value that would be lost: %s",
		(from, to, input) =>
			inObject((database, { open, rows }) => {
				const declare = (db: typeof database, kind: Kind, migrations: readonly Migration[]) =>
					db.table("notes", z.object({ a: fields[kind] }), { migrations }) as unknown as AnyTable;
				declare(database, from, []).create({ a: input });
				const before = rows("SELECT * FROM notes");
				const migrations = pasted(thrown(() => declare(open(), to, []).get()));
				const error = thrown(() => declare(open(), to, migrations).get());
				expect(error.code).toBe("misconfigured");
				expect(rows("SELECT * FROM notes")).toEqual(before);
			}),
	);
});
