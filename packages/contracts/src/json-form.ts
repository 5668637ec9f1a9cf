import * as z from "zod";
import { type Direction, toJsonSchema } from "./json-schema.js";
import { once } from "./once.js";

/**
 * What `toISOString()` gives. Years before 0 and after 9999 have a sign and six digits there (ECMA-262
 * section 21.4.1.32), which RFC 3339 does not know.
 */
const getTimeSchema = /* @__PURE__ */ once(() =>
	z
		.string()
		.regex(/^(\d{4}|[+-]\d{6})-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
		.meta({ format: "date-time" }),
);

/**
 * The schema of what JSON makes of a field of a row: dates and bigints are texts. `output` is for
 * what comes out of the field's schema, `input` for what goes in.
 */
export function toJsonForm(schema: z.core.$ZodType, io: Direction): z.core.$ZodType {
	const { def } = (schema as z.core.$ZodTypes)._zod;
	const form = (inner: z.core.$ZodType) => toJsonForm(inner, io);
	switch (def.type) {
		case "date":
			return io === "output" ? getTimeSchema() : z.iso.datetime({ offset: true });
		case "bigint":
			return z.string().regex(/^-?\d+$/);
		case "literal":
			return z.literal(def.values.map((value) => (typeof value === "bigint" ? `${value}` : value)));
		case "pipe":
			return form(io === "input" ? def.in : def.out);
		case "lazy":
			return form(def.getter());
		case "default":
		case "prefault":
		case "catch":
			return io === "input" ? z.optional(form(def.innerType)) : form(def.innerType);
		case "optional":
			return z.optional(form(def.innerType));
		case "nullable":
			return z.nullable(form(def.innerType));
		case "nonoptional":
			return z.nonoptional(form(def.innerType));
		case "readonly":
			return form(def.innerType);
		case "union":
			return formOptions(schema, def.options, form);
		default:
			// What JSON can't hold, such as a transform deep in it, is stored as whatever JSON it makes.
			return toJsonSchema(schema as z.ZodType, io).issues.length === 0 ? schema : z.json();
	}
}

/** A union stays what it is, perhaps a discriminated one, where none of its options is changed. */
function formOptions(
	schema: z.core.$ZodType,
	options: readonly z.core.$ZodType[],
	form: (option: z.core.$ZodType) => z.core.$ZodType,
): z.core.$ZodType {
	const formed = options.map(form);
	return formed.every((option, index) => option === options[index]) ? schema : z.union(formed);
}
