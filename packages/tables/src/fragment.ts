import { quoteName } from "./sql.js";

declare const ours: unique symbol;

/**
 * SQL that this package has written, never a caller's text: only what is below makes it. Not
 * Drizzle's `sql`, which brings its columns of every kind along.
 */
export type Fragment = string & { readonly [ours]: true };

/** Where a value is bound. */
export const bound = "?" as Fragment;

/** Fragments within a fragment. */
export function sql(texts: TemplateStringsArray, ...parts: readonly Fragment[]): Fragment {
	return String.raw({ raw: texts }, ...parts) as Fragment;
}

/** A keyword, a number, or what is quoted already: to be called with nothing that a caller gave. */
export function raw(text: string): Fragment {
	return text as Fragment;
}

/** The name of a table or column, quoted. */
export function identifier(name: string): Fragment {
	return raw(quoteName(name));
}

export function commas(parts: readonly Fragment[]): Fragment {
	return raw(parts.join(", "));
}
