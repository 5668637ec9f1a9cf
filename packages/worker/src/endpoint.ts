import { type Endpoint, type Endpoints, isAsyncError, type SuccessStatus } from "@userdo/contracts";
import { type ErrorIssue, UserDOError } from "@userdo/contracts/errors";
import type { Context, Hono, MiddlewareHandler } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import * as z from "zod";
import { inBackground } from "./background.js";
import { getState, requireSession, type UserDOEnv } from "./context.js";
import { type EndpointInput, readInput } from "./endpoint-input.js";
import { answer, answerErrors, answerHeaders, runOwn } from "./errors.js";
import { allowMethod } from "./last-resort.js";
import { checkLength } from "./middleware/limits.js";
import { quiet } from "./quiet.js";
import { type EndpointAnswer, Reply } from "./reply.js";

interface EndpointOptions<E> {
	maxBytes: number;
	/** Whether `handle` is a developer's, who may set headers. */
	isOwn?: boolean;
	/** Runs before anything of the request is looked at; throws to refuse it. */
	before?: (c: Context<UserDOEnv>) => void | Promise<void>;
	handle: (
		c: Context<UserDOEnv>,
		input: EndpointInput<E>,
	) => EndpointAnswer<E> | Promise<EndpointAnswer<E>>;
}

/**
 * Serves an endpoint of a contract: its path, method and schemas, and whether it needs a session,
 * come from there alone.
 */
export function serveEndpoint<Contract extends Endpoints, Name extends keyof Contract & string>(
	app: Hono<UserDOEnv>,
	contract: Contract,
	name: Name,
	{ maxBytes, isOwn = false, before, handle }: EndpointOptions<Contract[Name]>,
): void {
	const [method = "", path = ""] = name.split(" ");
	const endpoint: Endpoint = Object(contract[name]);
	let usual: SuccessStatus | undefined;
	const run = async (c: Context<UserDOEnv>) => {
		await checkLength(c, maxBytes);
		await before?.(c);
		if (endpoint.auth === "session") requireSession(getState(c));
		const input = await readInput(c, endpoint, { maxBytes }).catch((error: unknown) => {
			throw explain(name, error);
		});
		const result = await runOwn<unknown>(() => handle(c, input as EndpointInput<Contract[Name]>));
		if (result instanceof Response) {
			return c.req.method === "HEAD" ? withoutBody(c, result) : result;
		}
		// Not before: its schemas are made when it is first asked for.
		usual ??= usualStatus(endpoint);
		const reply = result instanceof Reply ? result : new Reply(usual, result);
		return send(c, { name, responses: endpoint.responses }, reply);
	};
	const serve = (c: Context<UserDOEnv>) => answerErrors(c, () => run(c));
	app.on(method, path, isOwn ? serve : quiet(serve));
	// What came by POST is a DELETE by now where formRoutes() has read it out of a form.
	if (method === "DELETE") {
		app.post(path, (c, next) => (c.req.method === method ? serve(c) : next()));
	}
	// Last, since what is answered has no need of it.
	const taken = methodsOf(contract, path);
	const allow: MiddlewareHandler<UserDOEnv> = (c, next) => {
		if (!taken.has(c.req.method)) allowMethod(c, method);
		return next();
	};
	app.use(path, quiet(allow));
}

/** What the endpoints of a path take, each of which answers. */
function methodsOf(contract: Endpoints, path: string): ReadonlySet<string> {
	const names = Object.keys(contract).map((name) => name.split(" "));
	return new Set(names.flatMap(([method = "", other]) => (other === path ? [method] : [])));
}

/** Nobody reads the body: a stream would wait for that for ever. */
async function withoutBody(c: Context, response: Response): Promise<Response> {
	const { body } = response;
	if (body === null) return response;
	await inBackground(c, () => body.cancel());
	return new Response(null, response);
}

/** Zod tells that a schema is asynchronous when it is used. */
function explain(name: string, error: unknown): unknown {
	if (!isAsyncError(error)) return error;
	const message = "A schema of an endpoint can't be asynchronous.";
	return new UserDOError("misconfigured", { message, issues: [{ path: name, message }] });
}

/**
 * Sends what the endpoint's schema makes of a result: nothing that it does not name gets out.
 *
 * @throws UserDOError `internal_error` for what does not fit; its issues are for the log
 */
function send(
	c: Context,
	{ name, responses }: Pick<Endpoint, "responses"> & { name: string },
	{ status, body }: Reply,
): Response {
	const schema = responses[status];
	if (schema === null && body === undefined) return c.newResponse(null, status, answerHeaders);
	if (schema && "_zod" in schema) {
		const { success, data, error } = parse(name, schema, body);
		if (success) return answer(c, data, status as ContentfulStatusCode);
		throw misfit(error.issues.map(describe));
	}
	throw misfit([{ path: "", message: `The contract has no such answer with ${status}.` }]);
}

function parse(name: string, schema: z.ZodType, body: unknown) {
	try {
		return z.safeParse(schema, body);
	} catch (error) {
		throw explain(name, error);
	}
}

function usualStatus({ responses }: Endpoint): SuccessStatus {
	const [first = 200] = Object.keys(responses).map(Number);
	return (200 in responses ? 200 : first) as SuccessStatus;
}

/**
 * Where, and what should stand there. Zod's messages may quote a key, and those of a developer's own
 * anything; a key of a record may be what a person has typed.
 */
function describe({ code, path, ...issue }: z.core.$ZodIssue): ErrorIssue {
	const { expected, format, values } = issue as Partial<Record<string, unknown>>;
	const wanted = expected ?? format ?? (Array.isArray(values) ? values.join(" | ") : undefined);
	const isName = (part: PropertyKey) => /^(\d+|[a-z]\w{0,31})$/i.test(String(part));
	return {
		path: path.map((part) => (isName(part) ? String(part) : "*")).join("."),
		message: wanted === undefined ? code : `${code}: ${wanted}`,
	};
}

function misfit(issues: readonly ErrorIssue[]): UserDOError {
	return new UserDOError("internal_error", {
		message: "An answer is not as its contract says.",
		issues,
	});
}
