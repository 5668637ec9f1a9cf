import { describe, expect, expectTypeOf, it } from "vitest";
import * as z from "zod";
import {
	type CollectionEndpoints,
	collectionEndpoints,
	defineCollections,
	defineEndpoints,
	type EndpointParams,
	type EndpointQuery,
	type EndpointRequest,
	type EndpointResponse,
	type Endpoints,
	type EndpointTypes,
	endpoints,
	errorsOf,
	isUserDOError,
	type RawAnswer,
	validate,
} from "../src/index.js";

const ok = { 200: z.object({ ok: z.boolean() }) };
const id = z.object({ id: z.string() });

/** What is wrong with endpoints of which the compiler has seen nothing. */
function issuesOf(map: object): string[] {
	try {
		defineEndpoints(map as Endpoints);
	} catch (error) {
		if (!isUserDOError(error, "misconfigured")) throw error;
		const [first] = error.issues ?? [];
		expect(error.message).toContain("The endpoint ");
		expect(error.message).toContain(first?.message);
		return (error.issues ?? []).map(({ path }) => path);
	}
	return [];
}

describe("defineEndpoints", () => {
	const shop = defineEndpoints({
		"POST /api/orders/:id/pay": {
			summary: "Pay an order",
			auth: "session",
			params: z.object({ id: z.uuid() }),
			query: z.object({ dry: z.stringbool().optional() }),
			body: z.object({ cents: z.int().positive(), note: z.string().default("") }),
			responses: {
				200: z.object({ paid: z.boolean() }),
				202: z.object({ later: z.literal(true) }),
			},
			errors: ["not_found", "conflict"],
		},
		"GET /files/:name": {
			params: z.object({ name: z.string() }),
			responses: { 200: { contentType: "application/pdf" } },
		},
		"DELETE /": { body: z.object({ sure: z.literal(true) }), responses: { 204: null } },
	});
	type Shop = EndpointTypes<typeof shop>;

	it("gives back what it got, with its types", () => {
		expect(Object.keys(shop)).toHaveLength(3);
		type Pay = "POST /api/orders/:id/pay";
		expectTypeOf<EndpointRequest<Pay, Shop>>().toEqualTypeOf<{
			cents: number;
			note?: string | undefined;
		}>();
		expectTypeOf<EndpointParams<Pay, Shop>>().toEqualTypeOf<{ id: string }>();
		expectTypeOf<EndpointResponse<Pay, Shop>>().toEqualTypeOf<{ paid: boolean }>();
		expectTypeOf<EndpointResponse<Pay, Shop, 202>>().toEqualTypeOf<{ later: true }>();
		expectTypeOf<Shop[Pay]["errors"]>().toEqualTypeOf<"not_found" | "conflict">();
		expectTypeOf<EndpointResponse<"GET /files/:name", Shop>>().toEqualTypeOf<RawAnswer>();
	});

	it("takes what is UserDO's own", () => {
		expect(defineEndpoints(endpoints)).toBe(endpoints);
	});

	it("lets the compiler see some mistakes", () => {
		// @ts-expect-error: no such method
		expect(() => defineEndpoints({ "FETCH /x": { responses: ok } })).toThrow("FETCH /x");
		// @ts-expect-error: no such code
		expect(() => defineEndpoints({ "GET /x": { responses: ok, errors: ["nope"] } })).toThrow(
			"nope",
		);
	});

	it.each([
		"GET",
		"GET x",
		"get /x",
		"GET  /x",
		"HEAD /x",
		"GET /x/",
		"GET //x",
		"GET /a b",
		"GET /*",
		"GET /:id?",
		"GET /x{y}",
		"GET /x?y=1",
		"GET /:1",
		"GET /x/:",
		"GET /x/../y",
		"GET /x/.",
		"",
	])("refuses the name %j", (name) => {
		expect(issuesOf({ [name]: { responses: ok } })).toEqual([name.trim()]);
	});

	it.each<[string, object, string]>([
		["a body of a GET", { "GET /x": { body: id, responses: ok } }, "GET /x body"],
		["no params for the path's", { "GET /:id": { responses: ok } }, "GET /:id params.id"],
		["params of no path", { "GET /x": { params: id, responses: ok } }, "GET /x params.id"],
		["other params", { "GET /:a": { params: id, responses: ok } }, "GET /:a params.a"],
		[
			"a parameter that stands twice",
			{ "GET /:id/:id": { params: id, responses: ok } },
			"GET /:id/:id",
		],
		["no responses", { "GET /x": {} }, "GET /x responses"],
		["empty responses", { "GET /x": { responses: {} } }, "GET /x responses"],
		["a refusal as a response", { "GET /x": { responses: { 404: id } } }, "GET /x responses.404"],
		["a body with 204", { "GET /x": { responses: { 204: id } } }, "GET /x responses.204"],
		[
			"a response that is nothing",
			{ "GET /x": { responses: { 200: {} } } },
			"GET /x responses.200",
		],
		["a code of no answer", { "GET /x": { responses: ok, errors: ["timeout"] } }, "GET /x errors"],
		[
			"the same name but for a parameter's",
			{
				"GET /:id": { params: id, responses: ok },
				"GET /:x": { params: z.object({ x: z.string() }), responses: ok },
			},
			"GET /:x",
		],
		["an auth that is none", { "GET /x": { auth: "sessions", responses: ok } }, "GET /x auth"],
		["nothing at all", { "GET /x": undefined }, "GET /x responses"],
		[
			"a query that is no object",
			{ "GET /x": { query: z.record(z.string(), z.string()), responses: ok } },
			"GET /x query",
		],
		["params that are no object", { "GET /:id": { params: z.string() } }, "GET /:id params"],
		["a body that is no schema", { "POST /x": { body: {}, responses: ok } }, "POST /x body"],
		[
			"codes that are no list",
			{ "GET /x": { responses: ok, errors: "conflict" } },
			"GET /x errors",
		],
		[
			"a number in the address",
			{ "GET /x": { query: z.object({ page: z.number().optional() }), responses: ok } },
			"GET /x query.page",
		],
	])("refuses %s", (_, map, place) => {
		expect(issuesOf(map)).toEqual([place]);
	});

	it.each<[string, z.ZodType]>([
		["the number 5", z.literal(5)],
		["numbers and null", z.literal([1, 2, null])],
		["a number or none", z.literal(5).optional()],
		["one of several numbers", z.union([z.literal(1), z.number()])],
		["a list of numbers", z.enum({ Low: 1, High: 2 })],
		["a number that becomes another", z.literal(5).transform((five) => five + 1)],
		["a number that is piped on", z.number().pipe(z.number())],
	])("refuses what no address can meet: %s", (_, field) => {
		const query = z.object({ field });
		expect(() => defineEndpoints({ "GET /x": { query, responses: ok } })).toThrow(
			"The endpoint GET /x (query.field) can't be: What stands in an address is text: z.coerce.number()",
		);
		const params = z.object({ field });
		expect(issuesOf({ "GET /:field": { params, responses: ok } })).toEqual([
			"GET /:field params.field",
		]);
	});

	it.each<[string, z.ZodType, string]>([
		["a text", z.literal("5"), "5"],
		["a text or a number", z.literal([5, "all"]), "all"],
		["a list of texts", z.enum(["asc", "desc"]), "asc"],
		["a number made of text or a word", z.union([z.literal("all"), z.coerce.number()]), "7"],
		["a number made of text by hand", z.string().transform(Number), "7"],
		["a number before which something runs", z.preprocess(Number, z.number()), "7"],
	])("takes what an address can meet: %s", (_, field, text) => {
		const query = z.object({ field });
		expect(issuesOf({ "GET /x": { query, responses: ok } })).toEqual([]);
		expect(() => validate(query, { field: text })).not.toThrow();
	});

	it("takes numbers and booleans in the address that are made of text", () => {
		const query = z.object({
			page: z.coerce.number().optional(),
			all: z.stringbool().default(false),
		});
		expect(issuesOf({ "GET /x": { query, responses: ok } })).toEqual([]);
	});

	class Point {}
	const endless: z.ZodType = z.lazy(() => z.object({ a: endlessly() }));
	function endlessly(): z.ZodType {
		return z.lazy(() => z.array(endlessly()));
	}
	it.each<[string, z.ZodType, string]>([
		["a date", z.object({ due: z.date() }), ".due"],
		[
			"a date deep in it",
			z.object({ list: z.array(z.object({ due: z.date().optional() })) }),
			".list[].due",
		],
		["a bigint", z.bigint(), ""],
		["a literal bigint", z.object({ n: z.literal(1n) }), ".n"],
		["a map", z.object({ m: z.map(z.string(), z.string()) }), ".m"],
		["a set", z.object({ s: z.set(z.string()) }), ".s"],
		["an instance", z.object({ p: z.instanceof(Point) }), ".p"],
		["a custom type", z.object({ c: z.custom<`${number}px`>() }), ".c"],
		["undefined", z.object({ u: z.undefined() }), ".u"],
		["NaN", z.object({ n: z.nan() }), ".n"],
		["a symbol", z.union([z.string(), z.symbol()]), ""],
		["a file", z.object({ f: z.file() }), ".f"],
		["a promise", z.object({ p: z.promise(z.string()) }), ".p"],
		["a bigint as default", z.object({ n: z.json().default(1n as never) }), ".n"],
		["no end", endless, ""],
	])("refuses %s in a body and an answer", (_, schema, path) => {
		expect(issuesOf({ "POST /x": { body: schema, responses: ok } })).toEqual([
			`POST /x body${path}`,
		]);
		expect(issuesOf({ "POST /x": { responses: { 200: schema } } })).toEqual([
			`POST /x responses.200${path}`,
		]);
	});

	it("judges a body by what goes in, and an answer by what comes out", () => {
		const toDate = z.iso.datetime().transform((text) => new Date(text));
		const fromDate = z.codec(z.date(), z.string(), {
			decode: String,
			encode: (text) => new Date(text),
		});
		const post = (body: z.ZodType, answer: z.ZodType) =>
			issuesOf({ "POST /x": { body, responses: { 200: answer } } });
		expect(post(toDate, z.string())).toEqual([]);
		expect(post(z.string(), fromDate)).toEqual([]);
		expect(post(fromDate, z.string())).toEqual(["POST /x body"]);
		expect(post(z.string(), toDate)).toEqual(["POST /x responses.200"]);
	});

	it("names all that can't be expressed", () => {
		const schema = z.object({ a: z.date(), b: z.object({ c: z.bigint() }) });
		expect(issuesOf({ "GET /x": { responses: { 200: schema } } })).toEqual([
			"GET /x responses.200.a",
			"GET /x responses.200.b.c",
		]);
	});
});

