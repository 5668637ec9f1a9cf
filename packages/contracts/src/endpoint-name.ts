import type { Method } from "./endpoint.js";

/** What the name of an endpoint says. */
export interface EndpointNameParts {
	method: Method;
	path: string;
	/** The names of what stands in the path: `id` of `/api/posts/:id`. */
	params: string[];
	/** The path with the same mark for every parameter: two that are alike serve the same requests. */
	shape: string;
}

const namePattern = /^(GET|POST|PUT|PATCH|DELETE) (\/|(?:\/(?::[a-z_]\w*|[\w.~-]+))+)$/i;

/** The parts of `POST /api/posts/:id`; undefined for what is no such name. */
export function parseEndpointName(name: string): EndpointNameParts | undefined {
	const [, method, path] = namePattern.exec(name) ?? [];
	// Whoever sends such a request resolves the dots before.
	if (/\/\.{1,2}(\/|$)/.test(name)) return undefined;
	if (method === undefined || path === undefined || method !== method.toUpperCase())
		return undefined;
	const params = [...path.matchAll(/:(\w+)/g)].map(([, param = ""]) => param);
	return { method: method as Method, path, params, shape: path.replace(/:\w+/g, ":") };
}
