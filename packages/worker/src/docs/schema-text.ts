import type { JsonSchema } from "@userdo/contracts/openapi";

/** A JSON Schema in the words of TypeScript, which are shorter: `{ email: string; tags?: string[] }`. */
export function toText(schema: JsonSchema | boolean | undefined, indent = ""): string {
	if (typeof schema !== "object") return schema === false ? "never" : "unknown";
	if (schema.$ref !== undefined) return schema.$ref.slice(schema.$ref.lastIndexOf("/") + 1);
	if ("const" in schema) return JSON.stringify(schema.const);
	if (schema.enum !== undefined)
		return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
	const options = schema.anyOf ?? schema.oneOf;
	if (options !== undefined) return join(options, " | ", indent);
	if (schema.allOf !== undefined && schema.type === undefined) {
		return join(schema.allOf, " & ", indent);
	}
	if (Array.isArray(schema.type)) return schema.type.join(" | ");
	return toTypeText(schema, indent);
}

function toTypeText(schema: JsonSchema, indent: string): string {
	switch (schema.type) {
		case "object":
			return toObjectText(schema, indent);
		case "array": {
			const item = toText(schema.items as JsonSchema | undefined, indent);
			return /[ &|]/.test(item) && !item.endsWith("}") ? `(${item})[]` : `${item}[]`;
		}
		case "string":
			return schema.format === undefined ? "string" : `string (${schema.format})`;
		case undefined:
			return schema.not === undefined ? "unknown" : "never";
		default:
			return String(schema.type);
	}
}

function toObjectText(
	{ properties = {}, required, additionalProperties }: JsonSchema,
	indent: string,
) {
	const inner = `${indent}  `;
	const lines = Object.entries(properties).map(([name, property]) => {
		const mark = required?.includes(name) ? "" : "?";
		return `${inner}${/^[\w$]+$/.test(name) ? name : JSON.stringify(name)}${mark}: ${toText(property, inner)};`;
	});
	if (typeof additionalProperties === "object") {
		lines.push(`${inner}[name: string]: ${toText(additionalProperties, inner)};`);
	}
	return lines.length === 0 ? "{}" : `{\n${lines.join("\n")}\n${indent}}`;
}

function join(parts: readonly (JsonSchema | boolean)[], by: string, indent: string): string {
	return parts.map((part) => toText(part, indent)).join(by);
}
