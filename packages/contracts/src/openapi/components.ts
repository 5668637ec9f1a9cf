import type * as z from "zod";
import { refuse } from "../define-endpoints.js";
import { type Direction, type JsonSchema, toJsonSchema } from "../json-schema.js";
import { once } from "../once.js";
import { getOperationResultSchema, getOperationSchema, getSnapshotSchema } from "../operations.js";
import { nameOfSchema } from "../schema-names.js";
import { getErrorSchema, getOkSchema, getSessionSchema, getUserSchema } from "../schemas.js";

const getKnown = once(
	(): ReadonlyMap<z.core.$ZodType, string> =>
		new Map<z.core.$ZodType, string>([
			[getErrorSchema(), "Error"],
			[getOkSchema(), "Ok"],
			[getOperationSchema(), "Operation"],
			[getOperationResultSchema(), "OperationResult"],
			[getSessionSchema(), "Session"],
			[getSnapshotSchema(), "Snapshot"],
			[getUserSchema(), "User"],
		]),
);

/** Where a schema stands, for the error of one that can't be. */
interface Place {
	endpoint: string;
	part: string;
	io: Direction;
}

/** The shared parts of a document: schemas under names, each once. */
export class Components {
	/** Without a prototype: a schema may be called `constructor`. */
	readonly schemas: Record<string, JsonSchema> = Object.create(null);
	/** The text of each schema as it was made, so that the same one is found again. */
	readonly #names = new Map<string, string>();

	/**
	 * The JSON Schema of a Zod schema, with references to the schemas of this document.
	 *
	 * @throws UserDOError `misconfigured` for a schema that can't be expressed
	 */
	convert(schema: z.ZodType, { endpoint, part, io }: Place): JsonSchema {
		const { schema: made, issues } = toJsonSchema(schema, io, nameOf);
		const places = issues.map(({ path, message }) => ({
			path: path === "" ? part : `${part}.${path}`,
			message,
		}));
		refuse(endpoint, places);
		const { $defs = {}, ...root } = made;
		// A schema without a name that refers to itself does so by `#`.
		const definitions: Definitions = refersToItself(made) ? { ...$defs, "": root } : $defs;
		const names = new Map<string, string>();
		for (const name of Object.keys(definitions)) {
			names.set(pointerTo(name), this.#take(name, textOf(name, definitions), io));
		}
		for (const [name, definition] of Object.entries(definitions)) {
			const taken = names.get(pointerTo(name)) as string;
			this.schemas[taken] ??= rename(definition, names);
		}
		const own = names.get("#");
		return own === undefined ? rename(root, names) : { $ref: referenceTo(own) };
	}

	/** What a reference stands for. */
	resolve(schema: JsonSchema): JsonSchema {
		const name = schema.$ref?.slice(referenceTo("").length);
		return (name !== undefined && this.schemas[name]) || schema;
	}

	/** The name of what has that content already, or one that is free. */
	#take(name: string, content: string, io: Direction): string {
		const wanted = name.replace(/^(__schema\d*)?$/, "Schema").replace(/:\d+$/, "");
		const base = wanted.replace(/[^\w.-]/g, "_");
		const found = this.#names.get(`${base} ${content}`);
		if (found !== undefined) return found;
		const taken = new Set(this.#names.values());
		let free = base;
		if (taken.has(free)) free = `${base}${io === "input" ? "Input" : "Output"}`;
		for (let count = 2; taken.has(free); count++) free = `${base}${count}`;
		this.#names.set(`${base} ${content}`, free);
		return free;
	}
}

type Definitions = Record<string, JsonSchema>;

const referenceTo = (name: string) => `#/components/schemas/${name}`;

const pointerTo = (name: string) =>
	name === "" ? "#" : `#/$defs/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`;

const refersToItself = (schema: JsonSchema) => referencesIn(schema).includes("#");

/** A definition and all that it refers to, as a text in which it has no name of its own. */
function textOf(name: string, definitions: Definitions): string {
	const found = new Set([name]);
	for (const part of found) {
		const references = referencesIn(definitions[part]);
		const others = Object.keys(definitions).filter((other) =>
			references.includes(pointerTo(other)),
		);
		for (const other of others) found.add(other);
	}
	const parts = [...found].map((part) => definitions[part]);
	return JSON.stringify(parts).replaceAll(JSON.stringify(pointerTo(name)), '"self"');
}

function referencesIn(schema: unknown): string[] {
	if (typeof schema !== "object" || schema === null) return [];
	return Object.entries(schema).flatMap(([key, value]) =>
		key === "$ref" && typeof value === "string" ? [value] : referencesIn(value),
	);
}

function rename<T>(schema: T, names: ReadonlyMap<string, string>): T {
	if (typeof schema !== "object" || schema === null) return schema;
	if (Array.isArray(schema)) return schema.map((part) => rename(part, names)) as T;
	const entries = Object.entries(schema).map(([key, value]) => {
		const name = key === "$ref" && typeof value === "string" ? names.get(value) : undefined;
		return [key, name === undefined ? rename(value, names) : referenceTo(name)];
	});
	return Object.fromEntries(entries);
}

function nameOf(schema: z.core.$ZodType): string | undefined {
	return getKnown().get(schema) ?? nameOfSchema(schema) ?? nameOfJson(schema);
}

const jsons = new WeakMap<z.core.$ZodType, string>();
let count = 0;

/** Each call of `z.json()` makes a schema of its own, and Zod wants one name for each. */
function nameOfJson(schema: z.core.$ZodType): string | undefined {
	if (!isJson(schema)) return undefined;
	const name = jsons.get(schema) ?? `Json:${++count}`;
	jsons.set(schema, name);
	return name;
}

function isJson(schema: z.core.$ZodType): boolean {
	const { def } = (schema as z.core.$ZodTypes)._zod;
	if (def.type !== "lazy") return false;
	const inner = (def.getter() as z.core.$ZodTypes)._zod.def;
	if (inner.type !== "union" || inner.options.length !== 6) return false;
	return inner.options.some(
		(option) => "element" in option._zod.def && option._zod.def.element === schema,
	);
}
