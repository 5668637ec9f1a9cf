/**
 * Whether the object has that table. An object in which nobody signed up has none, and must not get
 * any by being asked: even an empty table costs kilobytes for ever.
 */
export function tableExists(sql: SqlStorage, name: string): boolean {
	return sql.exec("SELECT 1 FROM sqlite_master WHERE name = ?", name).toArray().length > 0;
}
