import type {
	CollectionInput,
	CollectionRow,
	Collections,
	KeyInput,
	Keys,
	KeyValue,
} from "@userdo/contracts";

/** Collections or keys of which nothing is known to the compiler. */
export type Unknown = Record<never, never>;

/** A JSON object, as long as nothing is known of its fields. */
export type JsonObject = Record<string, unknown>;

/** The names that a client takes: any, as long as none are declared. */
export type CollectionName<C extends Collections> = [keyof C] extends [never]
	? string
	: keyof C & string;

/** A row of the collection of that name. */
export type RowOf<C extends Collections, Name> = Name extends keyof C
	? CollectionRow<C[Name]>
	: JsonObject;

/** What a row of the collection of that name is made of. */
export type InputOf<C extends Collections, Name> = Name extends keyof C
	? CollectionInput<C[Name]>
	: object;

/** The value of that key. */
export type ValueOf<K extends Keys, Key> = Key extends keyof K ? KeyValue<K[Key]> : unknown;

/** What that key is set to. */
export type ValueInputOf<K extends Keys, Key> = Key extends keyof K ? KeyInput<K[Key]> : unknown;

type Scalar = string | number | bigint | boolean | Date;

/** How deep types follow the objects inside of a row. */
type Lower = [never, 0, 1, 2, 3, 4];

/** What has no fields of its own. */
type Leaf = Scalar | null | undefined | readonly unknown[];

/** The names of what is inside of an object, with dots: `name`, `address.city`. */
type Inside<V, Depth extends number, Field extends keyof V = keyof V> = Field extends string
	? // Most fields hold leaves, and to see that of a union as a whole costs the compiler little.
		V[Field] extends Leaf
		? Field
		: Field | `${Field}.${Deeper<V[Field], Depth>}`
	: never;

type Deeper<V, Depth extends number> = Depth extends 0
	? never
	: V extends Leaf
		? never
		: string extends keyof V
			? never
			: Inside<V, Lower[Depth]>;

/** A field, or a place inside of the object that a field holds: `author`, `author.name`. */
export type FieldPath<Row> = string extends keyof Row ? string : Inside<Row, 5>;

/** Every operator of `where()`. `includes` is another name of `contains`. */
export type Operator =
	| ("==" | "!=" | "<" | "<=" | ">" | ">=")
	| ("in" | "not-in" | "contains" | "includes" | "starts-with" | "is-null");

/** What stands after an operator: a list after `in` and `not-in`. */
export type Operand = Scalar | null | readonly Scalar[];

/** Fields to be set. Null takes away what a row may lack. */
export type Patch<Row, Input> = {
	[Field in keyof Input]?: Input[Field] | (undefined extends Row[Field & keyof Row] ? null : never);
};
