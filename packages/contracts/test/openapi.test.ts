import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import {
	collectionEndpoints,
	defineCollections,
	defineEndpoints,
	type Endpoint,
	type Endpoints,
	endpoints,
	errorCodes,
	errorsOf,
	isUserDOError,
	meEndpoints,
} from "../src/index.js";
import { type OpenApiDocument, toOpenApi } from "../src/openapi.js";
import { lint } from "./openapi.js";

const info = { title: "Test", version: "1.0.0" };
const collections = defineCollections({
	posts: {
		schema: z.object({
			title: z.string().min(1).max(200),
			views: z.bigint().default(0n),
			publishedAt: z.date().optional(),
			tags: z.array(z.string()).default([]),
			mood: z.union([z.literal(1n), z.null(), z.date()]),
			author: z.object({ name: z.string() }).optional(),
			shout: z.string().transform((text) => text.toUpperCase()),
		}),
		expose: "write",
	},
	reports: { schema: z.object({ createdAt: z.string(), text: z.string() }), expose: "read" },
	secrets: { schema: z.object({ text: z.string() }) },
});

interface Operation {
	operationId: string;
	parameters?: { name: string; in: string; required?: boolean; schema: object }[];
	security: object[];
	requestBody?: { required: boolean };
	responses: Record<string, { description: string; headers?: object; content?: object }>;
}

function operationOf(document: OpenApiDocument, path: string, method: string): Operation {
	return document.paths[path]?.[method] as Operation;
}

describe("the document", () => {
	const document = toOpenApi({ ...info, endpoints });

	it("is valid and has every endpoint", async () => {
		expect(await lint(document)).toEqual([]);
		const described = Object.entries(document.paths).flatMap(([path, methods]) =>
			Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
		);
		const named = Object.keys(endpoints).map((name) => name.replace(/:(\w+)/g, "{$1}"));
		expect(described.sort()).toEqual(named.sort());
	});

	it("would not be valid with a mistake in it", async () => {
		const broken = structuredClone(document) as { paths: Record<string, unknown> };
		const operationId = operationOf(document, "/api/login", "post").operationId;
		const schema = { $ref: "#/components/schemas/Nobody" };
		const content = { "application/json": { schema } };
		broken.paths["/api/{thing}"] = {
			get: { operationId, summary: "x", security: [], responses: { 200: { content } } },
		};
		expect(await lint(broken as OpenApiDocument)).toEqual([
			expect.stringContaining("operation-operationId-unique"),
			expect.stringContaining("The field `description` must be present"),
			expect.stringContaining("no-unresolved-refs"),
			expect.stringContaining("path-parameters-defined"),
		]);
	});

	it("holds shared schemas once", () => {
		const { schemas } = document.components;
		const names = ["Error", "Json", "Ok", "Operation", "OperationResult", "Session", "Snapshot"];
		expect(Object.keys(schemas).sort()).toEqual([...names, "User"]);
		expect(JSON.stringify(operationOf(document, "/api/me", "get"))).toContain(
			'"user":{"$ref":"#/components/schemas/User"}',
		);
	});

	it("names every code that may come, by status", () => {
		for (const [name, endpoint] of Object.entries<Endpoint>(endpoints)) {
			const [method = "", path = ""] = name.toLowerCase().split(" ");
			const template = path.replace(/:(\w+)/g, "{$1}");
			const { responses } = operationOf(document, template, method);
			for (const code of errorsOf(name, endpoint)) {
				expect(responses[errorCodes[code].status]?.description, name).toContain(`\`${code}\``);
			}
		}
	});

	it("says what goes along with a request and an answer", () => {
		const signup = operationOf(document, "/api/signup", "post");
		expect(signup.security).toEqual([]);
		expect(signup.requestBody?.required).toBe(true);
		expect(signup.parameters?.map(({ name }) => name)).toEqual(["x-userdo-tokens"]);
		expect(signup.responses[429]?.headers).toHaveProperty("Retry-After");
		expect(operationOf(document, "/api/refresh", "post").requestBody?.required).toBe(false);
		expect(operationOf(document, "/api/me", "get").security).toEqual([
			{ cookie: [] },
			{ bearer: [] },
		]);
		const { parameters, responses } = operationOf(document, "/api/ws", "get");
		expect(parameters?.map((parameter) => parameter.in)).toEqual(["query", "query", "query"]);
		expect(Object.keys(responses)).toEqual(expect.arrayContaining(["101", "426"]));
		const exported = operationOf(document, "/api/export", "get");
		expect(exported.responses[200]?.content).toHaveProperty("application/jsonl");
	});

	it("does not close answers to fields that come later", () => {
		expect(JSON.stringify(document)).not.toContain('"additionalProperties":false');
	});

	it("takes other servers, texts and cookies", async () => {
		const servers = [{ url: "https://api.acme.dev/v1", description: "Production" }];
		const options = { ...info, description: "A shop.", servers, cookie: "userdo_at" };
		const other = toOpenApi({ ...options, endpoints: meEndpoints });
		expect(other).toMatchObject({ info: { description: "A shop." }, servers });
		expect(other.components.securitySchemes.cookie).toMatchObject({ name: "userdo_at" });
		expect(await lint(other)).toEqual([]);
	});
});

