import type { SQL } from "drizzle-orm";
import type { CasingCache } from "drizzle-orm/casing";
import { quoteName, quoteText } from "./sql.js";

/** Columns are written by their names, whatever Drizzle would make of their keys. */
const casing = {
	getColumnCasing: (column) => column.name,
} satisfies Pick<CasingCache, "getColumnCasing"> as unknown as CasingCache;

/**
 * The text of what Drizzle's `sql` holds, with a `?` for each value. Not by Drizzle's dialect, which
 * brings its builders of every kind of statement along: a third of what this package weighs.
 */
export function toText(query: SQL): { sql: string; params: unknown[] } {
	return query.toQuery({
		casing,
		escapeName: quoteName,
		escapeParam: () => "?",
		escapeString: quoteText,
	});
}
