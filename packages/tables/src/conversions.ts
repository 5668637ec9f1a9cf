import type { Kind } from "./codecs.js";

const nines = "'999999999999999999'";

/**
 * SQL of a stored value as another kind; `undefined` where it can stay as it is. Nothing is cast: a
 * STRICT column takes what it can keep, and refuses the rest, where CAST would make 0 of it.
 */
export function conversion(from: Kind, to: Kind, column: string): string | undefined {
	const plain = toPlain(from, column);
	switch (to) {
		case "text":
			return toText(from, plain);
		case "integer":
		case "real":
			return isInteger(from) && to === "integer" ? undefined : plain;
		case "boolean":
			if (from === "text")
				return `CASE ${plain} WHEN 'true' THEN 1 WHEN 'false' THEN 0 ELSE ${plain} END`;
			return from === "json" || from === "bigint" ? plain : `${plain} <> 0`;
		case "date":
			if (isInteger(from)) return undefined;
			if (from === "real" || from === "bigint") return plain;
			return `ifnull(CAST(round(unixepoch(${plain}, 'subsec') * 1000) AS INTEGER), ${plain})`;
		case "bigint":
			return toBigInt(from === "real" ? ifWhole(plain) : plain);
		case "json":
			return from === "boolean" ? toText(from, plain) : `json_quote(${toText(from, plain)})`;
	}
}

function isInteger(kind: Kind): boolean {
	return kind === "integer" || kind === "boolean" || kind === "date";
}

/** A number or text of it: the layer's own texts are for itself alone. */
function toPlain(kind: Kind, column: string): string {
	if (kind === "json") return `${column} ->> '$'`;
	if (kind !== "bigint") return column;
	const negative = `substr(${column}, 6) - substr(${nines}, 1, length(${column}) - 5)`;
	// SQLite has no integers of more digits; json() of what is none fails.
	const short = `iif(length(${column}) < 24, ${negative}, json('-' || ${column}))`;
	return `iif(${column} < '1', ${short}, substr(${column}, 6))`;
}

function toText(kind: Kind, plain: string): string {
	if (kind === "boolean") return `iif(${plain}, 'true', 'false')`;
	if (kind !== "date") return plain;
	return `ifnull(strftime('%Y-%m-%dT%H:%M:%fZ', ${plain} / 1000.0, 'unixepoch'), ${plain})`;
}

function ifWhole(value: string): string {
	const whole = `CAST(${value} AS INTEGER)`;
	return `iif(${whole} = ${value}, ${whole}, ${value})`;
}

/** What `encodeBigInt` makes of it; of what is none, a text that is found to be wrong. */
function toBigInt(value: string): string {
	const negative = `printf('0%04d%0*d', 10000 - length(n), length(n) - 1, substr(${nines}, 1, length(n) - 1) + n)`;
	const positive = "printf('1%04d%s', length(n), n)";
	return `(SELECT iif(n LIKE '-%', ${negative}, ${positive}) FROM (SELECT ${value} AS n))`;
}