describe("the document of collections", () => {
	const document = toOpenApi({ ...info, endpoints: collectionEndpoints(collections) });
	const { schemas } = document.components;

	it("is valid and has what is exposed", async () => {
		expect(await lint(document)).toEqual([]);
		expect(
			Object.entries(document.paths).map(([path, methods]) => [path, ...Object.keys(methods)]),
		).toEqual([
			["/api/posts", "get", "post", "put"],
			["/api/posts/{id}", "get", "patch", "delete"],
			["/api/reports", "get"],
			["/api/reports/{id}", "get"],
		]);
	});

	it("shows rows as JSON has them", () => {
		expect(schemas.posts?.properties).toMatchObject({
			id: { type: "string" },
			createdAt: { type: "string", format: "date-time" },
			title: { type: "string", maxLength: 200 },
			views: { type: "string", pattern: "^-?\\d+$" },
			publishedAt: { type: "string", format: "date-time" },
			mood: { anyOf: [{ const: "1" }, { type: "null" }, { format: "date-time" }] },
			shout: { $ref: "#/components/schemas/Json" },
		});
		expect(schemas.posts?.required).not.toContain("publishedAt");
		expect(schemas.posts?.required).toEqual(expect.arrayContaining(["views", "tags", "id"]));
		expect(schemas.reports?.properties?.createdAt).toEqual({ type: "string" });
	});

	it("asks for what a row is made of", () => {
		expect(schemas.postsData?.required).toEqual(["title", "mood", "shout"]);
		expect(schemas.postsData?.properties?.shout).toEqual({ type: "string" });
		expect(schemas.postsPatch?.required).toBeUndefined();
		expect(schemas.postsPatch?.properties?.author).toMatchObject({
			anyOf: [{ type: "object" }, { type: "null" }],
		});
		expect(schemas.postsPatch?.properties?.title).toMatchObject({ type: "string" });
	});
});

