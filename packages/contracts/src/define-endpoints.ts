import type * as z from "zod";
import type { Endpoint, Endpoints, Method } from "./endpoint.js";
import { type EndpointNameParts, parseEndpointName } from "./endpoint-name.js";
import { type ErrorIssue, errorCodes, UserDOError } from "./errors.js";
import { type Direction, toJsonSchema } from "./json-schema.js";

/**
 * Describes endpoints of your own once, for those who need them: the Worker, which serves them
 * (`endpointRoutes`), the documentation, and a client.
 *
 * @throws UserDOError `misconfigured` naming the endpoint and the place: for a name that is no method
 * and path, a body of a `GET`, parameters that the path does not have, and a schema for which
 * OpenAPI has no words, such as `z.date()` or `z.bigint()`: JSON has neither
 * @example
 * export const shop = defineEndpoints({
 *   "POST /api/orders/:id/pay": {
 *     summary: "Pay an order",
 *     auth: "session",
 *     params: z.object({ id: z.uuid() }),
 *     body: z.object({ cents: z.int().positive() }),
 *     responses: { 200: z.object({ paid: z.boolean() }) },
 *     errors: ["not_found", "conflict"],
 *   },
 * });
 */
export function defineEndpoints<const E extends Endpoints>(
	endpoints: E & {
		readonly [Name in keyof E]: Name extends `${Method} /${string}` ? unknown : never;
	},
): E {
	const seen = new Map<string, string>();
	for (const [name, endpoint] of Object.entries<Endpoint>(Object(endpoints))) {
		const parts = parseEndpointName(name);
		const issues = parts === undefined ? [nameIssue] : findIssues(parts, Object(endpoint));
		if (parts !== undefined) {
			const shape = `${parts.method} ${parts.shape}`;
			const twin = seen.get(shape);
			if (twin !== undefined) issues.push({ path: "", message: `It is the same as ${twin}.` });
			seen.set(shape, name);
		}
		refuse(name, issues);
	}
	return endpoints;
}

const nameIssue: ErrorIssue = {
	path: "",
	message:
		"The name is a method (GET, POST, PUT, PATCH or DELETE), a space and a path of segments such as /api/orders/:id.",
};

/** @throws UserDOError `misconfigured`, where there are issues */
export function refuse(name: string, issues: readonly ErrorIssue[]): void {
	const [first] = issues;
	if (first === undefined) return;
	const where = first.path === "" ? "" : ` (${first.path})`;
	throw new UserDOError("misconfigured", {
		message: `The endpoint ${name}${where} can't be: ${first.message}`,
		issues: issues.map(({ path, message }) => ({ path: `${name} ${path}`.trim(), message })),
	});
}

function findIssues(parts: EndpointNameParts, endpoint: Endpoint): ErrorIssue[] {
	const wrong = checkParts(endpoint);
	if (wrong.length > 0) return wrong;
	return [
		...checkAuth(endpoint),
		...checkBody(parts, endpoint),
		...checkParams(parts, endpoint),
		...checkTexts(endpoint, "query"),
		...checkResponses(endpoint),
		...checkErrors(endpoint),
	];
}

/** What only a compiler would see else, or where it could not look. */
function checkParts({ params, query, body, errors = [] }: Endpoint): ErrorIssue[] {
	const issues: ErrorIssue[] = [];
	const objects = { params, query };
	for (const [path, schema] of Object.entries(objects)) {
		if (schema === undefined || (isSchema(schema) && "shape" in schema)) continue;
		issues.push({ path, message: "It is a z.object()." });
	}
	if (body !== undefined && !isSchema(body)) {
		issues.push({ path: "body", message: "It is a schema." });
	}
	if (!Array.isArray(errors)) issues.push({ path: "errors", message: "It is a list of codes." });
	return issues;
}

/** A word misspelt would leave the door open. */
function checkAuth({ auth }: Endpoint): ErrorIssue[] {
	if (auth === undefined || auth === "session") return [];
	return [{ path: "auth", message: 'It is "session", or left out for everybody.' }];
}

