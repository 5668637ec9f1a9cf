import type { CallOptions } from "./call.js";
import type { ListAnswer } from "./internals.js";
import type { FieldPath, Operand, Operator } from "./types.js";

/**
 * A condition as data: `["stars", ">", 5]`, or several within `and`, `or` and `not`, which may be
 * nested.
 */
export type Condition<Row> =
	| readonly [field: FieldPath<Row>, operator: Operator, value?: Operand]
	| { and: readonly Condition<Row>[] }
	| { or: readonly Condition<Row>[] }
	| { not: Condition<Row> };

export interface PageOptions extends CallOptions {
	/** Rows of the page, at most 1,000; 50. */
	limit?: number;
	/** The `endCursor` of the page before; the first page without it. */
	after?: string | null | undefined;
}

/** A part of the rows. */
export type Page<Row> = Pick<ListAnswer<Row>, "items" | "pageInfo">;

/**
 * Rows that are looked for. A query never changes: each step returns another one, and nothing is sent
 * before one of the methods that answer.
 */
export interface Query<Row> {
	/**
	 * Only rows of which this is true; several are joined by AND. A field may be a place inside of an
	 * object: `author.name`. The operators are `==`, `!=`, `<`, `<=`, `>`, `>=`, `in`, `not-in`,
	 * `contains`, `starts-with` and `is-null`.
	 *
	 * @example
	 * posts.where("status", "in", ["draft", "review"]).where("author.name", "==", "Ann")
	 */
	where(field: FieldPath<Row>, operator: Operator, value?: Operand): Query<Row>;
	/** Only rows of which the condition is true: `where({ or: [["a", "==", 1], ["b", ">", 2]] })`. */
	where(condition: Condition<Row>): Query<Row>;
	/** Only rows of which one of the conditions is true. */
	or(conditions: readonly Condition<Row>[]): Query<Row>;
	/** Only rows of which the condition is not true: `not(["title", "starts-with", "Draft"])`. */
	not(condition: Condition<Row>): Query<Row>;
	/** Sorts by that field, and by further ones where it is equal. */
	orderBy(field: FieldPath<Row>, direction?: "asc" | "desc"): Query<Row>;
	/** At most that many rows: an integer up to 1,000. */
	limit(count: number): Query<Row>;
	/** The rows; all of them where there is no `limit`, in requests of 1,000 each. */
	get(options?: CallOptions): Promise<Row[]>;
	/** The first row. */
	first(options?: CallOptions): Promise<Row | undefined>;
	/** How many rows `get` would return. */
	count(options?: CallOptions): Promise<number>;
	/**
	 * The rows after those of the page before. What is added or deleted meanwhile neither repeats a row
	 * nor leaves one out.
	 */
	page(options?: PageOptions): Promise<Page<Row>>;
}

/** What a query asks for, as it stands in its address. */
export interface QueryState {
	where?: unknown[];
	orderBy?: string[];
	limit?: number;
}