describe("paths that differ in a parameter's name alone", () => {
	it("are one, whatever each method calls it", async () => {
		const Empty = { 204: null };
		const document = toOpenApi({
			...info,
			endpoints: {
				"GET /a/:one/b/:two": {
					params: z.object({ one: z.string(), two: z.uuid() }),
					responses: Empty,
				},
				"PUT /a/:x/b/:one": {
					params: z.object({ one: z.uuid(), x: z.string() }),
					responses: Empty,
				},
			},
		});
		expect(await lint(document)).toEqual([]);
		expect(Object.keys(document.paths)).toEqual(["/a/{one}/b/{two}"]);
		const { parameters = [] } = operationOf(document, "/a/{one}/b/{two}", "put");
		expect(parameters.map(({ name, schema }) => [name, "format" in schema])).toEqual([
			["two", true],
			["one", false],
		]);
	});

	it("are refused where the method is the same, too", () => {
		const params = z.object({ a: z.string() });
		const endpoint = { params, responses: { 204: null } };
		const twins = { "GET /x/:a": endpoint, "GET /x/:b": endpoint };
		expect(() => toOpenApi({ ...info, endpoints: twins })).toThrow("The endpoint GET /x/:b");
	});
});

describe("schemas in the document", () => {
	const of = (body: z.ZodType) =>
		toOpenApi({ ...info, endpoints: { "POST /x": { body, responses: { 200: body } } } });

	it("refer to themselves and to each other", async () => {
		interface Tree {
			leaf: unknown;
			branches: Tree[];
		}
		const Tree: z.ZodType<Tree> = z.object({
			leaf: z.json(),
			get branches() {
				return z.array(Tree);
			},
		});
		expect(await lint(of(Tree))).toEqual([]);
		expect(await lint(of(z.object({ a: Tree, b: Tree.optional(), c: z.json() })))).toEqual([]);
		const named = of(z.object({ tree: Tree.meta({ id: "tree/of ~life" }) }));
		expect(await lint(named)).toEqual([]);
		expect(Object.keys(named.components.schemas)).toContain("tree_of__life");
	});

	it.each(["constructor", "toString", "__proto__"])("may be called %s", async (name) => {
		const document = of(z.array(z.object({ a: z.string() }).meta({ id: name })));
		expect(await lint(document)).toEqual([]);
		expect(Object.keys(document.components.schemas)).toContain(name);
	});

	it("keep apart what goes in and what comes out under one name", async () => {
		const Named = z.object({ size: z.string().default("m") }).meta({ id: "Size" });
		const document = of(z.array(Named));
		expect(await lint(document)).toEqual([]);
		expect(document.components.schemas.Size?.required).toBeUndefined();
		expect(document.components.schemas.SizeOutput?.required).toEqual(["size"]);
	});

	it("must be possible", () => {
		const run = () => of(z.object({ at: z.array(z.date()) }));
		expect(run).toThrow("The endpoint POST /x (body.at[]) can't be");
	});
});

