import { UserDOError } from "@userdo/contracts/errors";
import type { Definition } from "./definition.js";
import { invalid, nameOf } from "./errors.js";
import { isPlainObject } from "./json.js";
import type { StoredRow } from "./row-store.js";
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

/**
 * A patch may be made from a whole row: what of it nobody can set is taken out.
 *
 * @throws UserDOError `invalid_input` for another id
 */
export function splitPatch({ own }: Definition, patch: unknown, key: string) {
	if (!isPlainObject(patch)) throw invalid("", "A patch is an object.");
	const { id = key, ...fields } = patch;
	if (id !== key) throw invalid("id", "An id can't be changed.");
	const system: Fields = {};
	for (const name of ["createdAt", "updatedAt"]) {
		if (own.has(name) || !Object.hasOwn(fields, name)) continue;
		system[name] = fields[name];
		delete fields[name];
	}
	return { fields, system };
}

/**
 * @throws UserDOError `conflict` where the row that the patch was made from was changed since,
 *   `invalid_input` for another time of creation
 */
export function checkSystemFields({ columns }: Definition, system: Fields, row: StoredRow): void {
	for (const [i, { field, schema, codec }] of columns.entries()) {
		if (schema || system[field] === undefined) continue;
		if (codec.encode(system[field], field) === row[i]) continue;
		if (field === "updatedAt") throw changedMeanwhile();
		throw invalid(field, "This can't be changed.");
	}
}

export function changedMeanwhile(): UserDOError {
	const issue = { path: "updatedAt", message: "The row was changed in the meantime." };
	return new UserDOError("conflict", { issues: [issue] });
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
