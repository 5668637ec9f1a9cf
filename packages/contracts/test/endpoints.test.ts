import fc from "fast-check";
import { describe, expect, expectTypeOf, it } from "vitest";
import * as z from "zod";
import {
	type EndpointName,
	type EndpointQuery,
	type EndpointRequest,
	type EndpointResponse,
	endpoints,
	isUserDOError,
	type Json,
	toErrorBody,
	type User,
	type UserDOEndpoints,
	UserSchema,
	validate,
} from "../src/index.js";

/** What the documentation promises; more may be added, none may go. */
const promised = [
	"POST /api/signup",
	"POST /api/login",
	"POST /api/logout",
	"GET /api/me",
	"POST /api/password-reset/request",
	"POST /api/password-reset/confirm",
	"GET /data",
	"POST /data",
	"GET /api/ws",
] as const satisfies EndpointName[];

const user = {
	id: "0f".repeat(32),
	email: "ada@example.com",
	emailVerified: false,
	createdAt: "2026-01-02T03:04:05.678Z",
};

describe("the endpoints", () => {
	const isSchema = (value: unknown) => "_zod" in Object(value);
	const holdsSchema = (value: unknown) =>
		isSchema(value) || Object.values(Object(value)).some(isSchema);

	it("build their schemas when they are looked at, and once", () => {
		for (const endpoint of Object.values<object>(endpoints)) {
			const parts = Object.entries(Object.getOwnPropertyDescriptors(endpoint));
			for (const [part, { get, value, enumerable }] of parts) {
				expect(enumerable).toBe(true);
				expect(holdsSchema(value)).toBe(false);
				const found: unknown = Reflect.get(endpoint, part);
				expect(holdsSchema(found)).toBe(get !== undefined);
				expect(Reflect.get(endpoint, part)).toBe(found);
			}
		}
	});

	it("are the same where they are copied", () => {
		const name = "POST /api/login";
		const copy = { ...endpoints[name] };
		expect(Object.keys(copy)).toEqual(["tag", "summary", "headers", "body", "responses", "errors"]);
		expect(copy.body).toBe(endpoints[name].body);
		expect(copy.responses[200].shape.user).toBe(UserSchema);
	});
});

describe("the types of the endpoints", () => {
	it("know requests and responses by method and path", () => {
		expectTypeOf<EndpointRequest<"POST /api/signup">>().toEqualTypeOf<{
			email: string;
			password: string;
		}>();
		expectTypeOf<EndpointResponse<"POST /api/signup">>().toEqualTypeOf<{
			user: User;
			token?: string | undefined;
			refreshToken?: string | undefined;
		}>();
		expectTypeOf<EndpointRequest<"POST /api/login">>().toEqualTypeOf<
			EndpointRequest<"POST /api/signup">
		>();
		expectTypeOf<EndpointRequest<"POST /data">>().toEqualTypeOf<{
			key: string;
			value: z.core.util.JSONType;
			ifVersion?: number | undefined;
			ttl?: number | undefined;
		}>();
		expectTypeOf<Json>().toExtend<EndpointRequest<"POST /data">["value"]>();
		expectTypeOf<EndpointQuery<"GET /data">>().toEqualTypeOf<{
			key?: string | undefined;
			prefix?: string | undefined;
			after?: string | undefined;
			limit?: string | undefined;
		}>();
		expectTypeOf<EndpointResponse<"GET /api/me">>().toEqualTypeOf<{ user: User }>();
		expectTypeOf<User>().toEqualTypeOf<{
			id: string;
			email: string;
			emailVerified: boolean;
			createdAt: string;
		}>();
	});

	it("say undefined for what an endpoint does not take", () => {
		expectTypeOf<EndpointRequest<"POST /api/logout">>().toEqualTypeOf<undefined>();
		expectTypeOf<EndpointQuery<"POST /api/signup">>().toEqualTypeOf<undefined>();
		expectTypeOf<EndpointResponse<"GET /api/ws">>().toEqualTypeOf<undefined>();
	});

	it("name nothing else", () => {
		expectTypeOf<(typeof promised)[number]>().toExtend<keyof UserDOEndpoints>();
		// @ts-expect-error: a path that no endpoint has
		expectTypeOf<EndpointRequest<"POST /api/sign-up">>();
	});
});

