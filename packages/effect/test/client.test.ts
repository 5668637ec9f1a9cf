import { exports } from "cloudflare:workers";
import { UserDOClient } from "@userdo/client";
import { Effect, Fiber, Stream } from "effect";
import { expect, test } from "vitest";
import { attempt, listen } from "../src/index.js";

const origin = "https://app.example.com";

/** A client that keeps its cookies. */
function newClient() {
	const jar = new Map<string, string>();
	return new UserDOClient(`${origin}/api`, {
		async fetch(input, init) {
			const request = new Request(input, init);
			request.headers.set("origin", origin);
			request.headers.set("cookie", [...jar].map((pair) => pair.join("=")).join("; "));
			const response = await exports.default.fetch(request);
			for (const cookie of response.headers.getSetCookie()) {
				const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
				jar.set(name, value);
			}
			return response;
		},
	});
}

test("calls of the client are effects with its codes as tags", async () => {
	const client = newClient();
	const email = `${crypto.randomUUID()}@example.com`;
	const signIn = attempt((signal) => client.login(email, "correct horse", { signal })).pipe(
		Effect.as("in"),
		Effect.catchTag("invalid_credentials", () =>
			attempt(() => client.signup(email, "correct horse")).pipe(Effect.as("up")),
		),
	);
	expect(await Effect.runPromise(signIn)).toBe("up");
	expect(await Effect.runPromise(signIn)).toBe("in");
});

test("what a listener hears is a stream, which unsubscribes at its end", async () => {
	const client = newClient();
	let listening = 0;
	const users = listen<string | undefined>((heard) => {
		listening += 1;
		const unsubscribe = client.onAuthStateChanged((user) => heard(user?.email));
		return () => {
			listening -= 1;
			unsubscribe();
		};
	});
	const email = `${crypto.randomUUID()}@example.com`;
	const heard = await Effect.runPromise(
		Effect.gen(function* () {
			const fiber = yield* Effect.forkChild(Stream.runCollect(Stream.take(users, 2)));
			while (listening === 0) yield* Effect.yieldNow;
			yield* attempt(() => client.signup(email, "correct horse"));
			yield* attempt(() => client.logout());
			return yield* Fiber.join(fiber);
		}),
	);
	expect(heard).toEqual([email, undefined]);
	expect(listening).toBe(0);
});
