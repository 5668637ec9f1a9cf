import { defineEndpoints, type Endpoints } from "@userdo/contracts";
import { UserDOError } from "@userdo/contracts/errors";
import { Hono } from "hono";
import { describe, expect, expectTypeOf, onTestFinished, test, vi } from "vitest";
import * as z from "zod";
import {
	createUserDOWorker,
	type EndpointHandlers,
	endpointRoutes,
	getUserDOFromContext,
	notFound,
	onError,
	originGuard,
	rateLimit,
	reply,
	type SessionUser,
	session,
	type UserDOEnv,
} from "../src/index.js";
import { collections, type NotebookDO } from "./collections.js";
import { Browser, codeOf, evil, json, send, signUp } from "./helpers.js";

const NoteSchema = z.object({ id: z.string(), text: z.string() });

const contract = {
	"GET /notes/:id": {
		auth: "session",
		params: z.object({ id: z.string().max(8) }),
		query: z.object({ times: z.coerce.number().int().max(3).default(1) }),
		responses: { 200: z.object({ note: NoteSchema, for: z.string() }) },
	},
	"GET /notes/newest": { responses: { 200: z.object({ note: NoteSchema }) } },
	"POST /notes": {
		body: z.object({ text: z.string().trim().min(1), tags: z.array(z.string()).default([]) }),
		responses: { 201: z.object({ note: NoteSchema, tags: z.array(z.string()) }), 202: null },
		errors: ["conflict"],
	},
	"DELETE /notes/:id": { params: z.object({ id: z.string() }), responses: { 204: null } },
	"GET /notes.csv": { responses: { 200: { contentType: "text/csv" } } },
	"PUT /state": {
		body: z.object({ state: z.string() }),
		responses: {
			200: z.strictObject({
				state: z.enum(["open", "closed"]),
				counts: z.record(z.string(), z.int()).optional(),
			}),
		},
	},
} as const satisfies Endpoints;

const handlers: EndpointHandlers<typeof contract> = {
	"GET /notes/:id": (c, { params, query }) => ({
		note: { id: params.id, text: "a".repeat(query.times), passwordHash: "secret" },
		for: c.get("user").email,
	}),
	"GET /notes/newest": () => ({ note: { id: "newest", text: "" } }),
	"POST /notes": (_c, { body: { text, tags } }) => {
		if (text === "taken") throw new UserDOError("conflict");
		return text === "later" ? reply(202) : reply(201, { note: { id: "1", text }, tags });
	},
	"DELETE /notes/:id": () => {},
	"GET /notes.csv": (c) => c.body("id,text\n", 200, { "content-type": "text/csv" }),
	"PUT /state": (_c, { body }) => body as { state: "open" },
};

const create = (options = {}) =>
	createUserDOWorker("NOTEBOOK_DO", { collections }).route(
		"/v1",
		endpointRoutes(contract, handlers, options),
	);

const later = async () => true;

const put = (state: string) => ({ ...json({ state }), method: "PUT" });

