import type * as z from "zod";

const names = new WeakMap<z.core.$ZodType, string>();

/** Gives a schema the name under which documentation shows it. Zod's own registry keeps what it has. */
export function nameSchema<S extends z.core.$ZodType>(schema: S, name: string): S {
	names.set(schema, name);
	return schema;
}

/** What {@link nameSchema} has said. */
export function nameOfSchema(schema: z.core.$ZodType): string | undefined {
	return names.get(schema);
}
