import { validate } from "@userdo/contracts";
import { UserDOError } from "@userdo/contracts/errors";
import type { Context } from "hono";
import type * as z from "zod";
import { readJson } from "./json-body.js";

/** What a handler gets, as the endpoint's schemas give it back; undefined for what it does not take. */
export interface EndpointInput<E> {
	params: E extends { params: infer Params extends z.ZodType } ? z.output<Params> : undefined;
	body: E extends { body: infer Body extends z.ZodType } ? z.output<Body> : undefined;
	query: E extends { query: infer Query extends z.ZodType } ? z.output<Query> : undefined;
}

interface InputSchemas {
	params?: z.ZodType;
	query?: z.ZodType;
	body?: z.ZodType;
}

interface InputOptions {
	maxBytes: number;
	/** What stands in the path, where it is not that of the route that runs. */
	params?: Record<string, string>;
	/** The only parameters that the query string may have; any, where it is absent. */
	parameters?: readonly string[];
}

/**
 * What a request says, by these schemas.
 *
 * @throws UserDOError `invalid_input`, and as `readJson` does
 */
export async function readInput<Schemas extends InputSchemas>(
	c: Context,
	schemas: Schemas,
	{ maxBytes, params, parameters }: InputOptions,
): Promise<EndpointInput<Schemas>> {
	const query = readQuery(c, parameters);
	const isRead = c.req.method === "GET" || c.req.method === "HEAD";
	const body = isRead ? undefined : await readJson(c.req, maxBytes);
	const input = {
		params: schemas.params && validate(schemas.params, params ?? readParams(c, schemas.params)),
		body: schemas.body && validateBody(c, schemas.body, body),
		query: schemas.query && validate(schemas.query, query),
	};
	return input as EndpointInput<Schemas>;
}

/** Those of the endpoint's own path: the path at which the app is mounted may have some, too. */
function readParams(c: Context, schema: z.ZodType): Record<string, string> {
	const all = c.req.param();
	const names = "shape" in schema ? Object.keys(Object(schema.shape)) : Object.keys(all);
	return Object.fromEntries(Object.entries(all).filter(([name]) => names.includes(name)));
}

/** An empty body will do where nothing in it is required. */
function validateBody(c: Context, schema: z.ZodType, body: unknown): unknown {
	if (body !== undefined) return validate(schema, body);
	const { success, data } = schema.safeParse({});
	if (success) return data;
	const hasType = c.req.header("content-type") !== undefined;
	throw new UserDOError(hasType ? "invalid_json" : "unsupported_media_type");
}

/** Readers disagree on which of two values of one name counts, so there must not be two. */
function readQuery(c: Context, known?: readonly string[]): Record<string, string> {
	// Most requests have none, and to parse an address takes a while.
	const [, query] = /\?([^#]*)/.exec(c.req.url) ?? [];
	if (query === undefined) return {};
	const pairs = [...new URLSearchParams(query)];
	const names = pairs.map(([name]) => name);
	const twice = names.find((name, index) => names.indexOf(name) !== index);
	if (twice !== undefined) throw refuse(twice, "This stands twice in the address.");
	const unknown = known && names.find((name) => !known.includes(name));
	if (unknown !== undefined) throw refuse(unknown, "There is no such parameter.");
	return Object.fromEntries(pairs);
}

function refuse(parameter: string, message: string): UserDOError {
	// An address of a person stands in no error, whoever has sent it.
	const path = parameter.includes("@") ? "query" : parameter;
	return new UserDOError("invalid_input", { issues: [{ path, message }] });
}
