/** What every row has besides the fields of its schema. */
export interface SystemFields {
	/** UUIDv7, so ids sort by the time of creation. */
	id: string;
	createdAt: Date;
	updatedAt: Date;
}

type Simplify<T> = { [K in keyof T]: T[K] } & {};

/** A row as the table returns it. A schema's own `id`, `createdAt` or `updatedAt` keeps its type. */
export type Row<T> = Simplify<T & Omit<SystemFields, keyof T>>;

/** The name of a field of a row. */
export type Field<T> = keyof Row<T> & string;

type Scalar = string | number | bigint | boolean | Date;

/** How deep types follow the objects inside of a row. */
type Deeper = [never, 0, 1, 2, 3, 4];

/** The names of what is inside of an object, with dots: `name`, `address.city`. */
type Inside<V, Depth extends number> = V extends Scalar | readonly unknown[]
	? never
	: V extends object
		? string extends keyof V
			? never
			: {
					[K in keyof V & string]-?:
						| K
						| (Depth extends 0 ? never : `${K}.${Inside<V[K], Deeper[Depth]>}`);
				}[keyof V & string]
		: never;

/** A field, or a place inside of the object that a field holds: `author`, `author.name`. */
export type FieldPath<T> = string extends Field<T> ? string : Inside<Row<T>, 5>;

/** What stands at a path; undefined too where a part of the way may be missing. */
type At<V, Path extends string> = V extends unknown
	? Path extends `${infer Key}.${infer Rest}`
		? Key extends keyof V
			? At<V[Key], Rest>
			: undefined
		: Path extends keyof V
			? V[Path]
			: undefined
	: never;

/** The type of a field, or of a place inside of one. */
export type FieldValue<T, Path extends string> = At<Row<T>, Path>;

/** Whether all values are of one kind, which SQLite keeps in a column of its own. */
type IsScalar<V> = [V] extends [never]
	? false
	: [V] extends [string]
		? true
		: [V] extends [number]
			? true
			: [V] extends [boolean]
				? true
				: [V] extends [bigint]
					? true
					: [V] extends [Date]
						? true
						: false;

/** The fields that rows can be sorted by: all that hold a text, number, boolean or date. */
export type SortField<T> = {
	[Path in FieldPath<T>]: IsScalar<NonNullable<FieldValue<T, Path>>> extends true ? Path : never;
}[FieldPath<T>];

/** The fields that hold numbers. */
export type NumberField<T> = {
	[Path in FieldPath<T>]: [NonNullable<FieldValue<T, Path>>] extends [never]
		? never
		: [NonNullable<FieldValue<T, Path>>] extends [number]
			? Path
			: never;
}[FieldPath<T>];

export type Direction = "asc" | "desc";

type Equality = "==" | "!=";
type Range = "<" | "<=" | ">" | ">=";
type List = "in" | "not-in";
type Contains = "contains" | "includes";

/** Every operator of `where()`. `includes` is another name of `contains`. */
export type Operator = Equality | Range | List | Contains | "starts-with" | "is-null";

/** The operators that a field of that type takes. */
export type OperatorOf<Value> = OperatorOfPresent<NonNullable<Value>>;

type OperatorOfPresent<V> = [V] extends [never]
	? "is-null"
	: [V] extends [boolean]
		? Equality | List | "is-null"
		: [V] extends [string]
			? Operator
			: IsScalar<V> extends true
				? Equality | Range | List | "is-null"
				: [V] extends [readonly (infer Element)[]]
					? IsScalar<NonNullable<Element>> extends true
						? Contains | "is-null"
						: "is-null"
					: "is-null";

type Nullable<Value> = undefined extends Value ? null : null extends Value ? null : never;

/** What stands after the operator. */
export type Operand<Value, Op> = Op extends "is-null"
	? [isNull?: boolean]
	: Op extends List
		? [values: readonly NonNullable<Value>[]]
		: Op extends Contains
			? NonNullable<Value> extends readonly (infer Element)[]
				? [element: NonNullable<Element>]
				: [text: string]
			: Op extends "starts-with"
				? [text: string]
				: Op extends Equality
					? [value: NonNullable<Value> | Nullable<Value>]
					: [value: NonNullable<Value>];

/** One comparison as data: `["stars", ">", 5]`. */
export type Comparison<T> = {
	[Path in FieldPath<T>]: {
		[Op in OperatorOf<FieldValue<T, Path>>]: readonly [
			field: Path,
			operator: Op,
			...operand: Operand<FieldValue<T, Path>, Op>,
		];
	}[OperatorOf<FieldValue<T, Path>>];
}[FieldPath<T>];

/**
 * A condition as data, so that it can also come from afar: nested at most 10 levels deep. In the
 * object it may also be one of Drizzle's.
 */
