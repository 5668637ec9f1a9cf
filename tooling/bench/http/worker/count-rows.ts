import type { RowCounts } from "../../harness/rows.ts";

type Cursor = SqlStorageCursor<Record<string, SqlStorageValue>>;

/** Of all objects of this isolate; undefined while nothing is counted. */
let cursors: Cursor[] | undefined;
let isWatched = false;

/** Lets the rows of all statements of all objects be counted. It costs nothing until they are. */
export function watchRows(sql: SqlStorage): void {
	if (isWatched) return;
	isWatched = true;
	const prototype = Object.getPrototypeOf(sql) as SqlStorage;
	const { exec } = prototype;
	const watched = function (this: SqlStorage, text: string, ...values: SqlStorageValue[]) {
		const cursor = exec.call(this, text, ...values);
		cursors?.push(cursor);
		return cursor;
	};
	prototype.exec = watched as typeof exec;
}

/** What Cloudflare bills for something: rows of tables and of indexes. */
export async function countRows<T>(run: () => Promise<T>): Promise<RowCounts & { result: T }> {
	cursors = [];
	const result = await run();
	const rows = { read: 0, written: 0 };
	for (const { rowsRead, rowsWritten } of cursors) {
		rows.read += rowsRead;
		rows.written += rowsWritten;
	}
	cursors = undefined;
	return { ...rows, result };
}
