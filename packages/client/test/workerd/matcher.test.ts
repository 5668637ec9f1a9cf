import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { type AnyTable, createDatabase } from "@userdo/tables";
import fc from "fast-check";
import { expect, it } from "vitest";
import * as z from "zod";
import { build, type ModelField, modelTable, queries } from "../../../tables/test/model.js";
import {
	type Condition,
	comparator,
	type Kinds,
	matches,
	type Order,
	type Row,
} from "../../src/live/matcher.js";

/** What a query is built from in the object, where dates are dates. */
interface Query {
	wheres: Condition[];
	orders: Order[];
}

/** As it crosses HTTP. */
function toJson<T>(value: T): T {
	const text = JSON.stringify(value, (_, part) => (typeof part === "bigint" ? `${part}` : part));
	return JSON.parse(text);
}

/** Sizes of what was compared: without them, a test of empty tables would look like one of many. */
interface Tally {
	rows: number;
	found: number;
}

function check(table: AnyTable, rows: readonly Row[], kinds: Kinds, query: Query, tally: Tally) {
	const built = build(table, { ...query, limit: undefined, offset: undefined } as never);
	const { wheres, orders } = toJson(query);
	const all = toJson(rows);
	const found = all
		.filter((row) => wheres.every((where) => matches(row, where, kinds)))
		.sort(comparator(orders, kinds));
	tally.rows += rows.length;
	tally.found += found.length;
	const ids = (list: readonly Row[]) => list.map(({ id }) => id);
	expect(ids(found)).toEqual(ids(built.get()));
}

function inDatabase(
	run: (database: ReturnType<typeof createDatabase>, sql: SqlStorage) => void,
): Promise<void> {
	const stub = env.STORE.getByName(crypto.randomUUID());
	return runInDurableObject(stub, (_, { storage }) => run(createDatabase(storage), storage.sql));
}

function kindsOf(fields: readonly ModelField[]): Kinds {
	const kinds: Record<string, "date" | "bigint"> = {};
	for (const { path, kind } of fields) {
		if (kind === "date") kinds[path] = "date";
		if (kind === "big") kinds[path] = "bigint";
	}
	return kinds;
}

it("agrees with SQL, for any schema, rows and query", () =>
	inDatabase((database, sql) => {
		const tally: Tally = { rows: 0, found: 0 };
		let tables = 0;
		const scenario = modelTable.chain((table) =>
			fc.record({
				table: fc.constant(table),
				data: fc.array(table.row, { maxLength: 20 }),
				cases: fc.array(queries(table.fields), { minLength: 20, maxLength: 20 }),
			}),
		);
		fc.assert(
			fc.property(scenario, ({ table: { schema, fields }, data, cases }) => {
				const name = `t${tables++}`;
				const table = database.table(name, schema) as unknown as AnyTable;
				const rows = data.map((each) => table.create(each));
				for (const each of cases) check(table, rows, kindsOf(fields), each as Query, tally);
				sql.exec(`DROP TABLE IF EXISTS ${name}`);
			}),
			{ numRuns: 200 },
		);
		expect(tally.rows).toBeGreaterThan(10_000);
		expect(tally.found).toBeGreaterThan(1_000);
	}));

const hostile = ["", "a", "%", "_", '"', "'", "\\", "\0", "\u{ffff}", "\u{10000}", "\u{e000}"];
// Halves of pairs, which make a text of their own look like another, are refused by the server.
const text = fc
	.oneof(
		fc.array(fc.constantFrom(...hostile, "\u{1f642}", "\u{d7ff}", "é", "e\u0301"), {
			maxLength: 4,
		}),
		fc.array(fc.string({ unit: "binary", maxLength: 3 }), { maxLength: 2 }),
	)
	.map((parts) => parts.join(""));
const number = fc.oneof(
	fc.constantFrom(0, -0, 1e308, -1e308, 5e-324, 2 ** 53, 0.1 + 0.2, 0.3),
	fc.integer({ min: -3, max: 3 }),
	fc.double({ noNaN: true, noDefaultInfinity: true }),
);
const time = fc.oneof(
	fc.constantFrom(-8.64e15, 8.64e15, -62_167_219_200_001, 253_402_300_800_000, 0),
	fc.integer({ min: -2, max: 2 }),
);
const big = fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n });
const place = fc.record({ name: text, rank: number }, { requiredKeys: [] });

const HostileSchema = z.object({
	text: z.string().optional(),
	n: z.number().nullish(),
	on: z.boolean().optional(),
	at: z.date().optional(),
	big: z.bigint().nullable(),
	tags: z.array(z.string()).optional(),
	place: z
		.object({
			name: z.string().optional(),
			rank: z.number().optional(),
			length: z.int().optional(),
		})
		.or(z.object({ valueOf: z.string() }))
		.or(z.array(z.string()))
		.or(z.string())
		.optional(),
});

