import { type Codec, codecs, type Kind } from "./codecs.js";
import type { Column } from "./columns.js";
import { conversion } from "./conversions.js";
import type { Index } from "./definition.js";
import { quoteName } from "./sql.js";

/** A step that the developer may paste. */
export interface Suggestion {
	/** "To drop it" */
	purpose: string;
	/** None: the step does nothing but to say that the rows are right. */
	statements: readonly string[];
}

const kindOfType: Record<string, Kind> = { TEXT: "text", INTEGER: "integer", REAL: "real" };

/** Values to be replaced by the developer's own. */
const placeholders: Record<Kind, string> = {
	text: "''",
	integer: "0",
	real: "0.0",
	boolean: "0",
	date: "0",
	bigint: "'100010'",
	json: "'{}'",
};

const alter = (table: string) => `ALTER TABLE ${quoteName(table)}`;

export function toDrop(table: string, column: string): Suggestion {
	return {
		purpose: "To drop it",
		statements: [`${alter(table)} DROP COLUMN ${quoteName(column)}`],
	};
}

export function toRename(table: string, from: string, to: string): Suggestion {
	const statement = `${alter(table)} RENAME COLUMN ${quoteName(from)} TO ${quoteName(to)}`;
	return { purpose: `To rename it to ${to}`, statements: [statement] };
}

export function toAdd(table: string, { name, kind, codec }: Column): Suggestion {
	const value = placeholders[kind];
	const statement = `${alter(table)} ADD COLUMN ${quoteName(name)} ${codec.sqlType} DEFAULT ${value}`;
	return { purpose: `Or, with your value for ${value}`, statements: [statement] };
}

/** `value` is SQL of the field's default, where it has one. */
export function toFill(table: string, { name, kind }: Column, value?: string): Suggestion {
	const filling = value ?? placeholders[kind];
	const column = quoteName(name);
	return {
		purpose: value === undefined ? `To fill it, with your value for ${filling}` : "To fill it",
		statements: [`UPDATE ${quoteName(table)} SET ${column} = ${filling} WHERE ${column} IS NULL`],
	};
}

/** `type` is what the column has; `before` the kind of its values, where that is known. */
export function toConvert(
	table: string,
	{ name, kind, codec }: Column,
	{ type, before, taken }: { type: string; before?: Kind | undefined; taken: readonly string[] },
): Suggestion {
	const known = before !== undefined && codecs[before].sqlType === type;
	const from = known ? before : (kindOfType[type] ?? "text");
	const value = from === kind ? undefined : conversion(from, kind, quoteName(name));
	const purpose = "To convert its values";
	if (type !== codec.sqlType) {
		const column = { name, sqlType: codec.sqlType, taken };
		return { purpose, statements: replaceColumn(table, column, value ?? quoteName(name)) };
	}
	if (value === undefined)
		return { purpose: "If its values are right as they are", statements: [] };
	return { purpose, statements: [convert(table, name, name, value)] };
}

/** The same column without its constraints. */
export function toLoosen(
	table: string,
	{ name, codec }: Column,
	taken: readonly string[],
): Suggestion {
	const column = { name, sqlType: codec.sqlType, taken };
	return { purpose: "To lift that", statements: replaceColumn(table, column, quoteName(name)) };
}

/** `values` are SQL. */
export function toReplace(
	table: string,
	{ name }: Column,
	[first = "NULL", ...others]: string[],
): Suggestion {
	const [column, all] = [quoteName(name), [first, ...others].join(", ")];
	const statement = `UPDATE ${quoteName(table)} SET ${column} = ${first} WHERE ${column} NOT IN (${all})`;
	return { purpose: "To give them the first that it takes, or your own", statements: [statement] };
}

/**
 * The rows that keep an index from being unique; and how to delete them but for one of each, to
 * which the rows of `children` then refer.
 */
export function toMakeUnique(
	table: string,
	{ columns }: Index,
	children: readonly { table: string; column: string }[],
): [query: string, step: Suggestion] {
	const names = columns.map(quoteName);
	const from = `FROM ${quoteName(table)}`;
	const present = names.map((name) => `${name} IS NOT NULL`).join(" AND ");
	const group = `${from} WHERE ${present} GROUP BY ${names.join(", ")}`;
	const others = `${from} WHERE ${present} AND "id" NOT IN (SELECT min("id") ${group})`;
	const isEqual = names.map((name) => `k.${name} = d.${name}`).join(" AND ");
	const pairs = `${quoteName(table)} k JOIN ${quoteName(table)} d ON ${isEqual}`;
	const moves = children.map((child) => {
		const [referring, column] = [quoteName(child.table), quoteName(child.column)];
		const kept = `SELECT min(k."id") FROM ${pairs} WHERE d."id" = ${referring}.${column}`;
		return `UPDATE ${referring} SET ${column} = (${kept}) WHERE ${column} IN (SELECT "id" ${others})`;
	});
	return [
		`SELECT ${names.join(", ")}, count(*) ${group} HAVING count(*) > 1`,
		{
			purpose: `To keep the first of each${moves.length > 0 ? ", and let all that refer to the others refer to it" : ""}`,
			statements: [...moves, `DELETE ${others}`],
		},
	];
}

function replaceColumn(
	table: string,
	{
		name,
		sqlType,
		taken,
	}: {
		name: string;
		sqlType: Codec["sqlType"];
		taken: readonly string[];
	},
	value: string,
): string[] {
	const names = new Set(taken.map((other) => other.toLowerCase()));
	let fresh = `${name}_new`;
	while (names.has(fresh.toLowerCase())) fresh += "_";
	return [
		`${alter(table)} ADD COLUMN ${quoteName(fresh)} ${sqlType}`,
		convert(table, name, fresh, value),
		`${alter(table)} DROP COLUMN ${quoteName(name)}`,
		`${alter(table)} RENAME COLUMN ${quoteName(fresh)} TO ${quoteName(name)}`,
	];
}

function convert(table: string, from: string, to: string, value: string): string {
	return `UPDATE ${quoteName(table)} SET ${quoteName(to)} = ${value} WHERE ${quoteName(from)} IS NOT NULL`;
}
