import type { CollectionDefinition, Collections } from "@userdo/contracts";
import type { AnyTable, Database, Migration, RelationsOf, Table } from "@userdo/tables";
import type * as z from "zod";

/** What the object alone has to say of a collection. */
export interface CollectionTableOptions {
	/** Steps for changes of the schema that could lose data, as of a table. */
	migrations?: readonly Migration[];
}

/** The tables of collections, by name. */
export type TablesOf<C extends Collections> = {
	readonly [Name in keyof C & string]: Table<
		z.output<C[Name]["schema"]>,
		z.input<C[Name]["schema"]>,
		RelationsOf<TableReferences<C, C[Name]["references"]>>,
		Name
	>;
};

/** References as `table()` takes them, which name tables by their rows. */
type TableReferences<C extends Collections, References> = {
	[Field in keyof References]: ToTable<C, References[Field]>;
};

type ToTable<C extends Collections, Reference> = Reference extends {
	readonly collection: infer Name;
}
	? Omit<Reference, "collection"> & { readonly table: RowsIn<C, Name> }
	: RowsIn<C, Reference>;

type RowsIn<C extends Collections, Name> = Name extends keyof C
	? Table<z.output<C[Name]["schema"]>>
	: string;

/** Declares all tables of the collections. */
export function declareTables<C extends Collections>(
	database: Database,
	collections: C,
	options: { readonly [Name in keyof C]?: CollectionTableOptions } = {},
): TablesOf<C> {
	const tables = Object.entries(collections).map(([name, { schema, ...definition }]) => {
		const { expose, references, ...others } = definition;
		const declared = database.table(name, schema, {
			// What nobody may read is told to nobody.
			realtime: expose !== undefined,
			...others,
			...options[name],
			...(references && { references: toReferences(references) }),
		} as object);
		return [name, declared];
	});
	const group = Object.freeze(Object.fromEntries(tables));
	groups.add(group);
	return group;
}

const groups = new WeakSet<object>();

/** Whether it is what {@link declareTables} returned. */
export function isTableGroup(value: unknown): value is Readonly<Record<string, AnyTable>> {
	return typeof value === "object" && value !== null && groups.has(value);
}

function toReferences(references: NonNullable<CollectionDefinition["references"]>) {
	return Object.fromEntries(
		Object.entries(references).map(([field, reference]) => {
			if (typeof reference !== "object") return [field, reference];
			const { collection: table, ...others } = reference;
			return [field, { table, ...others }];
		}),
	);
}