const row = fc.record(
	{
		text,
		n: fc.option(number),
		on: fc.boolean(),
		at: time.map((value) => new Date(value)),
		big: fc.option(big),
		tags: fc.array(text, { maxLength: 3 }),
		place: fc.oneof(place, text, fc.array(text, { maxLength: 3 })),
	},
	{ requiredKeys: ["big"] },
);

const sortable = ["text", "n", "on", "at", "big", "place.name", "place.rank", "id"] as const;

/** Conditions whose operands are mostly those of a row, so that bounds are hit. */
function conditionOn(rows: readonly Row[]): fc.Arbitrary<Condition> {
	const values = (field: string, fresh: fc.Arbitrary<unknown>) => {
		const [outer = "", inner] = field.split(".");
		const known = rows.flatMap((each) => {
			const found = inner ? (Object(each[outer]) as Row)[inner] : each[outer];
			return found === undefined || found === null ? [] : [found];
		});
		return known.length === 0 ? fresh : fc.oneof(fc.constantFrom(...known), fresh);
	};
	const ordered = (field: string, fresh: fc.Arbitrary<unknown>) => {
		const value = values(field, fresh);
		return fc.oneof(
			fc.tuple(fc.constant(field), fc.constantFrom("==", "!=", "<", "<=", ">", ">="), value),
			fc.tuple(fc.constant(field), fc.constantFrom("==", "!="), fc.constant(null)),
			fc.tuple(
				fc.constant(field),
				fc.constantFrom("in", "not-in"),
				fc.array(value, { maxLength: 3 }),
			),
			fc.tuple(fc.constant(field), fc.constant("is-null"), fc.boolean()),
		);
	};
	const textual = (field: string) =>
		fc.tuple(
			fc.constant(field),
			fc.constantFrom("contains", "includes", "starts-with"),
			fc.oneof(text, values(field, text)).map((value) => {
				const points = [...String(value)];
				return points.slice(0, 2).join("");
			}),
		);
	const leaf = fc.oneof(
		ordered("text", text),
		textual("text"),
		ordered("place.name", text),
		textual("place.name"),
		ordered("n", number),
		ordered(
			"at",
			time.map((value) => new Date(value)),
		),
		ordered("big", big),
		ordered("place.rank", number),
		// What other places hold by their nature, and these rows don't.
		fc.tuple(fc.constant("place.length"), fc.constant("=="), fc.integer({ min: 0, max: 3 })),
		fc.constant(["place.valueOf", "is-null"]),
		fc.tuple(fc.constant("on"), fc.constantFrom("==", "!="), fc.boolean()),
		fc.tuple(fc.constant("tags"), fc.constant("contains"), text),
		fc.constantFrom(["place", "is-null"], ["tags", "is-null", false]),
	);
	return fc.letrec<{ node: Condition }>((tie) => {
		const parts = fc.array(tie("node"), { minLength: 1, maxLength: 3 });
		return {
			node: fc.oneof(
				{ maxDepth: 3 },
				{ weight: 4, arbitrary: leaf },
				{ weight: 1, arbitrary: parts.map((or) => ({ or })) },
				{ weight: 1, arbitrary: parts.map((and) => ({ and })) },
				{ weight: 1, arbitrary: tie("node").map((not) => ({ not })) },
			),
		};
	}).node;
}

it("agrees with SQL on hostile texts, and on values at the bounds of conditions", () =>
	inDatabase((database) => {
		const tally: Tally = { rows: 0, found: 0 };
		const kinds: Kinds = { at: "date", big: "bigint" };
		const table = database.table("hostile", HostileSchema) as unknown as AnyTable;
		const scenario = fc.array(row, { minLength: 1, maxLength: 15 }).chain((data) =>
			fc.record({
				data: fc.constant(data),
				cases: fc.array(
					fc.record({
						wheres: fc.array(conditionOn(data), { maxLength: 2 }),
						orders: fc.array(
							fc.tuple(fc.constantFrom(...sortable), fc.constantFrom("asc" as const, "desc")),
							{ maxLength: 3 },
						),
					}),
					{ minLength: 10, maxLength: 10 },
				),
			}),
		);
		fc.assert(
			fc.property(scenario, ({ data, cases }) => {
				table.where({ not: ["id", "is-null"] }).deleteWhere();
				const rows = data.map((each) => table.create(each));
				for (const each of cases) check(table, rows, kinds, each as Query, tally);
			}),
			{ numRuns: 300 },
		);
		expect(tally.rows).toBeGreaterThan(10_000);
		expect(tally.found).toBeGreaterThan(1_000);
	}));
