import type { $ZodType, $ZodTypes } from "zod/v4/core";
import type { Kind } from "./codecs.js";
import { type Column, innerOf } from "./columns.js";
import { toIsoTime } from "./iso-time.js";

type Fields = Record<string, unknown>;

/** What JSON has no value of its own for, so that it is text there. */
export type TextKind = "date" | "bigint";

export const isTextKind = (kind: Kind): kind is TextKind => kind === "date" || kind === "bigint";

/** As long as a bigint may be; of a longer text the parsing would take its time. */
const decimal = /^-?\d{1,9999}$/;
const isoTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)$/;

/** The value that JSON has as this text. What is no such text stays, to be refused by the schema. */
export function fromJson(kind: TextKind, value: unknown): unknown {
	if (typeof value !== "string") return value;
	if (kind === "bigint") return decimal.test(value) ? BigInt(value) : value;
	const date = new Date(value);
	const isTime = date.toJSON() === value || (isoTime.test(value) && isDay(value.slice(0, 10)));
	return isTime && !Number.isNaN(date.getTime()) ? date : value;
}

/** The engine takes 31 February for 3 March. */
function isDay(text: string): boolean {
	return new Date(`${text}T00:00Z`).toJSON()?.startsWith(text) ?? false;
}

/**
 * What the schema takes for a field, where JSON has text for it. Its input, which can be another
 * thing than what is stored: `z.date().transform(...)`, `z.iso.datetime().pipe(z.coerce.date())`.
 */
export function inputKind(schema: $ZodType): TextKind | undefined {
	const { def } = (schema as $ZodTypes)._zod;
	switch (def.type) {
		case "date":
		case "bigint":
			return def.type;
		case "literal":
			return def.values.every((value) => typeof value === "bigint") ? "bigint" : undefined;
		case "pipe":
			return inputKind(def.in);
		case "union": {
			const present = def.options.filter((option) => !isAbsence(option));
			const [first, ...others] = present.map(inputKind);
			return others.every((kind) => kind === first) ? first : undefined;
		}
		default: {
			const inner = innerOf(schema);
			return inner && inputKind(inner);
		}
	}
}

function isAbsence(schema: $ZodType): boolean {
	const { type } = (schema as $ZodTypes)._zod.def;
	return type === "null" || type === "undefined";
}

/** Makes of a row, which is the caller's own, what JSON makes of it. */
export function toJsonRow(columns: readonly Column[], row: Fields): Fields {
	for (const { field, kind } of columns) {
		const value = row[field];
		if (value instanceof Date) row[field] = toIsoTime(value.getTime());
		else if (typeof value === "bigint") row[field] = value.toString();
		else if (kind === "real" && !Number.isFinite(value) && value !== undefined) row[field] = null;
	}
	return row;
}
