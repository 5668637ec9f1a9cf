/**
 * Whether the object has that table. An object in which nobody signed up has none, and must not get
 * any by being asked: even an empty table costs kilobytes for ever.
 */
export function tableExists(sql: SqlStorage, name: string): boolean {
	return sql.exec("SELECT 1 FROM sqlite_master WHERE name = ?", name).toArray().length > 0;
}

type Row = Record<string, SqlStorageValue>;

/**
 * The rows of a query; undefined where there is no such table of ours yet. Cheaper than to ask for the
 * table before, and each statement of an object that wakes is one that its first caller waits for.
 */
export function rowsIfTable<R extends Row>(
	sql: SqlStorage,
	query: string,
	...bindings: (string | number | null)[]
): R[] | undefined {
	return unlessMissing(() => sql.exec<R>(query, ...bindings).toArray());
}

/** Undefined where there is no such table of ours yet. */
export function unlessMissing<T>(run: () => T): T | undefined {
	try {
		return run();
	} catch (error) {
		if (/no such table: _userdo_/.test(String(error))) return undefined;
		throw error;
	}
}

/** Columns by the names of an object's fields, as what is selected and as a JSON object in SQL. */
export function toFields(columns: Readonly<Record<string, string>>) {
	const fields = Object.entries(columns);
	const json = fields.map(([field, column]) => `'${field}', ${column}`).join(", ");
	return {
		selected: fields.map(([field, column]) => `${column} AS ${field}`).join(", "),
		json: `json_object(${json})`,
	};
}
