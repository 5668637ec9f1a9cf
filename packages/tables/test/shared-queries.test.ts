import { describe, expect, it } from "vitest";
import * as z from "zod";
import type { Database } from "../src/index.js";
import { inObject, refusal } from "./helpers.js";

/** Used by several objects, which then share what was compiled for it. */
function newSchema() {
	return z.object({
		title: z.string().optional(),
		// Of a union with an open option any key may be asked for, also one that looks like a query.
		extra: z.union([z.record(z.string(), z.string()), z.object({ a: z.string() })]),
	});
}

type Schema = ReturnType<typeof newSchema>;

function fill(database: Database, schema: Schema) {
	const notes = database.table("notes", schema);
	notes.createMany([
		{ title: "titled, a", extra: { a: "1" } },
		{ title: "titled, b", extra: { b: "1" } },
		{ extra: { b: "1" } },
	]);
	return notes;
}

type Notes = ReturnType<typeof fill>;

const at = (key: string) => `extra.${key}` as "extra";
const hostile = at("a isNull,title");
const both = [
	[at("a"), "is-null", true],
	["title", "is-null", true],
] as const;

/** By what runs in one object first, and then in another, where it has to find the last row alone. */
const cases: Record<string, [(notes: Notes) => unknown, (notes: Notes) => unknown]> = {
	get: [
		(notes) => notes.where(hostile, "is-null", true).get(),
		(notes) => notes.where(at("a"), "is-null", true).where("title", "is-null", true).get().length,
	],
	"count, of what is nested": [
		(notes) => notes.where({ and: [[hostile, "is-null", true]] }).count(),
		(notes) => notes.where({ and: [...both] }).count(),
	],
	updateWhere: [
		(notes) => notes.where(hostile, "is-null", true).updateWhere({ title: "changed" }),
		(notes) =>
			notes
				.where(at("a"), "is-null", true)
				.where("title", "is-null", true)
				.updateWhere({ title: "changed" }),
	],
	deleteWhere: [
		(notes) => notes.where(hostile, "is-null", true).deleteWhere(),
		(notes) => notes.where(at("a"), "is-null", true).where("title", "is-null", true).deleteWhere(),
	],
};

describe("what one object asks for", () => {
	it.each(Object.entries(cases))("never changes what another one gets: %s", async (_, pair) => {
		const schema = newSchema();
		const [first, second] = pair;
		await inObject((database) => first(fill(database, schema)));
		expect(await inObject((database) => second(fill(database, schema)))).toBe(1);
	});

	it("is kept only as long as paths have to be", () =>
		inObject((database) => {
			const notes = fill(database, newSchema());
			const long = (length: number) => notes.where(at("x".repeat(length)), "is-null", true);
			expect(long(506).count()).toBe(3);
			expect(refusal(() => long(507))).toMatch(/^invalid_input /);
		}));
});
