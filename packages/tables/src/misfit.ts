import { isEncodedBigInt } from "./bigint.js";
import type { Kind } from "./codecs.js";
import type { Column } from "./columns.js";
import { quoteName, rows } from "./sql.js";

/** What is wrong with values of the right SQL type, which a STRICT table guarantees. */
const wrong: Partial<Record<Kind, string>> = {
	integer: "not between -9007199254740991 and 9007199254740991",
	boolean: "neither 0 nor 1",
	date: "no milliseconds of a date",
	bigint: "no bigint as it is stored",
	json: "no JSON",
};

const tests: Partial<Record<Kind, (column: string) => string>> = {
	// A double would round it.
	integer: (column) => `${column} NOT BETWEEN -9007199254740991 AND 9007199254740991`,
	boolean: (column) => `${column} NOT IN (0, 1)`,
	date: (column) => `${column} NOT BETWEEN -8640000000000000 AND 8640000000000000`,
	json: (column) => `NOT json_valid(${column})`,
};

/** What is wrong with a stored value of that column, where one can't be read as its kind. */
export function findMisfit(sql: SqlStorage, table: string, { name, kind }: Column) {
	const column = `${quoteName(table)}.${quoteName(name)}`;
	const from = `FROM ${quoteName(table)} WHERE`;
	const test = tests[kind];
	const isWrong = test
		? rows(sql, `SELECT 1 ${from} ${test(column)} LIMIT 1`).length > 0
		: kind === "bigint" &&
			!areBigInts(sql.exec(`SELECT ${column} ${from} ${column} IS NOT NULL`).raw());
	return isWrong ? wrong[kind] : undefined;
}

/** Reads to the end: an open cursor would lock the table. */
function areBigInts(values: Iterable<SqlStorageValue[]>): boolean {
	let all = true;
	for (const [text] of values) all &&= isEncodedBigInt(String(text));
	return all;
}
