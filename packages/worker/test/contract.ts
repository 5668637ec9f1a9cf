import {
	type Collections,
	collectionEndpoints,
	type Endpoint,
	type ErrorBody,
	ErrorSchema,
	endpoints,
	errorCodes,
	errorsOf,
} from "@userdo/contracts";
import { HonoBase } from "hono/hono-base";
import { expect } from "vitest";
import * as z from "zod";

type Contract = Readonly<Record<string, Endpoint>>;

const contracts = new WeakMap<object, Contract>();

/** Has the answers of this app's collections checked, too. */
export function serveCollections<A extends object>(app: A, collections: Collections = {}): A {
	contracts.set(app, { ...endpoints, ...collectionEndpoints(collections) });
	return app;
}

/** Refusals that come before anybody knows which endpoint it is, or because there is none. */
const ofNoEndpoint: ReadonlySet<string> = new Set(["not_found", "method_not_allowed"]);

/** Each answer to a request of a known endpoint is one that its contract names. */
export async function expectContract(
	app: object,
	request: Request,
	response: Response,
): Promise<void> {
	const contract: Contract = contracts.get(app) ?? endpoints;
	const name = findName(contract, request);
	const endpoint = name && contract[name];
	if (!endpoint || request.method === "HEAD" || isOwnRoute(app, name, request)) return;
	const { status } = response;
	if (status === 303) {
		// What a form gets, which no contract describes.
		expect(request.headers.get("content-type"), name).toMatch(/^(application\/x-www|multipart\/)/);
		expect(response.headers.get("location"), name).toMatch(/^\//);
		return;
	}
	if (status >= 400) {
		const codes = new Set<string>(errorsOf(name, endpoint));
		// Whatever the path, an upgrade of another site's page is refused.
		if (request.headers.has("upgrade")) codes.add("cross_site");
		return expectRefusal(name, codes, response.clone());
	}
	const schema = endpoint.responses[status as keyof Endpoint["responses"]];
	expect(schema, `${name} has an answer with ${status}`).toBeDefined();
	if (schema === null || schema === undefined) {
		expect(response.body, name).toBeNull();
	} else if ("_zod" in schema) {
		const body: unknown = await response.clone().json();
		const { data, error } = z.safeParse(schema, body);
		expect(error?.issues, name).toBeUndefined();
		// No field that the schema does not name: it would have dropped it.
		expect(data, name).toEqual(body);
	} else {
		expect(response.headers.get("content-type"), name).toBe(schema.contentType);
	}
}

async function expectRefusal(
	name: string,
	codes: ReadonlySet<string>,
	response: Response,
): Promise<void> {
	const body = (await response.json()) as ErrorBody;
	expect(z.safeParse(z.strictObject(ErrorSchema.shape), body).error?.issues, name).toBeUndefined();
	const { code } = body;
	expect(response.status, name).toBe(errorCodes[code].status);
	const after = body.retryAfter === undefined ? null : String(Math.ceil(body.retryAfter));
	expect(response.headers.get("retry-after"), name).toBe(after);
	if (ofNoEndpoint.has(code)) return;
	expect([...codes], `${name} may refuse with ${code}`).toContain(code);
}

/** A route of the developer's own wins over a collection, and answers as it likes. */
function isOwnRoute(app: object, name: string, request: Request): boolean {
	if (name in endpoints || !(app instanceof HonoBase)) return false;
	const { pathname } = new URL(request.url);
	return app.routes.some(({ method, path }) => method === request.method && path === pathname);
}

function findName(contract: Contract, request: Request): string | undefined {
	const { pathname } = new URL(request.url);
	return Object.keys(contract).find((name) => {
		const [method, path = ""] = name.split(" ");
		const pattern = new RegExp(`^${path.replace(/:\w+/g, "[^/]+")}$`);
		return method === request.method && pattern.test(pathname);
	});
}
