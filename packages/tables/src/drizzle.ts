import { registerDriver } from "./drizzle-driver.js";
import type { DrizzleDatabaseOf, DrizzleTableOf } from "./drizzle-schema.js";
import { openDrizzle } from "./drizzle-session.js";
import { toDrizzleTable } from "./drizzle-table.js";

declare global {
	interface UserDODrizzle<T, Input, Name extends string> {
		table: DrizzleTableOf<T, Input, Name>;
		database: DrizzleDatabaseOf;
	}
}

registerDriver({ open: openDrizzle, table: toDrizzleTable });

export {
	and,
	asc,
	avg,
	between,
	count,
	countDistinct,
	desc,
	eq,
	exists,
	getTableColumns,
	gt,
	gte,
	inArray,
	isNotNull,
	isNull,
	like,
	lt,
	lte,
	max,
	min,
	ne,
	not,
	notBetween,
	notExists,
	notInArray,
	notLike,
	or,
	type SQL,
	sql,
	sum,
} from "drizzle-orm";
export { alias } from "drizzle-orm/sqlite-core";
