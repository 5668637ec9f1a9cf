import { decodeBigInt, encodeBigInt } from "./bigint.js";
import { invalid } from "./errors.js";
import { toIsoTime } from "./iso-time.js";
import { toJsonText } from "./json.js";
import type { SqlValue } from "./sql.js";

/** What a column holds; part of a table's fingerprint, so a name never changes its meaning. */
export type Kind = "text" | "integer" | "real" | "boolean" | "date" | "bigint" | "json";

/** How values of one kind are stored. NULL is dealt with before: no codec sees it. */
export interface Codec {
	sqlType: "TEXT" | "INTEGER" | "REAL";
	/**
	 * Never left to `sql.exec`, which binds `true` as 'true' and a Date as its English text.
	 *
	 * @throws UserDOError `invalid_input` at that path for a value of another type
	 */
	encode(value: unknown, path: string): string | number;
	/** As `encode`, of a value to compare with, which need not be one that the column could hold. */
	operand?(value: unknown, path: string): string | number;
	decode(value: SqlValue): unknown;
	/** What JSON makes of the decoded value. */
	toJson(value: SqlValue): unknown;
	/** SQL that puts the column into `json_object()` such that nothing of it is lost. */
	logged?(column: string): string;
	/** The stored value, from what `logged` put into the JSON. */
	fromLog?(value: SqlValue): SqlValue;
}

const same = (value: SqlValue) => value;

const text: Codec = {
	sqlType: "TEXT",
	encode(value, path) {
		if (typeof value !== "string") throw invalid(path, "This must be text.");
		// UTF-8 has no half characters: another text would come back.
		if (!value.isWellFormed()) throw invalid(path, "This text has half characters.");
		return value;
	},
	decode: same,
	toJson: same,
};

function encodeNumber(value: unknown, path: string): number {
	if (typeof value !== "number" || Number.isNaN(value)) {
		throw invalid(path, "This must be a number.");
	}
	// SQLite has no negative zero.
	return value + 0;
}

const integer: Codec = {
	sqlType: "INTEGER",
	encode(value, path) {
		const number = encodeNumber(value, path);
		// SQLite would refuse a fraction, and round what is larger.
		if (!Number.isSafeInteger(number)) throw invalid(path, "This must be a safe integer.");
		return number;
	},
	operand: encodeNumber,
	decode: same,
	toJson: same,
};

const real: Codec = {
	sqlType: "REAL",
	encode: encodeNumber,
	decode: same,
	toJson: (value) => (Number.isFinite(value) ? value : null),
	// SQLite's JSON prints 15 digits in some versions; 17 make a double come back exactly.
	logged: (column) => `iif(${column} IS NULL, NULL, printf('%!.17g', ${column}))`,
	fromLog(value) {
		if (value === "Inf") return Number.POSITIVE_INFINITY;
		return value === "-Inf" ? Number.NEGATIVE_INFINITY : Number(value);
	},
};

const boolean: Codec = {
	sqlType: "INTEGER",
	encode(value, path) {
		if (typeof value !== "boolean") throw invalid(path, "This must be true or false.");
		return value ? 1 : 0;
	},
	decode: (value) => value === 1,
	toJson: (value) => value === 1,
};

const date: Codec = {
	sqlType: "INTEGER",
	encode(value, path) {
		if (!(value instanceof Date) || Number.isNaN(value.getTime())) {
			throw invalid(path, "This must be a date.");
		}
		return value.getTime();
	},
	decode: (value) => new Date(Number(value)),
	toJson: (value) => toIsoTime(Number(value)),
};

const bigint: Codec = {
	sqlType: "TEXT",
	encode(value, path) {
		if (typeof value !== "bigint") throw invalid(path, "This must be a bigint.");
		const encoded = encodeBigInt(value);
		if (encoded === undefined) throw invalid(path, "This number has too many digits.");
		return encoded;
	},
	decode: (value) => decodeBigInt(String(value)),
	toJson: (value) => decodeBigInt(String(value)).toString(),
};

const json: Codec = {
	sqlType: "TEXT",
	encode: toJsonText,
	decode: (value) => JSON.parse(String(value)),
	toJson: (value) => JSON.parse(String(value)),
};

export const codecs: Record<Kind, Codec> = { text, integer, real, boolean, date, bigint, json };
