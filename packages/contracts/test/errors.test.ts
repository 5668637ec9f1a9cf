import fc from "fast-check";
import { describe, expect, expectTypeOf, it } from "vitest";
import {
	codeOfStatus,
	type ErrorCode,
	ErrorSchema,
	errorCodes,
	fromErrorBody,
	isUserDOError,
	toErrorBody,
	UserDOError,
	validate,
} from "../src/index.js";

const codes = Object.keys(errorCodes) as ErrorCode[];
const text = fc.string({ unit: "binary" });
const options = fc.record(
	{
		message: text,
		issues: fc.array(fc.record({ path: text, message: text })),
		retryAfter: fc.nat(),
		requestId: text,
		cause: fc.constant("the inside story"),
	},
	{ requiredKeys: [] },
);
const overTheWire = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
/** What is left of an error on the far side of a Durable Object's RPC. */
const overRpc = (error: UserDOError) => Object.assign(new Error(error.message), { ...error });

describe("the body of an error", () => {
	it("comes back as the same error", () => {
		fc.assert(
			fc.property(fc.constantFrom(...codes), options, (code, given) => {
				const error = new UserDOError(code, given);
				const back = fromErrorBody(overTheWire(toErrorBody(error)));
				expect({ ...back, message: back.message }).toEqual({ ...error, message: error.message });
			}),
		);
	});

	it("is what the schema says", () => {
		fc.assert(
			fc.property(fc.constantFrom(...codes), options, (code, given) => {
				const body = overTheWire(toErrorBody(new UserDOError(code, given)));
				expect(validate(ErrorSchema, body)).toEqual(body);
			}),
		);
	});

	it("keeps the cause and the stack to itself", () => {
		const error = new UserDOError("internal_error", { cause: new Error("secret"), requestId: "r" });
		expect(toErrorBody(error)).toEqual({
			error: errorCodes.internal_error.message,
			code: "internal_error",
			requestId: "r",
		});
		expect(error.cause).toEqual(new Error("secret"));
	});

	it("becomes an error of its status when it is none of ours", () => {
		const notOurs = fc.oneof(fc.anything(), fc.record({ code: text, error: fc.anything() }));
		fc.assert(
			fc.property(notOurs, fc.constantFrom(404, 429, 502), (body, status) => {
				const error = fromErrorBody(body, status);
				expect(isUserDOError(error)).toBe(true);
				expect(error.code).toBe(codeOfStatus(status));
			}),
		);
	});

	it.each(["toString", "constructor", "__proto__"])("takes no %s for a code", (code) => {
		expect(fromErrorBody({ error: "Oops", code }, 404).code).toBe("not_found");
	});
});

describe("codeOfStatus", () => {
	it("gives a code of that status, or internal_error", () => {
		for (const { status } of Object.values(errorCodes)) {
			expect(errorCodes[codeOfStatus(status)].status).toBe(status);
		}
		expect(codeOfStatus(418)).toBe("internal_error");
	});
});

describe("UserDOError", () => {
	it("has the status and the text of its code", () => {
		for (const code of codes) {
			const { name, status, message } = new UserDOError(code);
			expect({ name, status, message }).toEqual({ name: "UserDOError", ...errorCodes[code] });
		}
	});

	it("has all its fields of its own, so that they cross an RPC", () => {
		const error = new UserDOError("rate_limited", { retryAfter: 7, requestId: "r" });
		expect({ ...error }).toEqual({
			name: "UserDOError",
			code: "rate_limited",
			status: 429,
			retryAfter: 7,
			requestId: "r",
		});
	});

	it("has no field that was not given", () => {
		expect(Object.keys(new UserDOError("not_found"))).toEqual(["name", "code", "status"]);
	});
});

describe("isUserDOError", () => {
	it("knows an error that came through an RPC", () => {
		const error = overRpc(new UserDOError("not_found"));
		expect(error).not.toBeInstanceOf(UserDOError);
		expect(isUserDOError(error)).toBe(true);
		expect(isUserDOError(error, "not_found")).toBe(true);
		expect(isUserDOError(error, "conflict")).toBe(false);
	});

	it.each([
		undefined,
		null,
		"not_found",
		new Error("not_found"),
		{ name: "UserDOError", code: "not_found" },
		Object.assign(new Error(), { name: "UserDOError" }),
		Object.assign(new Error(), { name: "UserDOError", code: "toString" }),
		Object.assign(new Error(), { name: "UserDOError", code: 404 }),
	])("takes %o for something else", (error) => {
		expect(isUserDOError(error)).toBe(false);
	});

	it("narrows to the code", () => {
		const error: unknown = new UserDOError("rate_limited");
		if (isUserDOError(error, "rate_limited")) {
			expectTypeOf(error.code).toEqualTypeOf<"rate_limited">();
		}
		if (isUserDOError(error)) expectTypeOf(error.code).toEqualTypeOf<ErrorCode>();
	});
});