describe("an endpoint of one's own contract", () => {
	test("gets its input as the schemas give it back", async () => {
		const app = create();
		const { browser, email } = await signUp(app);
		expect(await browser.json("/v1/notes/7?times=2")).toEqual({
			note: { id: "7", text: "aa" },
			for: email,
		});
		const made = await browser.post("/v1/notes", { text: " hello " });
		expect(made.status).toBe(201);
		expect(await made.json()).toEqual({ note: { id: "1", text: "hello" }, tags: [] });
	});

	test("answers with each of its statuses", async () => {
		const app = create();
		const later = await send(app, "/v1/notes", json({ text: "later" }));
		expect([later.status, await later.text()]).toEqual([202, ""]);
		const gone = await send(app, "/v1/notes/1", { method: "DELETE" });
		expect([gone.status, await gone.text()]).toEqual([204, ""]);
		expect(gone.headers.get("cache-control")).toBe("no-store");
		const file = await send(app, "/v1/notes.csv");
		expect([file.headers.get("content-type"), await file.text()]).toEqual([
			"text/csv",
			"id,text\n",
		]);
		expect((await send(app, "/v1/notes.csv", { method: "HEAD" })).status).toBe(200);
	});

	test("ends the stream of a HEAD, which nobody reads, with the headers of a GET", async () => {
		const ended = vi.fn();
		const stream = () => new ReadableStream({ cancel: ended });
		const headers = { "content-type": "text/csv", etag: '"1"' };
		const app = new Hono().onError(onError);
		app.route(
			"/",
			endpointRoutes(contract, {
				...handlers,
				"GET /notes.csv": () => new Response(stream(), { headers }),
			}),
		);
		const response = await send(app, "/notes.csv", { method: "HEAD" });
		expect([response.status, response.body]).toEqual([200, null]);
		expect(Object.fromEntries(response.headers)).toMatchObject(headers);
		expect(ended).toHaveBeenCalledTimes(1);
		const got = await send(app, "/notes.csv");
		expect(ended).toHaveBeenCalledTimes(1);
		await got.body?.cancel();
		expect(ended).toHaveBeenCalledTimes(2);
	});

	test("refuses as the built-in ones do", async () => {
		const app = create({ maxBytes: 64 });
		const refusals: [path: string, init: RequestInit, status: number, code: string][] = [
			["/v1/notes/1", {}, 401, "unauthorized"],
			["/v1/notes", json({ text: "" }), 400, "invalid_input"],
			["/v1/notes", { ...json({}), body: "{" }, 400, "invalid_json"],
			["/v1/notes", { method: "POST", body: "text=a" }, 415, "unsupported_media_type"],
			["/v1/notes", json({ text: "a".repeat(64) }), 413, "payload_too_large"],
			["/v1/notes", json({ text: "taken" }), 409, "conflict"],
			["/v1/notes", json({ text: "a" }, { origin: evil }), 403, "cross_site"],
			["/v1/other", {}, 404, "not_found"],
		];
		for (const [path, init, status, code] of refusals) {
			const response = await send(app, path, init);
			expect([path, response.status, await codeOf(response)]).toEqual([path, status, code]);
		}
		const wrong = await send(app, "/v1/notes", { method: "PATCH" });
		expect([wrong.status, wrong.headers.get("allow")]).toEqual([405, "POST"]);
		const { browser } = await signUp(app);
		const long = await browser.fetch("/v1/notes/123456789?times=4");
		expect(await long.json()).toMatchObject({ issues: [{ path: "id" }] });
		const query = await browser.fetch("/v1/notes/1?times=4");
		expect(await query.json()).toMatchObject({ issues: [{ path: "times" }] });
		expect((await browser.fetch("/v1/notes/1?times=1&times=2")).status).toBe(400);
	});

	test("with a fixed path comes before one with a parameter, whatever their order", async () => {
		expect(await (await send(create(), "/v1/notes/newest")).json()).toMatchObject({
			note: { id: "newest" },
		});
	});

	test("lets nothing out that its schema does not name", async () => {
		const { browser } = await signUp(create());
		expect(await (await browser.fetch("/v1/notes/1")).text()).not.toContain("secret");
	});

	test("answers a bare 500 for what does not fit, and tells the log where", async () => {
		const log = vi.spyOn(console, "error").mockImplementation(() => {});
		onTestFinished(() => log.mockRestore());
		const app = create();
		const response = await send(app, "/v1/state", put("top secret"));
		expect(response.status).toBe(500);
		const body = await response.json<{ requestId: string }>();
		expect(body).toEqual({
			error: "Something went wrong on our side.",
			code: "internal_error",
			requestId: expect.any(String),
		});
		const [line] = log.mock.calls.flat().map(String);
		expect(JSON.parse(line ?? "")).toMatchObject({
			requestId: body.requestId,
			route: "PUT /v1/state",
			issues: [{ path: "state", message: "invalid_value: open | closed" }],
		});
		expect(line).not.toContain("top secret");
		expect(await (await send(app, "/v1/state", put("open"))).json()).toEqual({ state: "open" });
	});

	test("tells the log no key that a person may have typed", async () => {
		const log = vi.spyOn(console, "error").mockImplementation(() => {});
		onTestFinished(() => log.mockRestore());
		const email = "ada@example.com";
		const answer = { state: "open", counts: { [email]: "1" }, [email]: 1 };
		const app = new Hono().onError(onError);
		app.route("/", endpointRoutes(contract, { ...handlers, "PUT /state": () => answer as never }));
		expect((await send(app, "/state", put("open"))).status).toBe(500);
		const [line = ""] = log.mock.calls.flat().map(String);
		expect(line).not.toContain(email);
		expect(JSON.parse(line).issues).toEqual([
			{ path: "counts.*", message: "invalid_type: number" },
			{ path: "", message: "unrecognized_keys" },
		]);
	});

	test.each([
		["body", { body: z.object({ a: z.string().refine(async () => true) }) }],
		["body that may be empty", { body: z.object({ a: z.string().optional() }).refine(later) }],
		["query", { query: z.object({ q: z.string().transform(later).optional() }) }],
		["answer", { responses: { 200: z.object({ a: z.string().refine(later) }) } }],
	])("tells the log of an asynchronous schema when it is used: %s", async (place, part) => {
		const log = vi.spyOn(console, "error").mockImplementation(() => {});
		onTestFinished(() => log.mockRestore());
		const name = `POST /${place.replaceAll(" ", "-")}` as const;
		const slow: Endpoints = {
			[name]: { responses: { 200: z.object({ a: z.string() }) }, ...part },
		};
		const app = new Hono().onError(onError);
		app.route("/", endpointRoutes(slow, { [name]: () => ({ a: "a" }) } as never));
		const init = place.includes("empty") ? { method: "POST" } : json({ a: "a" });
		const response = await send(app, `${name.slice(5)}?q=a`, init);
		expect([response.status, await codeOf(response)]).toEqual([500, "misconfigured"]);
		const message = "A schema of an endpoint can't be asynchronous.";
		expect(log.mock.calls).toEqual([[`UserDO: misconfigured. ${name}: ${message}`]]);
	});

	test("leaves a handler's own asynchronous schema to its error", async () => {
		const log = vi.spyOn(console, "error").mockImplementation(() => {});
		onTestFinished(() => log.mockRestore());
		const app = new Hono().onError(onError);
		const parse = () => z.string().transform(later).parse("a") as never;
		app.route("/", endpointRoutes(contract, { ...handlers, "PUT /state": parse }));
		const response = await send(app, "/state", put("open"));
		expect([response.status, await codeOf(response)]).toEqual([500, "internal_error"]);
	});

	test("has no answer that the contract does not name", async () => {
		const log = vi.spyOn(console, "error").mockImplementation(() => {});
		onTestFinished(() => log.mockRestore());
		const wrong = [reply(201, { state: "open" }), undefined, null, "open", { status: 200 }];
		for (const answer of wrong) {
			const app = new Hono().onError(onError);
			app.route(
				"/",
				endpointRoutes(contract, { ...handlers, "PUT /state": () => answer as never }),
			);
			expect((await send(app, "/state", put("open"))).status).toBe(500);
		}
		expect(log).toHaveBeenCalledTimes(wrong.length);
	});
});

