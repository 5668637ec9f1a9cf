import type { $ZodType, $ZodTypes } from "zod/v4/core";
import type { Column } from "./columns.js";
import { quoteName } from "./sql.js";

/** The values that an enum's or a literal's column takes, besides none at all; sorted. */
export function closedValues({ schema, kind }: Column): (string | number)[] | undefined {
	if (!schema || (kind !== "text" && kind !== "real")) return undefined;
	const values = valuesOf(schema)?.filter((value) => value !== null && value !== undefined);
	const isStorable = (value: unknown): value is string | number =>
		typeof value === "string" || Number.isFinite(value);
	return values?.every(isStorable) ? [...new Set(values)].sort() : undefined;
}

function valuesOf(schema: $ZodType): readonly unknown[] | undefined {
	const { def } = (schema as $ZodTypes)._zod;
	switch (def.type) {
		case "enum":
			return [...((schema as $ZodTypes)._zod.values ?? [])];
		case "literal":
			return def.values;
		case "optional":
		case "nullable":
		case "default":
		case "prefault":
		case "nonoptional":
		case "readonly":
			return valuesOf(def.innerType);
		case "pipe":
			return valuesOf(def.out);
		default:
			return undefined;
	}
}

/** Whether rows have another value there. Reads to the end: an open cursor would lock the table. */
export function hasOther(
	sql: SqlStorage,
	table: string,
	{ column, values }: { column: string; values: readonly (string | number)[] },
): boolean {
	const known = new Set<unknown>(values);
	const name = `${quoteName(table)}.${quoteName(column)}`;
	let found = false;
	// Not by SQL: it reads the text of some doubles as their neighbours.
	const cursor = sql.exec(`SELECT ${name} FROM ${quoteName(table)} WHERE ${name} IS NOT NULL`);
	for (const [value] of cursor.raw()) found ||= !known.has(value);
	return found;
}