const text = fc.constantFrom("a", "b-c", "d.e", "f_g", "h~i");
// Not "constructor": Zod 4.6 finds that in every object when it merges intersections.
const field = fc.constantFrom("id", "name", "$ref", "type", "a b", "ä", "_");
const leaf = fc.constantFrom<z.ZodType>(
	z.string().min(1).max(9),
	z.email(),
	z.iso.datetime(),
	z.iso.date(),
	z.uuid(),
	z.url(),
	z.base64(),
	z.int().min(3),
	z.number().gt(1).multipleOf(0.5),
	z.boolean(),
	z.null(),
	z.any(),
	z.unknown(),
	z.never(),
	z.json(),
	z.enum(["x", "y"]),
	z.literal(["x", 1, null]),
	z.templateLiteral(["v", z.number()]),
	z.string().regex(/^\p{L}+$/u),
	z.string().transform(String).pipe(z.string()),
	z.stringbool().pipe(z.boolean()),
	z.string().default("x"),
	z.string().meta({ id: "Name", description: "A name", examples: ["Ada"] }),
);
const { schema } = fc.letrec<{ schema: z.ZodType }>((tie) => ({
	schema: fc.oneof(
		{ depthSize: "small", withCrossShrink: true },
		leaf,
		fc.dictionary(field, tie("schema"), { maxKeys: 3 }).map((shape) => z.object(shape)),
		fc.dictionary(field, tie("schema"), { maxKeys: 3 }).map((shape) => z.strictObject(shape)),
		fc.dictionary(field, tie("schema"), { maxKeys: 3 }).map((shape) => z.looseObject(shape)),
		tie("schema").map((inner) => z.array(inner).max(4)),
		tie("schema").map((inner) => inner.optional()),
		tie("schema").map((inner) => inner.nullable().readonly()),
		tie("schema").map((inner) => z.record(z.string(), inner)),
		tie("schema").map((inner) => z.lazy(() => inner)),
		fc.tuple(tie("schema"), tie("schema")).map(([a, b]) => z.union([a, b])),
		fc.tuple(tie("schema"), tie("schema")).map(([a, b]) => z.tuple([a, b], z.string())),
		fc.tuple(tie("schema"), tie("schema")).map(([a, b]) => z.intersection(a, b)),
	),
}));
const code = fc.constantFrom(
	...(Object.keys(errorCodes) as (keyof typeof errorCodes)[]).filter(
		(name) => errorCodes[name].status > 0,
	),
);
const responses = fc.oneof(
	schema.map((body) => ({ 200: body })),
	schema.map((body) => ({ 201: body, 204: null })),
	fc.constant({ 200: { contentType: "text/csv; charset=utf-8" } }),
);
const param = fc.constantFrom(z.string(), z.uuid(), z.coerce.number(), z.enum(["x", "y"]));
const anyEndpoint = fc.record(
	{
		summary: fc.string(),
		description: fc.string(),
		tag: fc.constantFrom("One", "Two words", "Ünï"),
		auth: fc.constant("session" as const),
		query: fc
			.dictionary(
				field,
				fc.oneof(
					param,
					param.map((one) => one.optional()),
				),
			)
			.map((shape) => z.object(shape)),
		body: schema,
		responses,
		errors: fc.uniqueArray(code, { maxLength: 4 }),
		headers: fc.dictionary(text, fc.string(), { maxKeys: 2 }),
	},
	{ requiredKeys: ["responses"] },
);
const segment = fc.oneof(text, fc.constantFrom(":id", ":post_id", ":Name2"));
const anyPath = fc.uniqueArray(segment, { maxLength: 4 }).map((parts) => `/${parts.join("/")}`);
const method = fc.constantFrom("GET", "POST", "PUT", "PATCH", "DELETE");

/** One endpoint for each request: those that would take another's place are left out. */
const anyEndpoints = fc
	.array(fc.tuple(method, anyPath, anyEndpoint, param), { maxLength: 6 })
	.map((list) => {
		const found = new Map<string, [string, object]>();
		for (const [verb, path, { body, ...rest }, value] of list) {
			const names = [...path.matchAll(/:(\w+)/g)].map(([, name = ""]) => [name, value]);
			const endpoint = {
				...rest,
				...(names.length > 0 && { params: z.object(Object.fromEntries(names)) }),
				...(body && verb !== "GET" && { body }),
			};
			found.set(`${verb} ${path.replace(/:\w+/g, ":")}`, [`${verb} ${path}`, endpoint]);
		}
		return Object.fromEntries(found.values()) as Endpoints;
	});

it("is valid for any endpoints that can be defined, and those that can't are named", async () => {
	let valid = 0;
	let refused = 0;
	await fc.assert(
		fc.asyncProperty(anyEndpoints, async (random) => {
			try {
				defineEndpoints(random);
			} catch (error) {
				// Two of the same name in one schema: what Zod has against it.
				if (!isUserDOError(error, "misconfigured")) throw error;
				refused++;
				expect(() => toOpenApi({ ...info, endpoints: random })).toThrow(error.message);
				return;
			}
			valid++;
			const document = toOpenApi({ ...info, endpoints: random });
			expect(await lint(document)).toEqual([]);
		}),
		{ numRuns: 100 },
	);
	expect(valid).toBeGreaterThan(0);
	expect(refused).toBeGreaterThanOrEqual(0);
});
