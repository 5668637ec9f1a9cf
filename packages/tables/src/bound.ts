import { invalid } from "./errors.js";
import type { SqlValue } from "./sql.js";

/**
 * A value as it may be bound to a `?`. `sql.exec` by itself would bind `true` as the text 'true', a
 * Date as its English text, an object as '[object Object]', and undefined and NaN as NULL.
 *
 * @throws UserDOError `invalid_input` for what SQLite can't keep
 */
export function toBound(value: unknown): SqlValue {
	if (value === null) return null;
	switch (typeof value) {
		case "string":
			if (value.isWellFormed()) return value;
			throw invalid("sql", "This text has half characters.");
		case "number":
			if (!Number.isNaN(value)) return value;
			throw invalid("sql", "This must be a number.");
		case "boolean":
			return value ? 1 : 0;
		case "object":
			return toBoundObject(value);
		case "bigint":
			throw invalid("sql", "A bigint is bound by its column, as in eq(table.column, value).");
		default:
			throw invalid("sql", "This can't be bound to a query.");
	}
}

function toBoundObject(value: object): SqlValue {
	if (value instanceof Date && !Number.isNaN(value.getTime())) return value.getTime();
	if (value instanceof ArrayBuffer) return value;
	if (!ArrayBuffer.isView(value)) throw invalid("sql", "This can't be bound to a query.");
	// A copy: the view may show a part of its buffer only.
	return new Uint8Array(value.buffer, value.byteOffset, value.byteLength).slice().buffer;
}
