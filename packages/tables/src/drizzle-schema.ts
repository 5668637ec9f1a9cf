import type { DrizzleSqliteDODatabase } from "drizzle-orm/durable-sqlite";
import type { SQLiteColumn, SQLiteTableWithColumns } from "drizzle-orm/sqlite-core";
import type { Field, Row, SystemFields } from "./query-types.js";

type Absent = null | undefined;

/** Whether the value may be absent. */
type IsOptional<Value> = undefined extends Value ? true : null extends Value ? true : false;

type ColumnOf<Name extends string, K extends string, Value> = SQLiteColumn<{
	name: K;
	tableName: Name;
	dataType: "custom";
	columnType: "SQLiteCustomColumn";
	data: Exclude<Value, Absent>;
	driverParam: string | number;
	notNull: IsOptional<Value> extends true ? false : true;
	// For Drizzle no field is required: what is, is said by RequiredInsert.
	hasDefault: boolean;
	isPrimaryKey: K extends "id" ? true : false;
	isAutoincrement: false;
	hasRuntimeDefault: boolean;
	enumValues: undefined;
	baseColumn: never;
	identity: undefined;
	generated: undefined;
}>;

/** Our own columns where the schema has fields of these names. */
interface HiddenNames {
	createdAt: "_created_at";
	updatedAt: "_updated_at";
}

type Columns<T, Name extends string> = {
	[K in Field<T>]-?: ColumnOf<Name, K, Row<T>[K]>;
} & {
	[K in keyof HiddenNames & keyof T as HiddenNames[K]]-?: ColumnOf<
		Name,
		HiddenNames[K],
		SystemFields[K]
	>;
};

/** What a new row must have: what neither the schema nor we have a default for. */
type RequiredInsert<T, Input> = {
	[K in Field<T> & keyof Input as true extends IsOptional<Input[K]> | IsOptional<Row<T>[K]>
		? never
		: K]: Row<T>[K];
};

/**
 * The Drizzle table of a declared table: its fields under their own names. What an insert requires
 * is known where the table's own type is inferred; one that is written down (`Table<Post>`) says
 * nothing of defaults, and could not be given a table that has some.
 */
export type DrizzleTableOf<T, Input, Name extends string> = SQLiteTableWithColumns<{
	name: Name;
	schema: undefined;
	columns: { [K in keyof Columns<T, Name>]: Columns<T, Name>[K] };
	dialect: "sqlite";
}> &
	(string extends Name ? unknown : { readonly $inferInsert: RequiredInsert<T, Input> }) &
	// It can't travel, but the runtime's types of a stub would lose their way in it.
	Rpc.RpcTargetBranded;

/** The Drizzle database over the tables of an object. Its queries are synchronous. */
export type DrizzleDatabaseOf = DrizzleSqliteDODatabase<Record<string, never>>;
