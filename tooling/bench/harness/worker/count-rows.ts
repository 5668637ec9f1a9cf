import type { RowCounts } from "../rows.ts";

/**
 * A storage that counts what its statements read and write, and passes everything on. For counting
 * alone: it costs time.
 */
export function countingStorage(storage: DurableObjectStorage) {
	let cursors: SqlStorageCursor<Record<string, SqlStorageValue>>[] = [];
	const sql = new Proxy(storage.sql, {
		get(target, key) {
			const value: unknown = Reflect.get(target, key, target);
			if (typeof value !== "function") return value;
			if (key !== "exec") return value.bind(target);
			return (text: string, ...values: SqlStorageValue[]) => {
				const cursor = target.exec(text, ...values);
				cursors.push(cursor);
				return cursor;
			};
		},
	});
	const counting = new Proxy(storage, {
		get(target, key) {
			if (key === "sql") return sql;
			const value: unknown = Reflect.get(target, key, target);
			return typeof value === "function" ? value.bind(target) : value;
		},
	});
	return {
		storage: counting,
		/** The rows of all statements in it; the ones of triggers are in their statement's. */
		count(run: () => unknown): RowCounts {
			cursors = [];
			run();
			const rows = { read: 0, written: 0 };
			for (const { rowsRead, rowsWritten } of cursors) {
				rows.read += rowsRead;
				rows.written += rowsWritten;
			}
			return rows;
		},
	};
}