export type Condition<T> =
	| Comparison<T>
	| { and: readonly Condition<T>[] }
	| { or: readonly Condition<T>[] }
	| { not: Condition<T> }
	| SqlCondition;

/** A condition made with Drizzle, on the table's own `drizzle`: `eq(posts.drizzle.title, "x")`. */
export interface SqlCondition {
	getSQL(): unknown;
}

export interface PageOptions {
	/** The `endCursor` of the page before; the first page without it. */
	after?: string | null | undefined;
	/** Rows of the page: an integer from 1 to 1,000; 50. */
	limit?: number | undefined;
}

/** A part of the rows. Named as in the Relay specification of cursors. */
export interface Page<R> {
	items: R[];
	pageInfo: {
		/** Where the next page starts; null on an empty page. Opaque. */
		endCursor: string | null;
		hasNextPage: boolean;
	};
}

/** The rows that have the same values in some fields. */
export interface Group<T, F extends string> {
	/** The values they share, by field; null where they lack it. */
	key: { [Path in F]: NonNullable<FieldValue<T, Path>> | Nullable<FieldValue<T, Path>> };
	count: number;
}

/** Fields to be set. Null takes away what a row may lack. */
export type Patch<T, Input> = {
	[K in keyof Input]?:
		| Input[K]
		| (K extends keyof T ? (undefined extends T[K] ? null : never) : never);
};

/** A table that refers to no other, for all that its type tells. */
export type NoRelations = Record<never, never>;

/** A table by the type of its rows. */
export interface RowsOf<T> {
	readonly name: string;
	findById(id: string): Row<T> | undefined;
}

/** Whether a table is used in the object that holds it, or from a Worker through an RPC. */
export type Where = "local" | "remote";

/** What a method answers: at once in the object, as a promise from afar. */
export type Answer<R, Mode extends Where> = Mode extends "remote" ? Promise<R> : R;

/**
 * Rows that are looked for. A query never changes: each step returns another one, and nothing is
 * read before one of the methods that answer.
 *
 * `Out` is what rows look like: all fields of the table, or those that `select` names.
 */
export interface Query<
	T,
	Input = T,
	Out = Row<T>,
	Relations = NoRelations,
	Mode extends Where = "local",
