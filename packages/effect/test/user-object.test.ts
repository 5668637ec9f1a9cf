import { env, exports } from "cloudflare:workers";
import type { Remote } from "@userdo/core";
import { getUserDO } from "@userdo/worker";
import { Cause, Effect, Exit, Fiber, Tracer } from "effect";
import * as TestClock from "effect/testing/TestClock";
import { beforeAll, expect, expectTypeOf, test } from "vitest";
import { type CallFailure, makeUserObject, ObjectUnavailable, retryLost } from "../src/index.js";
import type { MyAppDO } from "./worker.js";

/** A user's object, and how often it was opened. */
function newUser() {
	const email = `${crypto.randomUUID()}@example.com`;
	const opened = { times: 0 };
	const direct = getUserDO(env.MY_APP_DO, email);
	const user = makeUserObject((): Remote<MyAppDO> => {
		opened.times += 1;
		return getUserDO(env.MY_APP_DO, email);
	});
	return { user, direct, opened };
}

test("calls and chains answer as they do without", async () => {
	const { user } = newUser();
	const titles = user.call((userDO) => userDO.books.orderBy("title").limit(5).get(), {
		idempotent: true,
	});
	expectTypeOf<Effect.Error<typeof titles>>().toEqualTypeOf<CallFailure>();
	expect(await Effect.runPromise(titles)).toEqual([]);
});

test("a refusal of the object has its code, a bug of its methods is a defect", async () => {
	const { user } = newUser();
	const refused = user.call((userDO) => userDO.refuse("conflict")).pipe(Effect.flip);
	expect(await Effect.runPromise(refused)).toMatchObject({
		_tag: "conflict",
		message: "Not this one.",
		issues: [{ path: "title", message: "Too short." }],
		retryAfter: 3,
	});
	const exit = await Effect.runPromiseExit(
		user.call((userDO) => userDO.crash(), { idempotent: true }),
	);
	const defect = Exit.isFailure(exit) ? Cause.squash(exit.cause) : undefined;
	expect(defect).toMatchObject({ name: "RangeError", message: "of the app itself" });
	expect(defect).not.toHaveProperty("_tag");
});

test("a lost call is tried again if it is idempotent, and only then", async () => {
	const { user, direct, opened } = newUser();
	await direct.loseCalls(2);
	expect(
		await Effect.runPromise(user.call((userDO) => userDO.books.count(), { idempotent: true })),
	).toBe(0);
	expect(opened.times).toBe(3);

	await direct.loseCalls(1);
	const lost = await Effect.runPromise(Effect.flip(user.call((userDO) => userDO.books.count())));
	expect(lost).toMatchObject({ _tag: "ObjectUnavailable", retryable: true, overloaded: false });
	expect(opened.times).toBe(4);
});

test("an object that was reset in the call is unavailable, and is not asked again", async () => {
	const { user, opened } = newUser();
	const failure = await Effect.runPromise(
		Effect.flip(user.call((userDO) => userDO.reset(), { idempotent: true })),
	);
	expect(failure).toMatchObject({ _tag: "ObjectUnavailable", retryable: false });
	expect(opened.times).toBe(1);
	expect(
		await Effect.runPromise(user.call((userDO) => userDO.books.count(), { idempotent: true })),
	).toBe(0);
});

let connectionLost: unknown;

beforeAll(async () => {
	const { direct } = newUser();
	await direct.loseCalls(1);
	connectionLost = await direct.books.count().catch((error: unknown) => error);
	expect(connectionLost).toHaveProperty("retryable", true);
});

const withClock = <A, E>(effect: Effect.Effect<A, E>) =>
	Effect.runPromise(effect.pipe(Effect.provide(TestClock.layer())));

test("tries are 100, 200 and 400 ms apart, give or take a fifth, and end", async () => {
	let tries = 0;
	const user = makeUserObject(() => {
		tries += 1;
		return { get: () => Promise.reject(connectionLost) };
	});
	await withClock(
		Effect.gen(function* () {
			const fiber = yield* Effect.forkChild(
				Effect.flip(user.call((object) => object.get(), { idempotent: true })),
			);
			const seen: number[] = [];
			// Just before the earliest and at the latest moment of each further try: 80 to 120, 240 to 360,
			// 560 to 840.
			for (const step of [79, 41, 119, 121, 199, 281]) {
				yield* TestClock.adjust(step);
				seen.push(tries);
			}
			expect(seen).toEqual([1, 2, 2, 3, 3, 4]);
			expect(yield* Fiber.join(fiber)).toBeInstanceOf(ObjectUnavailable);
			yield* TestClock.adjust("1 hour");
			expect(tries).toBe(4);
		}),
	);
});