test("middleware may read the body before the endpoint does, and the handler after it", async () => {
	const hooks = {
		"POST /hook": { body: z.object({ a: z.int() }), responses: { 200: NoteSchema } },
	};
	const texts: string[] = [];
	const app = new Hono<UserDOEnv>().onError(onError).route(
		"/",
		endpointRoutes(hooks, {
			"POST /hook": {
				before: async (c, next) => {
					texts.push(await c.req.text());
					await next();
				},
				maxBytes: 16,
				handle: async (c, { body }) => ({ id: String(body.a), text: await c.req.text() }),
			},
		}),
	);
	const text = '{ "a": 1 }';
	for (const headers of [{}, { "content-length": String(text.length) }]) {
		const request = { ...json({}, headers), body: text };
		const response = await send(app, "/hook", request);
		expect([response.status, await response.json()]).toEqual([200, { id: "1", text }]);
	}
	expect(texts).toEqual([text, text]);
	const large = await send(app, "/hook", json({ a: 1, b: "a".repeat(16) }));
	expect(await codeOf(large)).toBe("payload_too_large");
});

test("whatever a handler throws is a bare 500", async () => {
	const said = vi.spyOn(console, "error").mockImplementation(() => {});
	const odd = { "GET /odd": { responses: { 200: NoteSchema } } };
	for (const thrown of ["canary", undefined, { canary: 1 }]) {
		const handle = () => {
			throw thrown;
		};
		const app = new Hono<UserDOEnv>().onError(onError);
		app.route("/", endpointRoutes(odd, { "GET /odd": handle }));
		const response = await send(app, "/odd");
		expect([response.status, await codeOf(response)]).toEqual([500, "internal_error"]);
	}
	expect(said).toHaveBeenCalledTimes(3);
	expect(said.mock.calls.join()).not.toContain("canary");
});

