import type * as z from "zod";
import { isSchema } from "../define-endpoints.js";
import type { Endpoint } from "../endpoint.js";
import type { EndpointNameParts } from "../endpoint-name.js";
import { errorsOf } from "../errors-of.js";
import type { JsonSchema } from "../json-schema.js";
import { getErrorSchema } from "../schemas.js";
import type { Components } from "./components.js";
import { describeRefusals } from "./refusals.js";

interface Operation {
	name: string;
	parts: EndpointNameParts;
	endpoint: Endpoint;
	id: string;
	/** What the document calls the parameters of the path, in their order. */
	params: readonly string[];
}

/** An endpoint as an Operation Object. */
export function describeOperation(operation: Operation, components: Components): object {
	const { name, endpoint, id } = operation;
	const { summary, description, tag, auth, body } = endpoint;
	const place = { endpoint: name, io: "output" } as const;
	const error = components.convert(getErrorSchema(), { ...place, part: "errors" });
	const parameters = describeParameters(operation, components);
	return {
		operationId: id,
		...(tag !== undefined && { tags: [tag] }),
		summary: summary || name,
		...(description !== undefined && { description }),
		security: auth === "session" ? [{ cookie: [] }, { bearer: [] }] : [],
		...(parameters.length > 0 && { parameters }),
		...(body && { requestBody: describeBody(name, body, components) }),
		responses: {
			...describeResponses(operation, components),
			...describeRefusals(errorsOf(name, endpoint), error),
		},
	};
}

function describeParameters(
	{ name, parts, endpoint, params }: Operation,
	components: Components,
): object[] {
	const { headers = {}, query, params: inPath } = endpoint;
	const convert = (part: "params" | "query", schema: z.ZodObject | undefined) =>
		schema && components.convert(schema, { endpoint: name, part, io: "input" });
	const path = listProperties(convert("params", inPath)).map(({ name: own, ...rest }) => {
		const place = parts.params.indexOf(own);
		return { ...rest, name: params[place] ?? own, in: "path", required: true };
	});
	const fromQuery = listProperties(convert("query", query)).map((parameter) => ({
		...parameter,
		in: "query",
	}));
	const fromHeaders = Object.entries(headers).map(([header, description]) => ({
		name: header,
		in: "header",
		description,
		schema: { type: "string" },
	}));
	return [...path, ...fromQuery, ...fromHeaders];
}

function listProperties(schema: JsonSchema = {}) {
	const { properties = {}, required = [] } = schema;
	return Object.entries(properties).map(([name, property]) => {
		const { description, ...rest } = Object(property) as JsonSchema;
		return {
			name,
			...(description !== undefined && { description }),
			...(required.includes(name) && { required: true }),
			schema: rest,
		};
	});
}

function describeBody(endpoint: string, body: z.ZodType, components: Components): object {
	const schema = components.convert(body, { endpoint, part: "body", io: "input" });
	const { type, required = [] } = components.resolve(schema);
	return {
		// An empty body stands for an empty object, where nothing in it is required.
		required: type !== "object" || required.length > 0,
		content: { "application/json": { schema } },
	};
}

function describeResponses(
	{ name, endpoint }: Operation,
	components: Components,
): Record<string, object> {
	return Object.fromEntries(
		Object.entries(endpoint.responses).map(([status, response]) => {
			const description = descriptions[status] ?? "Done.";
			if (response === null || response === undefined) return [status, { description }];
			if (!isSchema(response)) {
				return [status, { description, content: { [response.contentType]: {} } }];
			}
			const part = `responses.${status}`;
			const schema = components.convert(response, { endpoint: name, part, io: "output" });
			return [status, { description, content: { "application/json": { schema } } }];
		}),
	);
}

const descriptions: Record<string, string> = {
	101: "The connection is a WebSocket from here on.",
	201: "Created.",
	202: "Accepted: the rest follows.",
	204: "Done; there is nothing to tell.",
};
