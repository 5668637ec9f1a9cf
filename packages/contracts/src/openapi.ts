import { refuse } from "./define-endpoints.js";
import type { Endpoint, Endpoints } from "./endpoint.js";
import { type EndpointNameParts, parseEndpointName } from "./endpoint-name.js";
import type { JsonSchema } from "./json-schema.js";
import { Components } from "./openapi/components.js";
import { describeOperation } from "./openapi/operation.js";

export type { JsonSchema } from "./json-schema.js";

export interface OpenApiOptions {
	/** Everything that is served: `endpoints`, `collectionEndpoints(collections)`, and your own. */
	endpoints: Endpoints;
	/** What the API is called. */
	title: string;
	/** The version of the API, not of OpenAPI: `1.0.0`. */
	version: string;
	/** What it is for, as Markdown. */
	description?: string;
	/** Where it is served; `/` without it. */
	servers?: readonly OpenApiServer[];
	/** The name of the cookie with the access token; `__Host-userdo_at`. */
	cookie?: string;
}

/** A place at which the API is served. */
export interface OpenApiServer {
	/** `https://api.example.com/v1`, or a path. */
	url: string;
	description?: string;
}

/** A document of OpenAPI 3.1. */
export interface OpenApiDocument {
	openapi: "3.1.1";
	info: { title: string; version: string; description?: string };
	servers: readonly OpenApiServer[];
	tags: readonly { name: string }[];
	paths: Record<string, Record<string, object>>;
	components: {
		schemas: Record<string, JsonSchema>;
		securitySchemes: Record<string, object>;
	};
}

/**
 * Describes endpoints as a document of OpenAPI 3.1.
 *
 * @throws UserDOError `misconfigured` naming the endpoint and the place that can't be expressed
 * @example
 * const document = toOpenApi({
 *   title: "Shop",
 *   version: "1.0.0",
 *   endpoints: { ...endpoints, ...collectionEndpoints(collections), ...shop },
 * });
 */
export function toOpenApi({
	endpoints,
	title,
	version,
	description,
	servers = [{ url: "/" }],
	cookie = "__Host-userdo_at",
}: OpenApiOptions): OpenApiDocument {
	const components = new Components();
	const paths: OpenApiDocument["paths"] = {};
	const tags = new Set<string>();
	/** Paths that differ in the names of their parameters alone are one to OpenAPI. */
	const templates = new Map<string, EndpointNameParts>();
	const ids = new Set<string>();
	for (const [name, endpoint] of Object.entries<Endpoint>(Object(endpoints))) {
		const parts = parseName(name);
		const first = templates.get(parts.shape) ?? parts;
		templates.set(parts.shape, first);
		const { params } = first;
		const template = first.path.replace(/:(\w+)/g, "{$1}");
		const methods = paths[template] ?? {};
		paths[template] = methods;
		const method = parts.method.toLowerCase();
		if (method in methods) refuse(name, [{ path: "", message: "Another one is the same." }]);
		const id = takeId(parts, ids);
		methods[method] = describeOperation({ name, parts, endpoint, id, params }, components);
		if (endpoint.tag !== undefined) tags.add(endpoint.tag);
	}
	const hasSessions = Object.values<Endpoint>(Object(endpoints)).some(({ auth }) => auth);
	const securitySchemes = hasSessions ? describeSecurity(cookie) : {};
	return {
		openapi: "3.1.1",
		info: { title, version, ...(description !== undefined && { description }) },
		servers,
		tags: [...tags].map((tag) => ({ name: tag })),
		paths,
		components: { schemas: components.schemas, securitySchemes },
	};
}

function parseName(name: string): EndpointNameParts {
	const parts = parseEndpointName(name);
	if (parts === undefined) refuse(name, [{ path: "", message: "It is no method and path." }]);
	return parts as EndpointNameParts;
}

/** `POST /api/posts/:id` is `postApiPostsById`. */
function takeId({ method, path }: EndpointNameParts, taken: Set<string>): string {
	const words = path.replace(/:(\w)/g, "by-$1").split(/[^a-z0-9]+/i);
	const pascal = words.filter(Boolean).map((word) => word.charAt(0).toUpperCase() + word.slice(1));
	const base = `${method.toLowerCase()}${pascal.join("")}`;
	let id = base;
	for (let count = 2; taken.has(id); count++) id = `${base}_${count}`;
	taken.add(id);
	return id;
}

function describeSecurity(cookie: string): Record<string, object> {
	return {
		cookie: {
			type: "apiKey",
			in: "cookie",
			name: cookie,
			description: "Set by signing in; a page's script can't read it.",
		},
		bearer: {
			type: "http",
			scheme: "bearer",
			bearerFormat: "JWT",
			description:
				"For clients without cookies: the `token` of a sign-in with the header `x-userdo-tokens: body`.",
		},
	};
}
