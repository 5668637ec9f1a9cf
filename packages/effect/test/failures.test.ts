import { exports } from "cloudflare:workers";
import { type ErrorCode, errorCodes, isUserDOError, UserDOError } from "@userdo/contracts/errors";
import { Cause, Effect, Exit } from "effect";
import { expect, expectTypeOf, test, vi } from "vitest";
import { attempt, type CallFailure, fail, type UserDOFailure } from "../src/index.js";

const codes = Object.keys(errorCodes) as ErrorCode[];

test.each(codes)(
	"an error of code %s is a failure of that tag, and still an error of UserDO",
	async (code) => {
		const error = new UserDOError(code, {
			issues: [{ path: "title", message: "Too short." }],
			retryAfter: 3,
			requestId: "r",
			cause: new Error("why"),
		});
		const failure = await Effect.runPromise(Effect.flip(attempt(() => Promise.reject(error))));
		expect(failure._tag).toBe(code);
		expect(isUserDOError(failure, code)).toBe(true);
		const { name, message, status, issues, retryAfter, requestId, cause } = error;
		expect(failure).toMatchObject({ name, message, code, status, issues, retryAfter, requestId });
		expect(failure.cause).toBe(cause);
	},
);

test("a failure of the page's side is the same", async () => {
	const error = Object.assign(new Error("No answer."), {
		name: "UserDOError",
		code: "network_error",
		status: 0,
	});
	const failure = await Effect.runPromise(Effect.flip(attempt(() => Promise.reject(error))));
	expect(failure).toMatchObject({ _tag: "network_error", message: "No answer.", status: 0 });
	expect(Object.keys(failure)).not.toContain("issues");
});

test("tags are caught one by one, by the compiler's count", async () => {
	const failing = fail("rate_limited", { retryAfter: 7 }) as Effect.Effect<
		string,
		UserDOFailure<"rate_limited" | "not_found">
	>;
	const waited = failing.pipe(
		Effect.catchTag("rate_limited", (failure) => {
			expectTypeOf(failure).toEqualTypeOf<UserDOFailure<"rate_limited">>();
			expectTypeOf(failure.code).toEqualTypeOf<"rate_limited">();
			return Effect.succeed(`wait ${failure.retryAfter}`);
		}),
	);
	expectTypeOf<Effect.Error<typeof waited>>().toEqualTypeOf<UserDOFailure<"not_found">>();
	const all = waited.pipe(Effect.catchTag("not_found", () => Effect.succeed("none")));
	expectTypeOf<Effect.Error<typeof all>>().toEqualTypeOf<never>();
	expect(await Effect.runPromise(all)).toBe("wait 7");

	const call = attempt(async () => 1).pipe(
		Effect.catchTag("ObjectUnavailable", () => fail("timeout")),
	);
	expectTypeOf<Effect.Error<typeof call>>().toEqualTypeOf<UserDOFailure>();
	expectTypeOf<CallFailure["_tag"]>().toEqualTypeOf<ErrorCode | "ObjectUnavailable">();
	// @ts-expect-error: there is no such code
	attempt(async () => 1).pipe(Effect.catchTag("not-found", () => Effect.void));
});

test("what is nobody's failure is a defect", async () => {
	const bug = new TypeError("a bug");
	for (const call of [
		() => Promise.reject(bug),
		() => {
			throw bug;
		},
	]) {
		const exit = await Effect.runPromiseExit(attempt(call));
		expect(exit).toEqual(Exit.die(bug));
	}
	const exit = await Effect.runPromiseExit(attempt(() => Promise.reject("text")));
	expect(Exit.isFailure(exit) && Cause.hasDies(exit.cause)).toBe(true);
});

test("an interrupted call is told so", async () => {
	let aborted = false;
	const call = attempt(
		(signal) =>
			new Promise(() =>
				signal.addEventListener("abort", () => {
					aborted = true;
				}),
			),
	);
	const controller = new AbortController();
	const ended = Effect.runPromiseExit(call, { signal: controller.signal });
	controller.abort();
	const exit = await ended;
	expect(Exit.isFailure(exit) && Cause.hasInterruptsOnly(exit.cause)).toBe(true);
	expect(aborted).toBe(true);
});

test.each(codes)(
	"a handler that fails with %s answers what one that throws it does",
	async (code) => {
		const logged = vi.spyOn(console, "error").mockImplementation(() => {});
		const [thrown, failed] = await Promise.all([
			answer(`/api/thrown/${code}`),
			answer(`/api/failed/${code}`),
		]);
		expect(failed).toEqual(thrown);
		if (thrown.status < 500) expect(thrown.body).toMatchObject({ code, error: "As it is." });
		for (const [line] of logged.mock.calls) expect(line).not.toContain("As it is.");
	},
);

async function answer(path: string) {
	const response = await exports.default.fetch(new URL(path, "https://app.example.com"));
	const body: object = await response.json();
	return {
		status: response.status,
		retryAfter: response.headers.get("retry-after"),
		// Another one each time.
		body: { ...body, requestId: "requestId" in body },
	};
}
