import type { EndpointTypes, UserDOEndpoints } from "@userdo/contracts";
import { describe, expect, expectTypeOf, test, vi } from "vitest";
import {
	createEndpointClient,
	type EndpointClientOptions,
	isUserDOError,
	type UserDOError,
} from "../src/endpoints.js";
import type { FetchInit } from "../src/index.js";
import { withTokens } from "../src/tokens.js";
import type { ShopEndpoints, shopEndpoints } from "./shop-endpoints.js";
import { ada, bob, json, refused, unauthorized, unreachable } from "./support/fake-server.js";

type Sent = [url: string, init: FetchInit];

/** A client and what it has sent; the answers come one after the other. */
function open(answers: (() => Response)[], options: EndpointClientOptions = {}) {
	const sent: Sent[] = [];
	const api = createEndpointClient<ShopEndpoints>("https://app.test/v1/", {
		fetch: async (...request) => {
			sent.push(request);
			return (answers[sent.length - 1] ?? unreachable)();
		},
		...options,
	});
	return { api, sent };
}

const failure = (promise: Promise<unknown>): Promise<UserDOError> =>
	promise.then(
		() => expect.unreachable("it should have been refused"),
		(error) => error,
	);

const order = { id: "1", pieces: 2 };

describe("a request", () => {
	test("has its path, query and body encoded", async () => {
		const { api, sent } = open([
			() => json({ order, buyer: ada.email }),
			() => json({ order }, 201),
			() => json(false),
		]);
		const input = { params: { id: "a/b?c#d" }, query: { note: "e&f=g", pieces: 2 } };
		expect(await api("GET /orders/:id", input)).toEqual({ order, buyer: ada.email });
		await api("POST /orders", { body: { pieces: 2 } });
		await api("PUT /open", { body: false });
		expect(sent.map(([url, { method, body }]) => [method, url, body])).toEqual([
			["GET", "https://app.test/v1/orders/a%2Fb%3Fc%23d?note=e%26f%3Dg&pieces=2", undefined],
			["POST", "https://app.test/v1/orders", '{"pieces":2}'],
			["PUT", "https://app.test/v1/open", "false"],
		]);
		expect(sent[0]?.[1].headers).toEqual({ accept: "application/json" });
		expect(sent[1]?.[1].headers).toMatchObject({ "content-type": "application/json" });
	});

	test.each([{ id: ".." }, { id: "." }, { id: "" }, { id: undefined }, {}])(
		"can't leave its path by %j",
		async (params) => {
			const { api, sent } = open([]);
			const error = await failure(api("DELETE /orders/:id", { params: params as { id: string } }));
			expect([error.code, error.status]).toEqual(["invalid_input", 400]);
			expect(sent).toEqual([]);
		},
	);

	test("has no query of what is undefined", async () => {
		const { api, sent } = open([() => json({})]);
		await api("GET /orders/:id", { params: { id: "1" }, query: { note: undefined } });
		expect(sent[0]?.[0]).toBe("https://app.test/v1/orders/1");
	});

	test("of a page goes to its own server, or with cookies to another", async () => {
		vi.stubGlobal("location", new URL("https://app.test/deep/page"));
		const urls: unknown[] = [];
		const fetch = async (url: string, { credentials }: FetchInit) => {
			urls.push([url, credentials]);
			return json({});
		};
		for (const base of ["/v1", "", "https://api.test"]) {
			await createEndpointClient<ShopEndpoints>(base, { fetch })("PUT /open", { body: true });
		}
		expect(urls).toEqual([
			["https://app.test/v1/open", "include"],
			["https://app.test/open", "include"],
			["https://api.test/open", "include"],
		]);
		vi.unstubAllGlobals();
	});
});