describe("errorsOf", () => {
	it("adds what follows from the endpoint to what it names", () => {
		const always = ["invalid_input", "internal_error", "misconfigured"];
		expect(errorsOf("GET /x", { responses: ok })).toEqual(always);
		expect(errorsOf("GET /x", { responses: ok, auth: "session", query: id })).toEqual(
			expect.arrayContaining(["unauthorized", ...always]),
		);
		const post = errorsOf("POST /x", { responses: ok, body: id, errors: ["conflict", "conflict"] });
		expect(post).toEqual(
			expect.arrayContaining(["invalid_json", "unsupported_media_type", "payload_too_large"]),
		);
		expect(post).toEqual(expect.arrayContaining(["invalid_input", "cross_site", "conflict"]));
		expect(new Set(post).size).toBe(post.length);
	});
});

describe("collectionEndpoints", () => {
	const collections = defineCollections({
		posts: {
			schema: z.object({
				title: z.string(),
				views: z.bigint().default(0n),
				at: z.date().optional(),
			}),
			expose: "write",
		},
		reports: { schema: z.object({ id: z.string(), text: z.string() }), expose: "read" },
		secrets: { schema: z.object({ text: z.string() }) },
	});
	const contract = collectionEndpoints(collections);
	type Types = CollectionEndpoints<typeof collections>;

	it("names what is exposed, in values and in types", () => {
		expect(Object.keys(contract)).toEqual([
			"GET /api/posts",
			"GET /api/posts/:id",
			"POST /api/posts",
			"PUT /api/posts",
			"PATCH /api/posts/:id",
			"DELETE /api/posts/:id",
			"GET /api/reports",
			"GET /api/reports/:id",
		]);
		expectTypeOf<keyof Types>().toEqualTypeOf<
			| "GET /api/posts"
			| "GET /api/posts/:id"
			| "POST /api/posts"
			| "PUT /api/posts"
			| "PATCH /api/posts/:id"
			| "DELETE /api/posts/:id"
			| "GET /api/reports"
			| "GET /api/reports/:id"
		>();
		expectTypeOf<EndpointTypes<typeof contract>>().toEqualTypeOf<Types>();
		expect(issuesOf(contract)).toEqual([]);
	});

	it("has rows and their parts as JSON has them", () => {
		interface Post {
			title: string;
			views: string;
			at?: string | undefined;
			id: string;
			createdAt: string;
			updatedAt: string;
		}
		expectTypeOf<EndpointResponse<"GET /api/posts/:id", Types>>().toEqualTypeOf<Post>();
		expectTypeOf<EndpointRequest<"POST /api/posts", Types>>().toEqualTypeOf<{
			title: string;
			views?: string | undefined;
			at?: string | undefined;
		}>();
		expectTypeOf<EndpointRequest<"PATCH /api/posts/:id", Types>>().toEqualTypeOf<{
			title?: string;
			views?: string | undefined;
			at?: string | null | undefined;
		}>();
		expectTypeOf<EndpointParams<"DELETE /api/posts/:id", Types>>().toEqualTypeOf<{ id: string }>();
		expectTypeOf<EndpointQuery<"PUT /api/posts", Types>>().toEqualTypeOf<{ on: string }>();
		type List = Extract<EndpointResponse<"GET /api/posts", Types>, { items: unknown }>;
		expectTypeOf<List["items"]>().toEqualTypeOf<Post[]>();
	});

	it("takes rows that the object gives and refuses others", () => {
		const time = "2026-01-02T03:04:05.678Z";
		const row = { id: "1", title: "t", views: "-12", at: time, createdAt: time, updatedAt: time };
		const schema = contract["GET /api/posts/:id"].responses[200];
		expect(validate(schema, row)).toEqual(row);
		for (const wrong of [
			{ views: 1 },
			{ at: "today" },
			{ createdAt: undefined },
			{ title: null },
		]) {
			expect(() => validate(schema, { ...row, ...wrong })).toThrow();
		}
		const patch = contract["PATCH /api/posts/:id"].body;
		expect(validate(patch, { at: null, views: "3" })).toEqual({ at: null, views: "3" });
		expect(() => validate(patch, { title: null })).toThrow();
		const list = contract["GET /api/posts"].responses[200];
		const snapshot = { epoch: "e", seq: 1 };
		const page = { items: [row], pageInfo: { hasNextPage: false, endCursor: null }, snapshot };
		expect(validate(list, page)).toEqual(page);
		expect(validate(list, { count: 1, snapshot })).toEqual({ count: 1, snapshot });
	});

	it("refuses collections that can't be", () => {
		const wrong = { login: { schema: z.object({}), expose: "read" } } as const;
		expect(() => collectionEndpoints(wrong)).toThrow("/api/login is an endpoint");
	});
});
