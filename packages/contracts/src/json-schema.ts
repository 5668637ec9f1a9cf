import * as z from "zod";
import type { ErrorIssue } from "./errors.js";

/** A JSON Schema (2020-12) of a Zod schema. */
export type JsonSchema = z.core.JSONSchema.JSONSchema;

/** `input`: what a sender may write; `output`: what comes out of the schema. */
export type Direction = "input" | "output";

interface Conversion {
	schema: JsonSchema;
	/** Places in it that JSON Schema has no words for. */
	issues: ErrorIssue[];
}

/** Kinds that JSON Schema would say something about, but that can't travel in JSON. */
const noJson: ReadonlySet<string> = new Set(["file", "promise"]);

/**
 * The JSON Schema of a Zod schema.
 *
 * @param nameOf the name under which a schema stands in `$defs`, if it has one
 */
export function toJsonSchema(
	schema: z.ZodType,
	io: Direction,
	nameOf: (schema: z.core.$ZodType) => string | undefined = () => undefined,
): Conversion {
	const issues: ErrorIssue[] = [];
	const note = (path: readonly (string | number)[], message: string) => {
		issues.push({ path: toFieldPath(path), message });
	};
	const metadata = {
		get(found: z.core.$ZodType) {
			const id = nameOf(found);
			const { id: own, ...meta } = z.globalRegistry.get(found) ?? {};
			const name = id ?? own;
			return name === undefined ? meta : { ...meta, id: name };
		},
	};
	try {
		const { $schema: _, ...json } = z.toJSONSchema(schema, {
			io,
			// Zod only ever asks it for the metadata of a schema.
			metadata: metadata as unknown as typeof z.globalRegistry,
			unrepresentable: ({ path, message }) => {
				note(path, `${message.replace(/ in JSON Schema$/, " in JSON")}.`);
				return {};
			},
			override: ({ zodSchema, jsonSchema, path }) => {
				const { def } = zodSchema._zod as z.core.$ZodTypes["_zod"];
				if (noJson.has(def.type)) note(path, `A ${def.type} cannot be represented in JSON.`);
				// An answer has no other fields today; who reads it must not refuse one that comes later.
				const isOpen = def.type === "object" && def.catchall === undefined;
				if (isOpen && io === "output") delete jsonSchema.additionalProperties;
			},
		});
		return { schema: json, issues };
	} catch (error) {
		// A schema that refers to itself without an end, or two under one name.
		note([], error instanceof RangeError ? "This schema has no end." : messageOf(error));
		return { schema: {}, issues };
	}
}

function messageOf(error: unknown): string {
	return error instanceof Error ? error.message : String(error);
}

const keywords: ReadonlySet<string> = new Set(["properties", "anyOf", "oneOf", "allOf"]);

/** `["properties", "tags", "items", "properties", "at"]` is `tags[].at`. */
function toFieldPath(path: readonly (string | number)[]): string {
	let text = "";
	for (let index = 0; index < path.length; index++) {
		const part = String(path[index]);
		const next = path[index + 1];
		if (part === "properties" && next !== undefined) {
			text += text === "" ? next : `.${next}`;
			index++;
		} else if (keywords.has(part)) {
			// Which of the alternatives it is says nothing to whoever reads it.
			index++;
		} else {
			text += part === "items" ? "[]" : `.${part}`;
		}
	}
	return text.replace(/^\./, "");
}
