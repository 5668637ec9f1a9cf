import { type CallFailure, fail, makeUserObject } from "@userdo/effect";
import { Effect, Layer, Logger, ManagedRuntime } from "effect";
import { getUserDOFromContext, type SessionUser } from "userdo";
import { Ledger, Owner } from "./ledger.js";
import type { SpendingDO } from "./spending-do.js";

const runtime = ManagedRuntime.make(
	Layer.mergeAll(Ledger.layer, Logger.layer([Logger.consoleJson])),
);
// The services are built now, of no request: Workers let no request wait for another's work.
runtime.runSync(Effect.void);

/** Hono's, of a route of `createUserDOWorker`. */
type Context = Parameters<typeof getUserDOFromContext>[0];

/**
 * A route whose handler is an effect. What it fails with is thrown, and answered by the app's
 * `onError` as any other error of UserDO.
 */
export function handle(
	run: (c: Context) => Effect.Effect<Response, CallFailure, Ledger | Owner>,
): (c: Context) => Promise<Response> {
	return (c) => {
		const user: SessionUser | undefined = c.get("user");
		// Without a session its calls fail with `unauthorized`, whatever the address.
		const owner = makeUserObject(() => getUserDOFromContext<SpendingDO>(c, user?.email ?? ""));
		const route = `${c.req.method} ${c.req.routePath}`;
		return run(c).pipe(
			Effect.provideService(Owner, owner),
			Effect.catchTag("ObjectUnavailable", (failure) =>
				Effect.gen(function* () {
					const { overloaded, retryable } = failure;
					yield* Effect.logWarning("A user's object is unavailable.").pipe(
						Effect.annotateLogs({ route, overloaded, retryable }),
					);
					// It is this user alone who asks too much of it.
					return yield* overloaded ? fail("rate_limited", { retryAfter: 5 }) : Effect.die(failure);
				}),
			),
			Effect.withSpan(route, { kind: "server" }),
			(effect) => runtime.runPromise(effect),
		);
	};
}
