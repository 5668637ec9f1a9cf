import type * as z from "zod";
import { UserDOError } from "./errors.js";

/** What the deletion of a row does to those that refer to it; `restrict` unless said otherwise. */
type OnDelete = "restrict" | "cascade" | "set-null";

/** A reference to the rows of a collection, by its name. */
interface CollectionReference<Names extends string> {
	collection: Names;
	onDelete?: OnDelete;
	/** The relation's name; the field without its final `Id` unless said otherwise. */
	as?: string;
	/** The name of the way back. */
	inverse?: string;
}

/** One collection: a table of the user's object, and its endpoints. */
export interface CollectionDefinition<
	Schema extends z.ZodObject = z.ZodObject,
	Names extends string = string,
> {
	/** What a row is like. */
	schema: Schema;
	/** Fields to find and sort rows by, or several for one index; also places like `author.name`. */
	indexes?: readonly (string | readonly string[])[];
	/** Fields, or several together, that no two rows have alike. */
	unique?: readonly (FieldOf<Schema> | readonly FieldOf<Schema>[])[];
	/** Text fields that are searched by words. */
	search?: readonly FieldOf<Schema>[];
	/** Fields that hold ids of rows of a collection. */
	references?: { readonly [Field in FieldOf<Schema>]?: Names | CollectionReference<Names> };
	/** Whether the user's sockets hear of changes; as long as nothing is said, those of `expose`. */
	realtime?: boolean;
	/**
	 * What the signed-in user may do with it over HTTP, at `/api/<name>`: `read` serves lists and
	 * single rows, `write` creates, updates and deletes as well. Unless it is set, nothing is served.
	 */
	expose?: "read" | "write";
}

type FieldOf<Schema extends z.ZodObject> = keyof Schema["shape"] & string;

/** The lists in a definition that name fields. */
interface FieldLists<Field> {
	// Without one that is required, what has none of the lists would not fit.
	schema: unknown;
	unique?: readonly (Field | readonly Field[])[];
	search?: readonly Field[];
}

/** The names of the collections that references are to. */
type Referred<Reference> = Reference extends { collection: infer Name } ? Name : Reference;

/**
 * Nothing more, where all names in a definition are those of fields and collections. To compare each
 * definition with what it may be would cost the compiler ten times as much.
 */
type Checked<D extends CollectionDefinition, Names extends string> =
	D extends FieldLists<FieldOf<D["schema"]>>
		? D extends { references: Record<infer Field, infer Reference> }
			? [Field, Referred<Reference>] extends [FieldOf<D["schema"]>, Names]
				? unknown
				: CollectionDefinition<D["schema"], Names>
			: unknown
		: CollectionDefinition<D["schema"], Names>;

/** Collections by name; see {@link defineCollections}. */
export type Collections = Readonly<Record<string, CollectionDefinition>>;

/**
 * Paths of these endpoints are or may become ours. Named here, since whoever has collections does not
 * need the schemas of all endpoints.
 */
const reserved: ReadonlySet<string> = new Set([
	...["batch", "email-verification", "export", "login", "logout", "me", "password"],
	...["password-reset", "refresh", "sessions", "signup", "ws"],
	...["dev", "docs", "openapi", "admin"],
]);

/**
 * Describes the tables of a user's object once, for the four that need it: the object
 * (`this.tables(collections)`), the Worker (`createUserDOWorker(binding, { collections })`), the
 * client (`new UserDOClient<typeof collections>("/api")`) and a frontend in another repository.
 *
 * @throws UserDOError `misconfigured` for a name that is an endpoint's, or can't be a table's
 * @example
 * export const collections = defineCollections({
 *   posts: { schema: PostSchema, indexes: ["createdAt"], expose: "write" },
 * });
 */
export function defineCollections<const C extends Collections>(
	collections: C & {
		readonly [Name in keyof C]: Checked<C[Name], keyof C & string>;
	},
): C {
	for (const name of Object.keys(collections)) {
		const fault = findFault(name);
		if (fault === undefined) continue;
		throw new UserDOError("misconfigured", {
			message: `The collection ${name} can't be: ${fault}`,
			issues: [{ path: name, message: fault }],
		});
	}
	return collections;
}

function findFault(name: string): string | undefined {
	if (!/^[a-z_][a-z0-9_]{0,62}$/i.test(name)) {
		return "a name has at most 63 letters, digits and underscores, and no digit first.";
	}
	// Whoever looks a collection up by its name finds them in any object.
	if (name in Object.prototype) return "JavaScript's own objects have such a property.";
	return reserved.has(name.toLowerCase()) ? `/api/${name} is an endpoint of UserDO.` : undefined;
}

/** What JSON says as it is. */
type JsonScalar = string | number | boolean | null | undefined;

/** What JSON makes of a value: dates and bigints are texts. */
export type Jsonified<T> = [T] extends [JsonScalar]
	? T
	: T extends Date | bigint
		? string
		: T extends JsonScalar
			? T
			: T extends object
				? { [K in keyof T]: Jsonified<T[K]> }
				: T;

/** A row of that collection as it travels in JSON. A field of the schema's own keeps its type. */
export type CollectionRow<D extends CollectionDefinition> = JsonFields<
	WithSystemFields<D["schema"]["_zod"]["output"]>
>;

type JsonFields<Row> = { [Field in keyof Row]: Jsonified<Row[Field]> };

/** What a row has besides the fields of its schema. Times are ISO 8601. */
type WithSystemFields<Row> = Row & {
	[Field in Exclude<"id" | "createdAt" | "updatedAt", keyof Row>]: string;
};

/** What a row of that collection is made of. Dates and bigints travel as text by themselves. */
export type CollectionInput<D extends CollectionDefinition> = D["schema"]["_zod"]["input"];

/**
 * Keys of the key-value store whose values have a schema; see {@link defineKeys}. Any schema of Zod's
 * is one of its core, which costs the compiler little to see.
 */
export type Keys = Readonly<Record<string, z.core.$ZodType>>;

/** The value of a key with that schema, as it travels in JSON. */
export type KeyValue<Schema extends z.core.$ZodType> = Jsonified<z.output<Schema>>;

/** What a key with that schema is set to. Dates and bigints travel as text by themselves. */
export type KeyInput<Schema extends z.core.$ZodType> = z.input<Schema>;

/**
 * Describes the values of keys, for the object (`static options = { keys }`), which then refuses
 * any other, and for the client (`new UserDOClient<typeof collections, typeof keys>("/api")`).
 * Keys without a schema go on to take any JSON. Values are JSON: a time is a text (`z.iso.datetime()`),
 * since `z.date()` would refuse all that can be sent.
 *
 * @example
 * export const keys = defineKeys({ preferences: z.object({ theme: z.enum(["light", "dark"]) }) });
 */
export function defineKeys<const K extends Keys>(keys: K): K {
	return keys;
}
