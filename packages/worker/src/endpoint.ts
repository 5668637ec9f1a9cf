import { type EndpointName, type EndpointResponse, endpoints, validate } from "@userdo/contracts";
import { UserDOError } from "@userdo/contracts/errors";
import type { Context, Hono } from "hono";
import type * as z from "zod";
import type { UserDOEnv } from "./context.js";
import { answer } from "./errors.js";
import { readJson } from "./json-body.js";
import { allowMethod } from "./last-resort.js";
import { limits } from "./middleware/limits.js";

type Endpoints = typeof endpoints;

/** What a handler gets, as the endpoint's schemas give it back. */
interface EndpointInput<E> {
	params: E extends { params: infer Params extends z.ZodType } ? z.output<Params> : undefined;
	body: E extends { body: infer Body extends z.ZodType } ? z.output<Body> : undefined;
	query: E extends { query: infer Query extends z.ZodType } ? z.output<Query> : undefined;
}

interface EndpointOptions<Name extends EndpointName> {
	maxBytes: number;
	/** Runs before anything of the request is read; throws to refuse it. */
	before?: (c: Context<UserDOEnv>) => void | Promise<void>;
	handle: (
		c: Context<UserDOEnv>,
		input: EndpointInput<Endpoints[Name]>,
	) => Promise<EndpointResponse<Name> | Response>;
}

/** Serves an endpoint of the contract: its path, method and schemas come from there alone. */
export function serveEndpoint<Name extends EndpointName>(
	app: Hono<UserDOEnv>,
	name: Name,
	{ maxBytes, before, handle }: EndpointOptions<Name>,
): void {
	const [method = "", path = ""] = name.split(" ");
	app.use(path, (c, next) => {
		allowMethod(c, method);
		return next();
	});
	app.on(method, path, limits({ maxBytes }), async (c) => {
		await before?.(c);
		const input = await readInput<Endpoints[Name]>(c, endpoints[name], { maxBytes });
		const result = await handle(c, input);
		return result instanceof Response ? result : answer(c, Object(result));
	});
}

interface InputSchemas {
	params?: z.ZodType;
	query?: z.ZodType;
	body?: z.ZodType;
	response?: z.ZodType;
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
	const body = isRead ? undefined : await readJson(c.req.raw, maxBytes);
	const input = {
		params: schemas.params && validate(schemas.params, params ?? c.req.param()),
		body: schemas.body && validateBody(c, schemas.body, body),
		query: schemas.query && validate(schemas.query, query),
	};
	return input as EndpointInput<Schemas>;
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
	const pairs = [...new URL(c.req.url).searchParams];
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