describe("an answer", () => {
	test("comes with its status, where one asks for that", async () => {
		const { api } = open([() => json({ order }, 201), () => json({ waits: true }, 202)]);
		const input = { body: { pieces: 2 } };
		const made = await api.answer("POST /orders", input);
		expect(made).toEqual({ status: 201, body: { order } });
		if (made.status === 201) expectTypeOf(made.body.order.id).toBeString();
		else expectTypeOf(made.body).toEqualTypeOf<{ waits: true }>();
		expect(await api.answer("POST /orders", input)).toEqual({ status: 202, body: { waits: true } });
	});

	test("that is empty is undefined", async () => {
		const { api } = open([() => new Response(null, { status: 204 })]);
		expect(await api("DELETE /orders/:id", { params: { id: "1" } })).toBeUndefined();
	});

	test("that is no JSON is the response, unread", async () => {
		const headers = { "content-type": "text/csv" };
		const { api } = open([() => new Response("id\n", { headers })]);
		const response = await api("GET /orders.csv");
		expectTypeOf(response).toEqualTypeOf<Response>();
		expect(response.bodyUsed).toBe(false);
		expect(await response.text()).toBe("id\n");
	});

	test("that is somebody else's page is an error, unless a page was asked for", async () => {
		const page = (type: string) => () =>
			new Response("<h1>Welcome</h1>", { headers: { "content-type": type } });
		const types = ["text/html", "text/html; charset=utf-8", "Text/HTML"];
		const { api, sent } = open([...types.map(page), page("text/html; charset=utf-8")]);
		for (const _ of types) {
			const error = await failure(api("GET /orders/:id", { params: { id: "1" } }));
			expect(isUserDOError(error, "internal_error")).toBe(true);
			expect(error).toMatchObject({ status: 200 });
		}
		const response = await api("GET /orders.csv", { accept: "text/html" });
		expect(await response.text()).toBe("<h1>Welcome</h1>");
		expect(sent.map(([, init]) => init.headers.accept)).toEqual([
			...types.map(() => "application/json"),
			"text/html",
		]);
	});

	test("that refuses is thrown with what the server says", async () => {
		const issues = [{ path: "pieces", message: "Too few." }];
		const { api } = open([
			() => json({ error: "No.", code: "invalid_input", issues }, 400),
			() =>
				new Response("<h1>Bad gateway</h1>", {
					status: 502,
					headers: { "content-type": "text/html" },
				}),
		]);
		const error = await failure(api("POST /orders", { body: { pieces: 0 } }));
		expect(isUserDOError(error, "invalid_input")).toBe(true);
		expect(error).toMatchObject({ status: 400, message: "No.", issues });
		expect(await failure(api("GET /orders.csv"))).toMatchObject({
			code: "internal_error",
			status: 502,
		});
		expect(await failure(api("GET /orders.csv"))).toMatchObject({ code: "network_error" });
	});
});

describe("a call ends", () => {
	const never = (_url: string, { signal }: FetchInit) =>
		new Promise<Response>((_, reject) =>
			signal.addEventListener("abort", () => reject(signal.reason)),
		);

	test("by its signal, with the reason of that", async () => {
		const { api } = open([], { fetch: never });
		const controller = new AbortController();
		const call = api("GET /orders.csv", { signal: controller.signal });
		controller.abort("no more");
		await expect(call).rejects.toBe("no more");
	});

	test("by the time of its own, or of all calls", async () => {
		vi.useFakeTimers();
		const { api } = open([], { fetch: never, timeout: 500 });
		const codes: string[] = [];
		const calls = [api("GET /orders.csv"), api("GET /orders.csv", { timeout: 100 })].map((call) =>
			failure(call).then(({ code }) => codes.push(code)),
		);
		await vi.advanceTimersByTimeAsync(100);
		expect(codes).toEqual(["timeout"]);
		await vi.advanceTimersByTimeAsync(400);
		await Promise.all(calls);
		expect(codes).toEqual(["timeout", "timeout"]);
		vi.useRealTimers();
	});
});

