import { UserDOError } from "@userdo/contracts/errors";
import type { Definition } from "./definition.js";
import { invalid, nameOf } from "./errors.js";
import { isPlainObject } from "./json.js";
import { isOver, maxBytes, type SqlValue } from "./sql.js";

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

export function checkSize(values: readonly SqlValue[]): void {
	let most = 0;
	// A number has at most 8 bytes, each value one more for its type, and a character at most 3.
	for (const value of values) most += typeof value === "string" ? value.length * 3 : 9;
	if (most <= maxBytes) return;
	const texts = values.filter((value) => typeof value === "string");
	const others = (values.length - texts.length) * 9;
	if (isOver(maxBytes - others, texts)) throw new UserDOError("payload_too_large");
}
