import { type Column, fieldName } from "./columns.js";
import { misconfigured, nameOf } from "./errors.js";
import { isPlainObject } from "./json.js";
import type { OnDelete } from "./types.js";

/** A column that holds ids of a table's rows. */
export interface Reference {
	column: Column;
	/** The name of the table it refers to. */
	table: string;
	onDelete: OnDelete;
	/** The relation's name, where it has one. */
	as?: string;
	/** The name of the way back; that of the referring table where there is none. */
	inverse?: string;
}

const actions: readonly unknown[] = ["restrict", "cascade", "set-null"] satisfies OnDelete[];
const settings = ["table", "onDelete", "as", "inverse"];

/** @throws UserDOError `misconfigured` naming the field */
export function toReferences(
	table: string,
	own: ReadonlyMap<string, Column>,
	fields: ReadonlyMap<string, Column>,
	given: unknown = {},
): Reference[] {
	if (!isPlainObject(given)) {
		throw misconfigured({ path: table, message: "References are an object of tables by field." });
	}
	const names = new Set<string>();
	return Object.entries(given).map(([field, value]) => {
		const reject = (message: string) =>
			misconfigured({ path: `${table}.${nameOf(field, "field")}`, message });
		const column = own.get(field);
		if (!column) throw reject("There is no such field to refer with.");
		if (column.kind !== "text") throw reject("A field that refers to rows holds their ids: text.");
		const parts = partsOf(value);
		const unknown = Object.keys(parts).find((name) => !settings.includes(name));
		if (unknown !== undefined)
			throw reject(`A reference has no ${nameOf(unknown, "such")} option.`);
		const target = tableNameOf(parts.table);
		if (target === undefined) throw reject("This names no table.");
		const { onDelete = "restrict" } = parts;
		if (!isAction(onDelete)) throw reject("onDelete is restrict, cascade or set-null.");
		if (onDelete === "set-null" && !column.optional) {
			throw reject("A field that is set to null must be optional or nullable.");
		}
		const { as = withoutEnding(field), inverse } = parts;
		for (const name of [as, inverse]) {
			if (name !== undefined && !isRelationName(name))
				throw reject("This is no name for a relation.");
		}
		if (typeof as === "string" && (fields.has(as) || names.has(as))) {
			throw reject(`The relation's name ${as} is taken; give it another one with \`as\`.`);
		}
		if (typeof as === "string") names.add(as);
		return {
			column,
			table: target,
			onDelete,
			...(typeof as === "string" && { as }),
			...(typeof inverse === "string" && { inverse }),
		};
	});
}

function isRelationName(name: unknown): boolean {
	return typeof name === "string" && fieldName.test(name) && !(name in {});
}

/** The option as text: two declarations that mean the same give the same. */
export function describeReferences(given: unknown = {}): string {
	if (!isPlainObject(given)) return "";
	const list = Object.entries(given).map(([field, value]) => {
		const { table, onDelete = "restrict", as, inverse } = partsOf(value);
		return [field, tableNameOf(table), String(onDelete), String(as), String(inverse)];
	});
	return JSON.stringify(list);
}

/** A table is short for an object that names it. */
function partsOf(value: unknown): Record<string, unknown> {
	return isPlainObject(value) && Object.hasOwn(value, "table") ? value : { table: value };
}

function tableNameOf(value: unknown): string | undefined {
	if (typeof value === "string") return value;
	if (typeof value !== "object" || value === null || !("name" in value)) return undefined;
	return typeof value.name === "string" ? value.name : undefined;
}

function isAction(value: unknown): value is OnDelete {
	return actions.includes(value);
}

/** `author` of `authorId` and of `author_id`. */
function withoutEnding(field: string): string | undefined {
	return /^(.+?)(?:Id|_id)$/u.exec(field)?.[1];
}