test("settings go for one endpoint alone", async () => {
	const app = createUserDOWorker("NOTEBOOK_DO");
	app.route(
		"/",
		endpointRoutes(contract, {
			...handlers,
			"POST /notes": {
				maxBytes: 32,
				before: rateLimit({ name: "notes", limit: 2, period: 60 }),
				handle: handlers["POST /notes"] as () => never,
			},
		}),
	);
	const browser = new Browser(app);
	expect((await browser.post("/notes", { text: "a".repeat(32) })).status).toBe(413);
	expect((await browser.post("/notes", { text: "a" })).status).toBe(201);
	expect(await codeOf(await browser.post("/notes", { text: "a" }))).toBe("rate_limited");
	expect((await browser.fetch("/state", put("open"))).status).toBe(200);
});

test("an endpoint wins over a collection, whose other methods stay", async () => {
	const own = {
		"GET /api/posts": { auth: "session", responses: { 200: z.object({ mine: z.boolean() }) } },
	} as const satisfies Endpoints;
	const app = createUserDOWorker("NOTEBOOK_DO", { collections });
	app.route("/", endpointRoutes(own, { "GET /api/posts": () => ({ mine: true }) }));
	const { browser } = await signUp(app);
	expect(await browser.json("/api/posts")).toEqual({ mine: true });
	expect((await browser.post("/api/posts", { title: "a" })).status).toBe(200);
	const wrong = await browser.fetch("/api/posts", { method: "PATCH" });
	expect(wrong.headers.get("allow")).toBe("GET, HEAD, POST, PUT");
});

test("a session is checked where the routes stand in an app of parts", async () => {
	const app = new Hono<UserDOEnv>().onError(onError).notFound(notFound);
	app.use(originGuard(), session({ binding: "NOTEBOOK_DO" }));
	app.route("/v1", endpointRoutes(contract, handlers));
	const { browser } = await signUp(create());
	expect(await new Browser(app, browser.jar).json("/v1/notes/1")).toMatchObject({ note: {} });
	expect((await send(app, "/v1/notes/1")).status).toBe(401);
});