describe("the schemas of the endpoints", () => {
	it("exist for all that was promised", () => {
		expect(Object.keys(endpoints)).toEqual(expect.arrayContaining([...promised]));
	});

	it("normalise the email of a sign-up and drop what nobody asked for", () => {
		const { body } = endpoints["POST /api/signup"];
		const input = { email: " Ada@Example.com", password: "password", role: "admin", id: "1" };
		expect(validate(body, input)).toEqual({ email: "ada@example.com", password: "password" });
	});

	it("hold new passwords to a rule and known ones not", () => {
		const input = { email: "ada@example.com", password: "short" };
		expect(() => validate(endpoints["POST /api/signup"].body, input)).toThrow();
		expect(validate(endpoints["POST /api/login"].body, input)).toEqual(input);
		const reset = { token: "t", newPassword: "short" };
		expect(() => validate(endpoints["POST /api/password-reset/confirm"].body, reset)).toThrow();
	});

	it("tell a sign-up that waits for its link from one that is done", () => {
		const { 200: signedIn, 202: accepted } = endpoints["POST /api/signup"].responses;
		const pending = { user: null, verification: "sent" };
		expect(validate(accepted, { ...pending, token: "t" })).toEqual(pending);
		expect(() => validate(signedIn, pending)).toThrow();
		expectTypeOf<EndpointResponse<"POST /api/signup", UserDOEndpoints, 202>>().toEqualTypeOf<{
			user: null;
			verification: "sent";
		}>();
		// @ts-expect-error: a sign-in is never put off
		expectTypeOf<EndpointResponse<"POST /api/login", UserDOEndpoints, 202>>();
	});

	it("let tokens be in an answer or not", () => {
		const response = endpoints["POST /api/login"].responses[200];
		expect(validate(response, { user })).toEqual({ user });
		const signedIn = { user, token: "t", refreshToken: "r" };
		expect(validate(response, signedIn)).toEqual(signedIn);
	});

	it("show nothing of a user but what is public", () => {
		const stored = { ...user, passwordHash: "$userdo-pbkdf2$", salt: "s", home: "h" };
		expect(validate(endpoints["GET /api/me"].responses[200], { user: stored })).toEqual({ user });
	});

	it("take any JSON as a value and nothing else", () => {
		const { body } = endpoints["POST /data"];
		fc.assert(
			fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
				fc.pre(!JSON.stringify(value).includes("__proto__"));
				expect(validate(body, { key: "k", value })).toEqual({ key: "k", value });
			}),
		);
		for (const value of [undefined, Number.NaN, Number.POSITIVE_INFINITY, 1n, () => 1]) {
			expect(() => validate(body, { key: "k", value }), String(value)).toThrow();
		}
	});

	it("let no value reach a prototype", () => {
		const body = JSON.parse('{"key":"k","value":{"__proto__":{"polluted":true}}}');
		const { value } = validate(endpoints["POST /data"].body, body);
		expect(Reflect.get(Object(value), "polluted")).toBeUndefined();
		expect(Reflect.get({}, "polluted")).toBeUndefined();
	});

	it.each([
		["0.0", true],
		["12.1764000000000", true],
		["", false],
		["12", false],
		["-1.0", false],
		["1.0 ", false],
		["1e3.0", false],
		["1.0; drop table", false],
		[`${"9".repeat(16)}.0`, false],
	])("judge the place %j to resume at as %s", (since, valid) => {
		expect(z.safeParse(endpoints["GET /api/ws"].query, { since }).success).toBe(valid);
	});
});

describe("validate", () => {
	const issuesOf = (run: () => unknown) => {
		try {
			run();
		} catch (error) {
			if (isUserDOError(error, "invalid_input")) return error.issues;
			throw error;
		}
		throw new Error("Nothing was refused.");
	};

	it("names every field at fault by its path", () => {
		const schema = z.object({ user: z.object({ name: z.string() }), tags: z.array(z.string()) });
		const issues = issuesOf(() => validate(schema, { user: {}, tags: ["a", 1] }));
		expect(issues?.map(({ path }) => path)).toEqual(["user.name", "tags.1"]);
	});

	it("has an empty path for the whole", () => {
		expect(issuesOf(() => validate(z.object({}), "text"))).toEqual([
			{ path: "", message: expect.any(String) },
		]);
	});

	it("never repeats a value", () => {
		const bodies = Object.values(endpoints).flatMap((endpoint) =>
			"body" in endpoint ? [endpoint.body] : [],
		);
		const canary = "c4n4ry";
		const text = fc.string({ unit: "binary" }).map((rest) => canary + rest);
		const value = fc.oneof(
			text,
			fc.jsonValue().map((json) => [canary, json]),
			fc.dictionary(fc.constantFrom("a", "b"), text),
			fc.constant(undefined),
		);
		const fields = ["email", "password", "token", "newPassword", "refreshToken", "key", "value"];
		const input = fc.oneof(value, fc.dictionary(fc.constantFrom(...fields), value));
		let refused = 0;
		fc.assert(
			fc.property(fc.constantFrom(...bodies), input, (schema, body) => {
				try {
					validate(schema, body);
				} catch (error) {
					if (!isUserDOError(error, "invalid_input")) throw error;
					refused++;
					expect(JSON.stringify(toErrorBody(error))).not.toContain(canary);
					expect(String(error.stack)).not.toContain(canary);
				}
			}),
			{ numRuns: 500 },
		);
		expect(refused).toBeGreaterThan(100);
	});
});