describe("a session that has expired", () => {
	const ok = () => json({ order, buyer: ada.email });
	const read = (options: EndpointClientOptions, answers = [unauthorized, ok]) => {
		const { api, sent } = open(answers, options);
		return { sent, call: api("GET /orders/:id", { params: { id: "1" } }) };
	};

	test("is renewed by the client of the same user, once", async () => {
		for (const user of [ada, undefined]) {
			const me = vi.fn(async () => ada);
			const { sent, call } = read({ client: { user, me } });
			expect(await call).toMatchObject({ order });
			expect([sent.length, me.mock.calls.length]).toEqual([2, 1]);
		}
		const again = read({ client: { user: ada, me: async () => ada } }, [
			unauthorized,
			unauthorized,
		]);
		expect((await failure(again.call)).code).toBe("unauthorized");
		expect(again.sent).toHaveLength(2);
	});

	test("ends the call where nobody is signed in then, or somebody else", async () => {
		for (const found of [undefined, bob]) {
			const { sent, call } = read({ client: { user: ada, me: async () => found } });
			expect((await failure(call)).code).toBe("unauthorized");
			expect(sent).toHaveLength(1);
		}
	});

	test("is no reason for a second try of what was refused otherwise", async () => {
		const me = vi.fn(async () => ada);
		const { call } = read({ client: { user: ada, me } }, [() => refused(403, "forbidden")]);
		expect((await failure(call)).code).toBe("forbidden");
		expect(me).not.toHaveBeenCalled();
	});
});

test("tokens of a storage go along, and an answer that is no JSON stays unread", async () => {
	const sent: Sent[] = [];
	const options = withTokens(
		{ get: () => JSON.stringify({ token: "t", refreshToken: "r" }), set: () => {} },
		{
			fetch: async (...request) => {
				sent.push(request);
				return new Response("id\n", { headers: { "content-type": "text/csv" } });
			},
		},
	);
	const api = createEndpointClient<ShopEndpoints>("https://app.test/v1", options);
	const response = await api("GET /orders.csv");
	expect(sent[0]?.[1].headers).toMatchObject({ authorization: "Bearer t" });
	expect(response.bodyUsed).toBe(false);
});

test("calls are typed by the contract", () => {
	const { api } = open([]);
	const calls = () =>
		[
			api("GET /orders/:id", { params: { id: "1" } }),
			api("POST /orders", { body: { pieces: 1 } }),
			api("PUT /open", { body: true }),
			api("DELETE /orders/:id", {
				params: { id: "1" },
				signal: AbortSignal.timeout(1),
				timeout: 1,
			}),
		] as const;
	expectTypeOf(calls).returns.toEqualTypeOf<
		readonly [
			Promise<{ order: typeof order; note?: string | undefined; buyer: string }>,
			Promise<{ order: typeof order } | { waits: true }>,
			Promise<boolean>,
			Promise<undefined>,
		]
	>();
	const wrong = () => [
		// @ts-expect-error: no such endpoint
		api("GET /nothing"),
		// @ts-expect-error: without its parameter
		api("DELETE /orders/:id"),
		// @ts-expect-error: of another type
		api("POST /orders", { body: { pieces: "1" } }),
		// @ts-expect-error: it takes none
		api("GET /orders.csv", { query: { a: "b" } }),
	];
	expectTypeOf(wrong).toBeFunction();
	// @ts-expect-error: the schemas, and not their types
	createEndpointClient<typeof shopEndpoints>("/v1");
	expectTypeOf<ShopEndpoints>().toEqualTypeOf<EndpointTypes<typeof shopEndpoints>>();
});

test("UserDO's own endpoints are a contract like any other", () => {
	const api = createEndpointClient<UserDOEndpoints>("https://app.test", {
		fetch: async () => json({}),
	});
	const calls = () =>
		[
			api.answer("POST /api/signup", { body: { email: "a", password: "b" } }),
			api("GET /api/export"),
			api("GET /data"),
			api("POST /api/refresh"),
		] as const;
	type Signup = Awaited<ReturnType<typeof calls>[0]>;
	expectTypeOf<Signup["status"]>().toEqualTypeOf<200 | 202>();
	expectTypeOf<Awaited<ReturnType<typeof calls>[1]>>().toEqualTypeOf<Response>();
});
