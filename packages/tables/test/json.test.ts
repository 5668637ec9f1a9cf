import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import type { Database, JsonTable } from "../src/index.js";
import { inObject, refusal } from "./helpers.js";
import { build, matching, modelTable, queries, type Row } from "./model.js";

/** What arrives of a value that was sent as JSON. */
const sent = <T>(value: T): T =>
	JSON.parse(JSON.stringify(value, (_, part) => (typeof part === "bigint" ? `${part}` : part)));

const EventSchema = z.object({
	title: z.string().min(1),
	at: z.date(),
	until: z.date().nullish(),
	seats: z.bigint().optional(),
	rate: z.number().optional(),
	place: z.object({ city: z.string() }).optional(),
});

const jan = "2026-01-01T00:00:00.000Z";
const feb = "2026-02-01T00:00:00.000Z";

const inEvents = <T>(run: (json: JsonTable, database: Pick<Database, "changes" | "json">) => T) =>
	inObject((database) => {
		database.table("events", EventSchema, { unique: ["title"] });
		return run(database.json("events") as JsonTable, database);
	});

describe("rows as JSON", () => {
	it("come in shorter pages where they are large, and none is left out", () =>
		inObject((database) => {
			database.table("files", z.object({ name: z.string(), text: z.string() }));
			const json = database.json("files") as JsonTable;
			const text = "x".repeat(1_500_000);
			for (let n = 0; n < 12; n++) json.create({ name: `${n}`.padStart(2, "0"), text });
			const names: unknown[] = [];
			const lengths: number[] = [];
			let after: string | null = null;
			do {
				const { items, pageInfo } = json.list({ orderBy: [["name"]], limit: 1000, after });
				names.push(...items.map(({ name }) => name));
				lengths.push(items.length);
				after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
			} while (after !== null);
			expect(lengths).toEqual([5, 5, 2]);
			expect(names).toEqual(Array.from({ length: 12 }, (_, n) => `${n}`.padStart(2, "0")));
		}));

	it("are not searched through for very many texts at once", () =>
		inEvents((json) => {
			const contains = (count: number) =>
				Array.from({ length: count }, (_, n) => ["title", "contains", `${n}`]);
			expect(json.count([{ or: contains(10) }]).count).toBe(0);
			const over = [{ or: contains(6) }, { not: { and: contains(5) } }];
			expect(refusal(() => json.count(over))).toBe("invalid_input where");
		}));

	it("agree with the table, for any schema, rows and query", () =>
		inObject((database) => {
			let tables = 0;
			const scenario = modelTable.chain((table) =>
				fc.record({
					table: fc.constant(table),
					rows: fc.array(table.row, { maxLength: 12 }),
					query: queries(table.fields),
				}),
			);
			fc.assert(
				fc.property(scenario, ({ table: { schema, indexes, fields }, rows, query }) => {
					const name = `t${tables++}`;
					const table = database.table(name, schema, { indexes: indexes as never });
					const json = database.json(name) as JsonTable;
					const created = rows.map((row) => {
						const shown = json.create(sent(row));
						const {
							id: _,
							createdAt: _c,
							updatedAt: _u,
							...stored
						} = table.findById(String(shown.id)) as Row;
						const { id, createdAt: _d, updatedAt: _v, ...direct } = table.create(row) as Row;
						expect(stored).toEqual(direct);
						table.delete(String(id));
						return shown;
					});
					const stored = created.map(({ id }) => table.findById(String(id)) as Row);
					expect(created).toEqual(sent(stored));
					for (const row of created) {
						expect(json.find(String(row.id))).toEqual(row);
						// A patch of the whole row changes nothing.
						expect(json.update(String(row.id), sent(row))).toEqual(row);
					}
					const { wheres, orders } = query;
					const expected = sent(matching(stored, query));
					const listed = json.list({ where: sent(wheres), orderBy: orders, limit: 1000 });
					expect(listed.items).toEqual(expected);
					expect(json.count(sent(wheres)).count).toBe(expected.length);
					const all = build(table as never, { ...query, limit: undefined, offset: undefined });
					expect(listed.items).toEqual(sent(all.get()));
					const named = new Set([
						...orders.map(([path]) => path),
						...(JSON.stringify(sent(wheres)).match(/\w+/g) ?? []),
					]);
					const kinds = fields.flatMap(({ path, kind }) => {
						if (!named.has(path)) return [];
						if (kind === "date") return [[path, "date"]];
						return kind === "big" ? [[path, "bigint"]] : [];
					});
					expect(listed.kinds ?? {}).toEqual(Object.fromEntries(kinds));
				}),
				{ numRuns: 100 },
			);
		}));

	it("come page by page", () =>
		inEvents((json) => {
			for (let n = 0; n < 120; n++) json.create({ title: `event ${n}`, at: jan });
			const first = json.list({});
			expect(first.items).toHaveLength(50);
			const after = first.pageInfo.endCursor;
			const second = json.list({ after, limit: 60 });
			expect(second.items).toHaveLength(60);
			const last = json.list({ after: second.pageInfo.endCursor });
			expect(last.items).toHaveLength(10);
			expect(last.pageInfo.hasNextPage).toBe(false);
			expect(
				new Set([first, second, last].flatMap(({ items }) => items.map(({ id }) => id))).size,
			).toBe(120);
			for (const limit of [0, 1001, 1.5, "10"]) {
				expect(refusal(() => json.list({ limit } as never))).toBe("invalid_input limit");
			}
			expect(refusal(() => json.list({ after: "nowhere" }))).toBe("invalid_input after");
		}));

	it("tell where the change log stands", () =>
		inEvents((json, { changes }) => {
			expect(json.list({}).snapshot).toEqual({ epoch: "", seq: 0 });
			json.create({ title: "a", at: jan });
			json.create({ title: "b", at: jan });
			const snapshot = { epoch: changes.epoch, seq: 2 };
			expect(json.list({}).snapshot).toEqual(snapshot);
			expect(json.count()).toEqual({ count: 2, snapshot });
			expect(json.count([["title", "==", "a"]])).toEqual({ count: 1, snapshot });
		}));

	it("name the fields whose text is not in their order, wherever they stand", () =>
		inEvents((json) => {
			const kindsOf = (query: Parameters<JsonTable["list"]>[0]) => json.list(query).kinds;
			expect(kindsOf({ where: [["title", "==", "a"]], orderBy: [["place.city", "asc"]] })).toBe(
				undefined,
			);
			const nested = { not: { or: [["at", "<", jan], { and: [["seats", "in", ["1"]]] }] } };
			expect(kindsOf({ where: [nested] })).toEqual({ at: "date", seats: "bigint" });
			expect(kindsOf({ orderBy: [["createdAt", "desc"]] })).toEqual({ createdAt: "date" });
		}));

	it.each([
		[jan, jan],
		["2026-01-01T00:00:00Z", jan],
		["2026-01-01T00:00Z", jan],
		["2026-01-01T02:00:00+02:00", jan],
		["2025-12-31T22:30:00.000000-01:30", jan],
		["2024-02-29T00:00:00Z", "2024-02-29T00:00:00.000Z"],
		["+012026-01-01T00:00:00.000Z", "+012026-01-01T00:00:00.000Z"],
		["-000001-01-01T00:00:00.000Z", "-000001-01-01T00:00:00.000Z"],
	])("take %s for a date", (text, at) =>
		inEvents((json) => {
			expect(json.create({ title: "a", at: text })).toMatchObject({ at });
			expect(json.count([["at", "==", text]]).count).toBe(1);
			expect(json.count([["at", "in", [text]]]).count).toBe(1);
		}),
	);

	it.each([
		"",
		"2026",
		"2026-01-01",
		"2026-01-01T00:00:00",
		"2026-02-30T00:00:00Z",
		"2025-02-29T00:00:00Z",
		"2026-13-01T00:00:00Z",
		"2026-01-01T25:00:00Z",
		"1 January 2026",
		"Thu, 01 Jan 2026 00:00:00 GMT",
		"999999-01-01T00:00:00.000Z",
		` ${jan}`,
		1767225600000,
		null,
		true,
		[jan],
		{ date: jan },
	])("leave %j for the schema to refuse, where a date belongs", (at) =>
		inEvents((json) => {
			expect(refusal(() => json.create({ title: "a", at }))).toBe("invalid_input at");
			const { id } = json.create({ title: "a", at: jan });
			expect(refusal(() => json.update(String(id), { at }))).toBe("invalid_input at");
			// Null is a value to compare with.
			if (at === null) return;
			expect(refusal(() => json.list({ where: [["at", "==", at]] }))).toBe("invalid_input at");
			expect(refusal(() => json.list({ where: [["at", "in", [jan, at]]] }))).toBe(
				"invalid_input at",
			);
		}),
	);

	it.each(["", "1.5", "1e3", "0x10", " 1", "1n", "--1", 5, true, ["1"]])(
		"leave %j for the schema to refuse, where a bigint belongs",
		(seats) =>
			inEvents((json) => {
				const row = { title: "a", at: jan };
				expect(refusal(() => json.create({ ...row, seats }))).toBe("invalid_input seats");
				expect(refusal(() => json.list({ where: [["seats", ">", seats]] }))).toBe(
					"invalid_input seats",
				);
			}),
	);

	it("parse no number that is longer than any bigint may be", () =>
		inEvents((json) => {
			const row = { title: "a", at: jan };
			const seats = "9".repeat(9999);
			expect(json.create({ ...row, seats })).toMatchObject({ seats });
			expect(json.count([["seats", "==", seats]]).count).toBe(1);
			expect(refusal(() => json.create({ ...row, seats: `${seats}9` }))).toBe(
				"invalid_input seats",
			);
			expect(refusal(() => json.count([["seats", "==", `${seats}9`]]))).toBe("invalid_input seats");
		}));

	it("keep the texts of other fields, whatever they look like", () =>
		inEvents((json) => {
			const row = { title: jan, at: jan, place: { city: "2026-01-01T00:00:00Z" } };
			expect(json.create(row)).toMatchObject(row);
			expect(json.count([["place.city", "==", row.place.city]]).count).toBe(1);
			expect(json.count([["title", "==", jan]]).count).toBe(1);
		}));

	it("take for a date or a bigint what the schema takes for one, whatever is stored", () =>
		inObject((database) => {
			const toDate = z.codec(z.iso.datetime(), z.date(), {
				decode: (text) => new Date(text),
				encode: (date) => date.toISOString(),
			});
			database.table(
				"odd",
				z.object({
					iso: z.iso.datetime().pipe(z.coerce.date()),
					codec: toDate,
					coerced: z.coerce.date(),
					year: z
						.date()
						.transform((date) => date.getUTCFullYear())
						.pipe(z.number()),
					either: z.union([z.string(), z.date()]).pipe(z.coerce.date()),
					nullable: z.union([z.date(), z.null(), z.undefined()]),
					lazy: z.lazy(() => z.date().readonly()),
					preprocessed: z.preprocess((text) => new Date(String(text)), z.date()),
					defaulted: z.date().default(() => new Date(jan)),
					one: z.literal(1n),
					digits: z
						.string()
						.transform((text) => BigInt(text))
						.pipe(z.bigint()),
				}),
			);
			const json = database.json("odd") as JsonTable;
			const fields = { iso: jan, codec: jan, coerced: jan, either: jan, nullable: jan, lazy: jan };
			const row = { ...fields, year: jan, preprocessed: jan, one: "1", digits: "12" };
			const created = json.create(row);
			expect(created).toMatchObject({ ...row, year: 2026, defaulted: jan });
			const stored = database.tables.get("odd")?.findById(String(created.id));
			expect(stored).toMatchObject({ codec: new Date(jan), one: 1n, digits: 12n });
			// What is stored is what a condition compares with, whatever the schema takes.
			expect(
				json.count([
					["iso", "==", jan],
					["digits", "==", "12"],
				]).count,
			).toBe(1);
			expect(json.update(String(created.id), { nullable: null, iso: feb })).toMatchObject({
				iso: feb,
				nullable: null,
			});
		}));

	it("are upserted, updated where nobody else was faster, and deleted", () =>
		inEvents((json) => {
			const first = json.upsert({ title: "a", at: jan, seats: "5" }, { on: "title" });
			const second = json.upsert({ title: "a", at: feb }, { on: ["title"] });
			expect(second).toMatchObject({ id: first.id, at: feb });
			expect(second).not.toHaveProperty("seats");
			const id = String(first.id);
			const update = (ifUpdatedAt: unknown) =>
				json.update(id, { seats: "6" }, { ifUpdatedAt } as never);
			expect(refusal(() => update(first.updatedAt))).toBe("conflict updatedAt");
			expect(refusal(() => update("yesterday"))).toBe("invalid_input ifUpdatedAt");
			expect(update(second.updatedAt)).toMatchObject({ seats: "6" });
			// A patch from a row as it was read before.
			expect(refusal(() => json.update(id, { ...second, seats: "7" }))).toBe("conflict updatedAt");
			expect(refusal(() => json.update(id, { createdAt: feb }))).toBe("invalid_input createdAt");
			expect(json.delete(id)).toBe(true);
			expect(json.delete(id)).toBe(false);
			expect(json.find(id)).toBeUndefined();
		}));

	it("M1 S1 H4 take nothing that is no field, and no query that is none", () =>
		inEvents((json) => {
			const forged = { id: "mine", createdAt: jan, updatedAt: jan, userId: "you", ownerId: "you" };
			const row = json.create({ title: "a", at: jan, ...forged });
			expect(row.id).not.toBe("mine");
			expect(row.createdAt).not.toBe(jan);
			expect(Object.keys(row).sort()).toEqual([
				"at",
				"createdAt",
				"id",
				"title",
				"until",
				"updatedAt",
			]);
			const id = String(row.id);
			expect(refusal(() => json.update(id, { userId: "you" }))).toBe("invalid_input userId");
			const polluting = JSON.parse('{"title":"b","at":"x","__proto__":{"polluted":true}}');
			expect(refusal(() => json.create(polluting))).toBe("invalid_input at");
			json.create({ ...polluting, at: jan });
			expect(({} as Record<string, unknown>).polluted).toBeUndefined();
			for (const [query, path] of [
				[{ where: {} }, "where"],
				[{ where: "at" }, "where"],
				[{ where: [null] }, "where"],
				[{ where: [[]] }, "field"],
				[{ where: [["at"]] }, "operator"],
				[{ where: [["x') = ?) UNION SELECT 1 --", "==", 1]] }, "x') = ?) UNION SELECT 1 --"],
				[{ where: [["at", "==", jan, 1]] }, "where"],
				[{ where: [{ or: [] }] }, "or"],
				[{ where: [{ xor: [["at", "==", jan]] }] }, "xor"],
				[{ where: [{ getSQL: 1 }] }, "where"],
				[{ orderBy: "at" }, "orderBy"],
				[{ orderBy: ["at"] }, "orderBy"],
				[{ orderBy: [["at", "asc, (select 1)"]] }, "direction"],
				[{ orderBy: [["place", "asc"]] }, "place"],
				[{ offset: 5 }, "offset"],
			] as const) {
				expect(
					refusal(() => json.list(query as never)),
					JSON.stringify(query),
				).toBe(`invalid_input ${path}`);
			}
			let deep: unknown = ["at", "==", jan];
			for (let n = 0; n < 5000; n++) deep = { not: deep };
			expect(refusal(() => json.list({ where: [deep] }))).toBe("invalid_input where");
		}));

	it("are what the changes of the log show", () =>
		inObject((database) => {
			const schema = EventSchema.extend({ odd: z.literal([1, Number.POSITIVE_INFINITY]) });
			database.table("events", schema).create({ title: "a", at: new Date(jan), odd: Infinity });
			const json = database.json("events") as JsonTable;
			const logged = database.changes.read(0, 1).map(({ data }) => (data as { data: Row }).data);
			expect(json.list({}).items).toEqual(logged);
			expect(json.list({}).items).toMatchObject([{ odd: null }]);
		}));

	it("are there of declared tables alone", () =>
		inEvents((_, database) => {
			for (const name of ["Events", "nothing", "", "sqlite_master", "_userdo_meta", 5, undefined]) {
				expect(database.json(name as string)).toBeUndefined();
			}
		}));
});
