import type { Column } from "./columns.js";
import type { Condition } from "./conditions.js";
import type { Definition } from "./definition.js";
import { invalid, misconfigured, nameOf } from "./errors.js";
import { bound, type Fragment, raw, sql } from "./fragment.js";
import { quoteName } from "./sql.js";

/** FTS5 needs some of the 100 columns that SQLite has on Cloudflare. */
const maxFields = 90;
const maxWords = 32;
const maxLength = 1000;
/** SQLite's tokenizer keeps letters, numbers and private characters; of all else no word is made. */
const inWords = /[\p{L}\p{N}\p{Co}]/u;

/** @throws UserDOError `misconfigured` naming the field */
export function toSearch(
	table: string,
	fields: ReadonlyMap<string, Column>,
	given: unknown = undefined,
): Column[] {
	if (given === undefined) return [];
	if (!Array.isArray(given) || given.length === 0) {
		throw misconfigured({ path: table, message: "Search takes a list of fields." });
	}
	const names: unknown[] = given;
	if (names.length > maxFields) {
		throw misconfigured({ path: table, message: `At most ${maxFields} fields are searched.` });
	}
	return names.map((field, i) => {
		const path = `${table}.${nameOf(field, "search")}`;
		const column = fields.get(field as string);
		if (!column) throw misconfigured({ path, message: "There is no such field to search." });
		if (column.kind !== "text") throw misconfigured({ path, message: "Only text is searched." });
		if (names.indexOf(field) !== i) {
			throw misconfigured({ path, message: "This field is searched already." });
		}
		return column;
	});
}

/**
 * The two tables beside a searched one, quoted. A colon is in no table's name, so these are nobody
 * else's; neither are those that FTS5 makes for itself by adding `_data` and the like.
 */
export function searchTables(table: string): { docs: string; words: string } {
	return {
		/** `doc` (the number of a row in the index) and `id`. */
		docs: quoteName(`_userdo_docs:${table}`),
		/** The FTS5 index; its `rowid` is the `doc`. */
		words: quoteName(`_userdo_search:${table}:fts`),
	};
}

/**
 * What a person types as an FTS5 query: rows with all the words, of which the last may be the start
 * of one. `undefined` when there is no word in it.
 *
 * @throws UserDOError `invalid_input` at `search` for over 32 words or 1,000 characters
 */
export function searchText(text: unknown): string | undefined {
	if (typeof text !== "string") throw invalid("search", "This must be text.");
	if (text.length > maxLength) {
		throw invalid("search", `This has more than ${maxLength} characters.`);
	}
	// FTS5 reads a query up to its first NUL. A half character becomes U+FFFD, which is in no word.
	const parts = text.toWellFormed().split(/[\s\0]+/u);
	const words = parts.filter((part) => inWords.test(part));
	if (words.length > maxWords) throw invalid("search", `This has more than ${maxWords} words.`);
	if (words.length === 0) return undefined;
	// Within quotes nothing is an operator.
	return `${words.map(quoteName).join(" ")} *`;
}

/** Also what it is in a query that reads from the search index, to have the best matches first. */
export interface SearchCondition extends Condition {
	/** The matches' rows. */
	from(table: Fragment, id: Fragment): Fragment;
	matches: Fragment;
	rank: Fragment;
}

/**
 * The rows with all the words; `undefined` when there is no word.
 *
 * @throws UserDOError `invalid_input` at `search`, also for a table that has no index of words
 */
export function searchCondition(
	{ name, search }: Definition,
	text: unknown,
): SearchCondition | undefined {
	if (search.length === 0) throw invalid("search", "This table is not searched by words.");
	const match = searchText(text);
	if (match === undefined) return undefined;
	const tables = searchTables(name);
	const [docs, words] = [raw(tables.docs), raw(tables.words)];
	const matches = sql`${words} match ${bound}`;
	const joined = sql`${words} join ${docs} on ${docs}.doc = ${words}.rowid`;
	return {
		shape: "search",
		values: [match],
		terms: 1,
		toSql: (column) => sql`${column("id")} in (select ${docs}.id from ${joined} where ${matches})`,
		from: (table, id) => sql`${joined} join ${table} on ${id} = ${docs}.id`,
		matches,
		rank: sql`${words}.rank`,
	};
}
