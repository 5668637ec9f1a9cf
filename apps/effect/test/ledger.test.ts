import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { makeUserObject, ObjectUnavailable } from "@userdo/effect";
import { Effect } from "effect";
import * as TestClock from "effect/testing/TestClock";
import { createUserDOWorker, getUserDO } from "userdo";
import { expect, test, vi } from "vitest";
import { handle } from "../src/handle.js";
import { Ledger, Owner } from "../src/ledger.js";
import type { SpendingDO } from "../src/spending-do.js";
import { coffee, Visitor } from "./visitor.js";

/** Runs the effect at that time, on a new user's object. */
async function runAt<A, E>(time: string, effect: Effect.Effect<A, E, Ledger | Owner>) {
	const { email } = await Visitor.signUp();
	const owner = makeUserObject(() => getUserDO<SpendingDO>(env.SPENDING_DO, email));
	return TestClock.setTime(Date.parse(time)).pipe(
		Effect.andThen(effect),
		Effect.provideService(Owner, owner),
		Effect.provide([Ledger.layer, TestClock.layer()]),
		Effect.runPromise,
	);
}

test("a day may have begun somewhere on Earth, and no other", async () => {
	const expense = coffee({ spentOn: "2026-03-14" });
	const put = Ledger.use((ledger) => ledger.put(expense));
	expect(await runAt("2026-03-13T10:00:00Z", put)).toMatchObject(expense);
	const refused = Effect.flip(put);
	expect(await runAt("2026-03-13T09:59:59Z", refused)).toMatchObject({
		_tag: "invalid_input",
		issues: [{ path: "spentOn", message: "This day is still to come." }],
	});
});

test.each([
	[{ overloaded: true, retryable: false }, 429, "rate_limited", "5"],
	[{ overloaded: false, retryable: true }, 500, "internal_error", null],
])(
	"an object that is unavailable, %o, is answered and logged",
	async (flags, status, code, wait) => {
		const lines: string[] = [];
		for (const level of ["log", "error"] as const) {
			vi.spyOn(console, level).mockImplementation((line: string) => void lines.push(line));
		}
		const failure = new ObjectUnavailable({ message: "Lost.", cause: new Error("why"), ...flags });
		const app = createUserDOWorker("SPENDING_DO");
		app.get(
			"/api/lost",
			handle(() => Effect.fail(failure)),
		);
		const response = await app.request("/api/lost?secret", {}, env, createExecutionContext());
		expect([response.status, await response.json()]).toMatchObject([status, { code }]);
		expect(response.headers.get("retry-after")).toBe(wait);
		expect(JSON.parse(lines[0] ?? "")).toMatchObject({
			level: "WARN",
			message: "A user's object is unavailable.",
			annotations: { route: "GET /api/lost", ...flags },
		});
		expect(lines.join()).not.toContain("secret");
	},
);
