import fc from "fast-check";
import { collections } from "./collections.js";

export const hostile = fc.oneof(
	fc.string({ unit: "binary", maxLength: 40 }),
	fc.constantFrom("", "\0", "__proto__", "a@b.co", "' or 1=1 --", "x".repeat(5000), "-1", "null"),
);

export function toText(part: unknown): string {
	return (
		JSON.stringify(part, (_, each: unknown) => (typeof each === "bigint" ? `${each}` : each)) ?? ""
	);
}

/** Of the fields and ids that there are, or of any. */
const right = fc.constantFrom("a", "b");
const rightOr = <T>(others: fc.Arbitrary<T>) =>
	fc.oneof({ weight: 4, arbitrary: right }, { weight: 1, arbitrary: others });

const names = ["places", ...Object.keys(collections)];
export const list = fc.constantFrom(...names).map((name) => `/api/${name}`);
export const single = fc
	.tuple(list, rightOr(hostile))
	.map(([path, id]) => `${path}/${encodeURIComponent(id.toWellFormed())}`);

const time = "2026-01-01T00:00:00.000Z";

/** Names of fields, and what might be taken for one. */
const field = fc.oneof(
	{
		weight: 3,
		arbitrary: fc.constantFrom(
			...[
				"title",
				"stars",
				"views",
				"publishedAt",
				"tags",
				"author.name",
				"id",
				"name",
				"createdAt",
			],
		),
	},
	// A refusal names the field that there is not, and no answer may hold an address.
	{ weight: 1, arbitrary: hostile.filter((text) => !text.includes("@")) },
);
const operators = ["==", "!=", "<", "<=", ">", ">=", "in", "not-in", "contains", "starts-with"];
const operator = fc.oneof(
	{ weight: 3, arbitrary: fc.constantFrom(...operators, "is-null") },
	{ weight: 1, arbitrary: hostile },
);
const operand = fc.oneof(
	hostile,
	fc.jsonValue(),
	fc.constantFrom("a", "1", time, 5, [], ["a"], [1], null, true),
);
const { condition } = fc.letrec<{ condition: unknown }>((tie) => ({
	condition: fc.oneof(
		{ depthSize: "small" },
		fc.tuple(field, operator, operand),
		fc.array(tie("condition"), { maxLength: 3 }).map((or) => ({ or })),
		tie("condition").map((not) => ({ not })),
		fc.jsonValue(),
	),
}));

const order = fc.tuple(field, fc.constantFrom(":asc", ":desc", "", ":")).map((all) => all.join(""));

const where = fc.array(condition, { maxLength: 2 }).map(toText);
const orderBy = fc.constantFrom("title:desc", "views,createdAt:asc", "name", "id:desc");
export const listQuery = fc.oneof(
	fc.record({ where, orderBy, limit: fc.constantFrom("1", "1000") }, { requiredKeys: [] }),
	fc.record(
		{
			where: fc.oneof(where, hostile),
			orderBy: fc.oneof(order, hostile),
			limit: fc.constantFrom("1", "0", "1e3", ""),
			after: hostile,
			count: fc.constantFrom("true", "1"),
		},
		{ requiredKeys: [] },
	),
);
export const upsertQuery = fc.record({
	on: fc.oneof(fc.constantFrom("slug,lang", "id", "id,name"), hostile),
});
export const updateQuery = fc.oneof(
	{ weight: 4, arbitrary: fc.constant({}) },
	{ weight: 1, arbitrary: fc.record({ ifUpdatedAt: fc.oneof(fc.constant(time), hostile) }) },
);

/** Fields of a row of any collection. */
export const row = fc.record(
	{
		id: rightOr(operand),
		title: rightOr(operand),
		name: rightOr(operand),
		slug: rightOr(operand),
		lang: rightOr(operand),
		views: fc.oneof(fc.constantFrom("1", 1), operand),
		publishedAt: fc.oneof(fc.constant(time), operand),
	},
	{ requiredKeys: ["id", "title", "name"] },
);

export const patch = fc.oneof(
	fc.constantFrom({ name: "b" }, { title: "b", tags: ["a"] }, { stars: 1, views: null }),
	row,
);

/** Operations of a batch, some of them right, some seen before. */
export const operations = fc.array(
	fc.record(
		{
			op: fc.constantFrom("create", "update", "upsert", "delete", "set-key", "delete-key", "drop"),
			mutation: fc.oneof(fc.uuid(), fc.constantFrom("once-more", "once-again"), hostile),
			collection: fc.oneof(
				{ weight: 4, arbitrary: fc.constantFrom("places", "posts") },
				fc.constantFrom(...names),
				hostile,
			),
			id: rightOr(hostile),
			data: row,
			patch,
			on: fc.oneof(fc.constant(["id"]), fc.array(field, { maxLength: 2 })),
			key: rightOr(hostile),
			value: operand,
			ifVersion: fc.constantFrom(0, -1, "0"),
			ttl: fc.constantFrom(0, 1, 60),
		},
		{ requiredKeys: ["op", "mutation", "collection", "id", "data", "patch", "on", "key", "value"] },
	),
	{ minLength: 1, maxLength: 3 },
);