> {
	/**
	 * Only rows of which this is true; several are joined by AND. A field may be a place inside of an
	 * object: `author.name`.
	 *
	 * `!=`, `not-in` and `not` are also true of rows that lack the field, as they are in JavaScript
	 * (and not in SQL). Text compares by code point. `contains` finds a part of a text, or an element
	 * of a list.
	 *
	 * @throws UserDOError `invalid_input` for an unknown field or operator, or a value of another type
	 * @example
	 * posts.where("status", "in", ["draft", "review"]).where("author.name", "==", "Ann")
	 */
	where<F extends FieldPath<T>, Op extends OperatorOf<FieldValue<T, F>>>(
		field: F,
		op: Op,
		...operand: Operand<FieldValue<T, F>, Op>
	): Query<T, Input, Out, Relations, Mode>;
	/** Only rows of which the condition is true: `where({ or: [["a", "==", 1], ["b", ">", 2]] })`. */
	where(condition: Condition<T>): Query<T, Input, Out, Relations, Mode>;
	/**
	 * Only rows of which one of the conditions is true.
	 *
	 * @example
	 * posts.or([["state", "==", "draft"], { and: [["stars", ">", 5], ["state", "==", "live"]] }])
	 */
	or(conditions: readonly Condition<T>[]): Query<T, Input, Out, Relations, Mode>;
	/** Only rows of which the condition is not true: `not(["title", "starts-with", "Draft"])`. */
	not(condition: Condition<T>): Query<T, Input, Out, Relations, Mode>;
	/**
	 * Sorts by that field, and by further ones where it is equal. Rows without the field come first
	 * (with `desc` last). What is still equal is sorted by id, in the direction of the last field.
	 */
	orderBy(field: SortField<T>, direction?: Direction): Query<T, Input, Out, Relations, Mode>;
	/** At most that many rows: an integer from 0 to 1,000. */
	limit(count: number): Query<T, Input, Out, Relations, Mode>;
	/**
	 * Without the first rows. SQLite reads those all the same, and rows that are added meanwhile
	 * shift the others: `page` is better for going through many.
	 */
	offset(count: number): Query<T, Input, Out, Relations, Mode>;
	/** Rows with these fields only. */
	select<F extends Field<T>>(
		fields: readonly F[],
	): Query<T, Input, Pick<Row<T>, F>, Relations, Mode>;
	/**
	 * Only rows with all of these words in the fields that the table's `search` names, whatever their
	 * case and accents; the last one may be the start of a word. The best matches come first, unless
	 * there is an `orderBy`. A text without words is in all rows.
	 *
	 * @throws UserDOError `invalid_input` for a table without `search`, over 32 words or 1,000
	 *   characters
	 */
	search(words: string): Query<T, Input, Out, Relations, Mode>;
	/**
	 * Adds the row that each row refers to: one of the table's `references`, by its name. It is read
	 * for all rows at once.
	 *
	 * @example
	 * posts.with("author").get(); // [{ id, title, authorId, author: { id, name } }]
	 */
	with<Name extends keyof Relations & string>(
		relation: Name,
	): Query<T, Input, Simplify<Out & Pick<Relations, Name>>, Relations, Mode>;
	/**
	 * Adds the rows of another table that refer to each row, by that table's name (or the `inverse`
	 * of its reference): an array, sorted by id. The table is given for its type.
	 *
	 * @example
	 * authors.with("posts", this.posts).get(); // [{ id, name, posts: [{ id, title, authorId }] }]
	 */
	with<Name extends string, Other>(
		relation: Name,
		table: RowsOf<Other>,
	): Query<T, Input, Simplify<Out & { [Key in Name]: Row<Other>[] }>, Relations, Mode>;
	/** Adds rows of a relation whose type is not known here. */
	with<Name extends string>(
		relation: Name,
	): Query<T, Input, Simplify<Out & { [Key in Name]: unknown }>, Relations, Mode>;
	/** The rows, all of them where there is no `limit`. */
	get(): Answer<Out[], Mode>;
	/** The first row. */
	first(): Answer<Out | undefined, Mode>;
	/**
	 * The rows after those of the page before. What is added or deleted meanwhile neither repeats a
	 * row nor leaves one out. Not for a query with `limit` or `offset`.
	 *
	 * @throws UserDOError `invalid_input` for a cursor of a query in another order
	 * @example
	 * const first = posts.orderBy("createdAt", "desc").page({ limit: 20 });
	 * const next = posts.orderBy("createdAt", "desc").page({ limit: 20, after: first.pageInfo.endCursor });
	 */
	page(options?: PageOptions): Answer<Page<Out>, Mode>;
	/** How many rows `get` would return. */
	count(): Answer<number, Mode>;
	/** Whether `get` would return a row. */
	exists(): Answer<boolean, Mode>;
	/** The sum of the field over all rows of the query; 0 where there is none. */
	sum(field: NumberField<T>): Answer<number, Mode>;
	/** The mean of the field over the rows that have it; undefined where none does. */
	avg(field: NumberField<T>): Answer<number | undefined, Mode>;
	/** The least value of the field; undefined where no row has one. */
	min<F extends SortField<T>>(field: F): Answer<NonNullable<FieldValue<T, F>> | undefined, Mode>;
	/** The greatest value of the field; undefined where no row has one. */
	max<F extends SortField<T>>(field: F): Answer<NonNullable<FieldValue<T, F>> | undefined, Mode>;
	/**
	 * How many rows there are of each value of a field, or of each combination of several. The most
	 * frequent come first, `limit` many; equally frequent ones by their values.
	 *
	 * @example
	 * posts.groupBy("state"); // [{ key: { state: "live" }, count: 12 }, { key: { state: "draft" }, count: 3 }]
	 */
	groupBy<F extends SortField<T>>(fields: F | readonly F[]): Answer<Group<T, F>[], Mode>;
	/**
	 * Deletes the rows, and says how many there were. Refused without a condition, and on a query
	 * that is sorted or limited.
	 */
	deleteWhere(): Answer<number, Mode>;
	/**
	 * Patches the rows as `update` does, all or none, and says how many the query found. Refused as
	 * `deleteWhere`.
	 */
	updateWhere(patch: Patch<T, Input>): Answer<number, Mode>;
}

/** A page of a query whose schema is not known to the compiler. */
export type AnyPage = Page<Record<string, unknown>>;

/** A query of a table whose schema is not known to the compiler. */
export interface AnyQuery {
	where(field: unknown, op?: string, value?: unknown): AnyQuery;
	or(conditions: readonly unknown[]): AnyQuery;
	not(condition: unknown): AnyQuery;
	orderBy(field: string, direction?: string): AnyQuery;
	limit(count: number): AnyQuery;
	offset(count: number): AnyQuery;
	select(fields: readonly string[]): AnyQuery;
	search(words: string): AnyQuery;
	with(relation: string, table?: { readonly name: string }): AnyQuery;
	get(): Record<string, unknown>[];
	first(): Record<string, unknown> | undefined;
	page(options?: PageOptions): AnyPage;
	count(): number;
	exists(): boolean;
	sum(field: string): number;
	avg(field: string): number | undefined;
	min(field: string): unknown;
	max(field: string): unknown;
	groupBy(fields: string | readonly string[]): { key: Record<string, unknown>; count: number }[];
	deleteWhere(): number;
	updateWhere(patch: unknown): number;
}