test.each([
	["overloaded", { overloaded: true }],
	["overloaded, although retryable", { overloaded: true, retryable: true }],
])("an object that is %s is left alone", async (_, flags) => {
	let tries = 0;
	const user = makeUserObject(() => {
		tries += 1;
		return { get: () => Promise.reject(Object.assign(new Error("Too much."), flags)) };
	});
	const failure = await Effect.runPromise(
		Effect.flip(user.call((object) => object.get(), { idempotent: true })),
	);
	expect(failure).toMatchObject({ _tag: "ObjectUnavailable", overloaded: true, retryable: false });
	expect(tries).toBe(1);
});

test("a refusal is not tried again", async () => {
	let tries = 0;
	const effect = Effect.suspend(() =>
		Effect.fail({ _tag: "conflict", retryable: true, tries: ++tries }),
	);
	await Effect.runPromise(Effect.flip(retryLost(effect)));
	expect(tries).toBe(1);
});

test.each([true, false])(
	"a call that does not answer ends with a timeout, idempotent: %s",
	async (idempotent) => {
		const never = { get: () => new Promise<string>(() => {}) };
		for (const [options, time] of [
			[{}, 10_000],
			[{ timeout: "2 seconds" }, 2_000],
		] as const) {
			const user = makeUserObject(() => never, options);
			await withClock(
				Effect.gen(function* () {
					const fiber = yield* Effect.forkChild(
						Effect.flip(user.call((object) => object.get(), { idempotent })),
					);
					yield* TestClock.adjust(time - 1);
					expect(fiber.pollUnsafe()).toBeUndefined();
					yield* TestClock.adjust(1);
					expect(yield* Fiber.join(fiber)).toMatchObject({ _tag: "timeout", code: "timeout" });
				}),
			);
		}
	},
);

test("all tries share the time of one call", async () => {
	let tries = 0;
	const user = makeUserObject(
		() => {
			tries += 1;
			return { get: () => Promise.reject(connectionLost) };
		},
		{ timeout: 150 },
	);
	await withClock(
		Effect.gen(function* () {
			const fiber = yield* Effect.forkChild(
				Effect.flip(user.call((object) => object.get(), { idempotent: true })),
			);
			yield* TestClock.adjust(150);
			expect(yield* Fiber.join(fiber)).toMatchObject({ _tag: "timeout" });
			expect(tries).toBe(2);
		}),
	);
});

test("spans say what was done, not what was sent", async () => {
	const { user } = newUser();
	const spans: Tracer.Span[] = [];
	const tracer = Tracer.make({
		span(options) {
			const span = new Tracer.NativeSpan(options);
			spans.push(span);
			return span;
		},
	});
	await user
		.call((userDO) => userDO.books.where("title", "==", "my secret").get(), { idempotent: true })
		.pipe(
			Effect.andThen(Effect.ignore(user.call((userDO) => userDO.refuse("conflict")))),
			Effect.provideService(Tracer.Tracer, tracer),
			Effect.runPromise,
		);
	expect(
		spans.map(({ name, kind, attributes }) => ({ name, kind, attributes: [...attributes] })),
	).toEqual([
		{ name: "UserDO.call", kind: "client", attributes: [["idempotent", true]] },
		{ name: "UserDO.call", kind: "client", attributes: [["idempotent", false]] },
	]);
	const [read, written] = spans.map(({ status }) => status._tag === "Ended" && status.exit);
	expect(read && Exit.isSuccess(read)).toBe(true);
	expect(written && Exit.isFailure(written)).toBe(true);
});

test("a route that runs an effect refuses and answers as any other", async () => {
	const address = new URL("/api/books", "https://app.example.com");
	const stranger = await exports.default.fetch(address);
	expect([stranger.status, await stranger.json()]).toMatchObject([401, { code: "unauthorized" }]);
	const signup = await exports.default.fetch(new URL("/api/signup", address), {
		method: "POST",
		headers: {
			"content-type": "application/json",
			"x-userdo-tokens": "body",
			origin: address.origin,
		},
		body: JSON.stringify({
			email: `${crypto.randomUUID()}@example.com`,
			password: "correct horse",
		}),
	});
	const { token } = await signup.json<{ token: string }>();
	const own = await exports.default.fetch(address, {
		headers: { authorization: `Bearer ${token}` },
	});
	expect([own.status, await own.json()]).toEqual([200, { items: [] }]);
});