describe("handlers that are not the contract's are refused at once", () => {
	const { "POST /notes": _left, ...fewer } = handlers;
	const cases: [name: string, make: () => unknown, text: string][] = [
		["one is missing", () => endpointRoutes(contract, fewer as never), "POST /notes: "],
		[
			"one is too many",
			() => endpointRoutes(contract, { ...handlers, "GET /more": () => {} } as never),
			"GET /more: ",
		],
		[
			"a name is none",
			() => {
				const odd = { "GET notes": { responses: { 204: null } } };
				return endpointRoutes(odd as never, { "GET notes": () => {} } as never);
			},
			"GET notes can't be: ",
		],
		[
			"its auth is misspelt, which would open it to everybody",
			() => {
				const open = { "GET /notes": { auth: "sessions", responses: { 204: null } } };
				return endpointRoutes(open as never, { "GET /notes": () => {} } as never);
			},
			"GET /notes (auth) can't be: ",
		],
		[
			"two can't be told apart",
			() => {
				const { "DELETE /notes/:id": remove } = contract;
				const two = { "DELETE /notes/:id": remove, "DELETE /notes/:name": remove } as const;
				return endpointRoutes(two, {
					"DELETE /notes/:id": () => {},
					"DELETE /notes/:name": () => {},
				});
			},
			"DELETE /notes/:name (params.name) can't be: ",
		],
	];
	test.each(cases)("%s", (_name, make, text) => {
		expect(make).toThrow(
			expect.objectContaining({ code: "misconfigured", message: expect.stringContaining(text) }),
		);
	});
});

test("the parameters are those of the endpoint's own path, wherever it is mounted", async () => {
	const strict = defineEndpoints({
		"GET /notes/:id": {
			params: z.strictObject({ id: z.string() }),
			responses: { 200: z.object({ id: z.string() }) },
		},
	});
	const routes = endpointRoutes(strict, { "GET /notes/:id": (_c, { params }) => params });
	const app = new Hono<UserDOEnv>().onError(onError).route("/of/:team", routes);
	const response = await app.request("/of/acme/notes/1");
	expect(await response.json()).toEqual({ id: "1" });
});

test("handlers are typed by the contract", () => {
	endpointRoutes<typeof contract, { Bindings: { MAIL_KEY: string } }>(contract, {
		...handlers,
		"GET /notes/:id": async (c, input) => {
			expectTypeOf(c.get("user")).toEqualTypeOf<SessionUser>();
			expectTypeOf(c.env.MAIL_KEY).toBeString();
			expectTypeOf(input).toEqualTypeOf<{
				params: { id: string };
				query: { times: number };
				body: undefined;
			}>();
			const notebook = getUserDOFromContext<NotebookDO>(c, c.get("user").email);
			expectTypeOf(notebook.set).toBeFunction();
			return { note: { id: "1", text: "a" }, for: "" };
		},
		// @ts-expect-error: nobody need be signed in
		"GET /notes/newest": (c) => ({ note: { id: c.get("user").id, text: "" } }),
		"POST /notes": (_c, { body }) => {
			expectTypeOf(body).toEqualTypeOf<{ text: string; tags: string[] }>();
			const note = { id: "1", text: body.text };
			return body.text === "later" ? reply(202) : reply(201, { note, tags: ["a", "b"] });
		},
		// @ts-expect-error: not one of the contract's states
		"PUT /state": () => ({ state: "ajar" }),
		// @ts-expect-error: a file is no JSON
		"GET /notes.csv": () => "id,text",
	});
	endpointRoutes(contract, {
		...handlers,
		"GET /notes/:id": (c, { query }) => {
			expectTypeOf(c.get("user")).toEqualTypeOf<SessionUser>();
			expectTypeOf(query.times).toBeNumber();
			return reply(200, { note: { id: "1", text: "a" }, for: "" });
		},
		// @ts-expect-error: several statuses, and none is the usual one
		"POST /notes": () => ({ note: { id: "1", text: "a" }, tags: [] }),
		// @ts-expect-error: not a status of it
		"DELETE /notes/:id": () => reply(201),
		"PUT /state": () => reply(200, { state: "open" }),
	});
	// @ts-expect-error: no handler for the others
	const fewer: EndpointHandlers<typeof contract> = { "GET /notes.csv": () => new Response() };
	expectTypeOf(fewer).not.toBeAny();
	// @ts-expect-error: the contract has no such endpoint
	const more: EndpointHandlers<typeof contract> = { ...handlers, "GET /more": () => {} };
	// @ts-expect-error: the same, inferred
	expect(() => endpointRoutes(contract, { ...more, "GET /more": () => {} })).toThrow();
	expectTypeOf(endpointRoutes(contract, handlers)).toExtend<Hono<UserDOEnv>>();
});
