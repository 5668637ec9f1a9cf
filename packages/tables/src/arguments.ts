import type { Definition } from "./definition.js";
import { invalid, nameOf } from "./errors.js";
import { isPlainObject } from "./json.js";
import { isOver, maxBytes } from "./sql.js";

type Fields = Record<string, unknown>;

export function checkId(id: unknown): string {
	if (typeof id !== "string" || !id.isWellFormed()) throw invalid("id", "An id is text.");
	if (isOver(maxBytes, [id])) throw invalid("id", "This id is too long.");
	return id;
}

/** A misspelt option must not be one that was never given. */
export function checkOptions(options: unknown = {}, names: readonly string[]): Fields {
	if (!isPlainObject(options)) throw invalid("options", "Options are an object.");
	for (const name of Object.keys(options)) {
		if (!names.includes(name)) throw invalid(nameOf(name, "options"), "There is no such option.");
	}
	return options;
}

/** Where in the columns the fields are that `upsert` finds its row by: the id, or a `unique`. */
export function uniqueKey({ columns, own, fields, indexes }: Definition, on: unknown): number[] {
	const list: unknown[] = Array.isArray(on) ? on : [on];
	const names = list.map((field) => fields.get(field as string)?.name);
	const isKey = (key: readonly (string | undefined)[]) =>
		names.length === key.length && key.every((name) => names.includes(name));
	const found =
		(own.has("id") && isKey(["id"])) ||
		indexes.some((index) => index.unique && isKey(index.columns));
	if (!found) throw invalid("on", "This names no id of the schema's own, and no unique.");
	return names.map((name) => columns.findIndex((column) => column.name === name));
}

/** A patch may repeat the id of its row, as one made from a whole row does. */
export function withoutId(patch: unknown, id: string): unknown {
	if (typeof patch !== "object" || patch === null || !Object.hasOwn(patch, "id")) return patch;
	const { id: other, ...rest } = patch as Fields;
	if (other !== id) throw invalid("id", "An id can't be changed.");
	return rest;
}

/** Rows that one read may ask for. */
export const maxRows = 1000;

export function checkCount(name: string, count: unknown, least: number, most: number): number {
	if (typeof count !== "number" || !Number.isInteger(count) || count < least || count > most) {
		throw invalid(name, `The ${name} is an integer from ${least} to ${most}.`);
	}
	// -0 is no SQL.
	return count + 0;
}

/** Rows that one call may add: all of them stand in memory, and in one transaction. */
const maxNewRows = 10_000;

export function checkList(list: unknown): readonly unknown[] {
	if (!Array.isArray(list)) throw invalid("rows", "This must be a list.");
	if (list.length > maxNewRows) throw invalid("rows", `These are more than ${maxNewRows} rows.`);
	return list;
}