function checkBody({ method }: EndpointNameParts, { body }: Endpoint): ErrorIssue[] {
	if (body === undefined) return [];
	if (method === "GET") return [{ path: "body", message: "A GET has no body." }];
	return checkSchema(body, "body", "input");
}

function checkParams({ params }: EndpointNameParts, endpoint: Endpoint): ErrorIssue[] {
	const described = Object.keys(endpoint.params?.shape ?? {});
	const twice = params.find((param, index) => params.indexOf(param) !== index);
	if (twice !== undefined) return [{ path: "", message: `:${twice} stands twice in the path.` }];
	const missing = params.find((param) => !described.includes(param));
	if (missing !== undefined) {
		return [{ path: `params.${missing}`, message: `The path has :${missing}, params has not.` }];
	}
	const left = described.find((param) => !params.includes(param));
	if (left !== undefined) {
		return [{ path: `params.${left}`, message: `params has ${left}, the path has no :${left}.` }];
	}
	return checkTexts(endpoint, "params");
}

/** What stands in an address is text. */
function checkTexts(endpoint: Endpoint, part: "params" | "query"): ErrorIssue[] {
	const schema = endpoint[part];
	if (schema === undefined) return [];
	const wrong = Object.entries<z.core.$ZodType>(schema.shape).filter(
		([, field]) => !takesText(field),
	);
	const issues = wrong.map(([field]) => ({
		path: `${part}.${field}`,
		message: "What stands in an address is text: z.coerce.number() or z.stringbool() take it.",
	}));
	return issues.length > 0 ? issues : checkSchema(schema, part, "input");
}

const isText = (value: unknown) => typeof value === "string";

const noTexts: ReadonlySet<string> = new Set(["number", "boolean", "object", "array", "record"]);

function takesText(schema: z.core.$ZodType): boolean {
	const { def } = (schema as z.core.$ZodTypes)._zod;
	if ("innerType" in def) return takesText(def.innerType);
	if (def.type === "literal") return def.values.some(isText);
	if (def.type === "enum") return Object.values(def.entries).some(isText);
	if (def.type === "union") return def.options.some(takesText);
	if (def.type === "pipe") return takesText(def.in);
	return ("coerce" in def && def.coerce === true) || !noTexts.has(def.type);
}

const statuses: ReadonlySet<string> = new Set(["101", "200", "201", "202", "204"]);

function checkResponses({ responses }: Endpoint): ErrorIssue[] {
	const entries = Object.entries(responses ?? {});
	if (entries.length === 0) {
		return [{ path: "responses", message: "There is no answer for when all went well." }];
	}
	return entries.flatMap(([status, response]) => {
		const path = `responses.${status}`;
		if (!statuses.has(status)) {
			return [
				{ path, message: `The statuses are ${[...statuses].join(", ")}; errors has the others.` },
			];
		}
		if (response === null) return [];
		if (status === "204" || status === "101") {
			return [{ path, message: `An answer with ${status} has no body: it is null.` }];
		}
		if (isSchema(response)) return checkSchema(response, path, "output");
		const isMedia = /^[\w.+-]+\/[\w.+-]+/.test(response?.contentType ?? "");
		return isMedia ? [] : [{ path, message: "It is a schema, null, or has a contentType." }];
	});
}

/** Not by its class: there may be two copies of Zod. */
export function isSchema(value: unknown): value is z.ZodType {
	return "_zod" in Object(value);
}

function checkErrors({ errors = [] }: Endpoint): ErrorIssue[] {
	const unknown = errors.filter((code) => (errorCodes[code]?.status ?? 0) === 0);
	return unknown.map((code) => ({ path: "errors", message: `No answer has the code ${code}.` }));
}

function checkSchema(schema: z.ZodType, place: string, io: Direction): ErrorIssue[] {
	return toJsonSchema(schema, io).issues.map(({ path, message }) => ({
		path: path === "" ? place : `${place}.${path}`,
		message,
	}));
}
