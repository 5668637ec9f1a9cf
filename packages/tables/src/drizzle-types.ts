declare global {
	/**
	 * Empty until something imports `@userdo/tables/drizzle`, which adds the types of Drizzle: they
	 * don't compile without `skipLibCheck`, so nobody gets them unasked. Global, since the bundler of
	 * our types moves what a module declares to where `declare module` would not find it.
	 */
	interface UserDODrizzle<T, Input, Name extends string> {}
}

/** Stands for a type of Drizzle where nothing imports `@userdo/tables/drizzle`. */
export interface DrizzleNotImported {
	readonly missing: 'import "@userdo/tables/drizzle"';
}

/** The Drizzle table of rows of that type, once `@userdo/tables/drizzle` is imported. */
export type DrizzleTable<T, Input = T, Name extends string = string> =
	UserDODrizzle<T, Input, Name> extends { table: infer Found } ? Found : DrizzleNotImported;

/** The Drizzle database, once `@userdo/tables/drizzle` is imported. */
export type DrizzleDatabase =
	UserDODrizzle<unknown, unknown, string> extends { database: infer Found }
		? Found
		: DrizzleNotImported;
