import { type EndpointName, type EndpointResponse, endpoints, validate } from "@userdo/contracts";
import { UserDOError } from "@userdo/contracts/errors";
import type { Context, Hono } from "hono";
import type * as z from "zod";
import type { UserDOEnv } from "./context.js";
import { allowMethod, answer } from "./errors.js";
import { readJson } from "./json-body.js";
import { limits } from "./middleware/limits.js";

type Endpoints = typeof endpoints;

/** What a handler gets, as the endpoint's schemas give it back. */
interface EndpointInput<Name extends EndpointName> {
	params: Endpoints[Name] extends { params: infer Params extends z.ZodType }
		? z.output<Params>
		: undefined;
	body: Endpoints[Name] extends { body: infer Body extends z.ZodType } ? z.output<Body> : undefined;
	query: Endpoints[Name] extends { query: infer Query extends z.ZodType }
		? z.output<Query>
		: undefined;
}

interface EndpointOptions<Name extends EndpointName> {
	maxBytes: number;
	/** Runs before anything of the request is read; throws to refuse it. */
	before?: (c: Context<UserDOEnv>) => void | Promise<void>;
	handle: (
		c: Context<UserDOEnv>,
		input: EndpointInput<Name>,
	) => Promise<EndpointResponse<Name> | Response>;
}

/** Serves an endpoint of the contract: its path, method and schemas come from there alone. */
export function serveEndpoint<Name extends EndpointName>(
	app: Hono<UserDOEnv>,
	name: Name,
	{ maxBytes, before, handle }: EndpointOptions<Name>,
): void {
	const [method = "", path = ""] = name.split(" ");
	const schemas: { params?: z.ZodType; body?: z.ZodType; query?: z.ZodType; response?: z.ZodType } =
		endpoints[name];
	app.use(path, (c, next) => {
		allowMethod(c, method);
		return next();
	});
	app.on(method, path, limits({ maxBytes }), async (c) => {
		await before?.(c);
		const query = readQuery(c);
		const body = method === "GET" ? undefined : await readJson(c.req.raw, maxBytes);
		const input = {
			params: schemas.params && validate(schemas.params, c.req.param()),
			body: schemas.body && validateBody(c, schemas.body, body),
			query: schemas.query && validate(schemas.query, query),
		};
		const result = await handle(c, input as EndpointInput<Name>);
		return result instanceof Response ? result : answer(c, Object(result));
	});
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
function readQuery(c: Context): Record<string, string> {
	const pairs = [...new URL(c.req.url).searchParams];
	const names = pairs.map(([name]) => name);
	const twice = names.find((name, index) => names.indexOf(name) !== index);
	if (twice === undefined) return Object.fromEntries(pairs);
	throw new UserDOError("invalid_input", {
		issues: [{ path: twice, message: "This stands twice in the address." }],
	});
}
