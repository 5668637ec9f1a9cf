import { type ErrorCode, UserDOError } from "@userdo/contracts/errors";
import { type InvokeCall, type InvokeResult, UserDO } from "@userdo/core";
import { createUserDOWorker, getUserDOFromContext } from "@userdo/worker";
import { Effect } from "effect";
import * as z from "zod";
import { fail, makeUserObject } from "../src/index.js";

export class MyAppDO extends UserDO {
	books = this.table("books", z.object({ title: z.string().min(1) }));

	/** The next calls are lost, by the platform's own error of a connection that ended. */
	async loseCalls(calls: number): Promise<void> {
		this.ctx.storage.kv.put("lose", calls);
	}

	override async invoke(call: InvokeCall): Promise<InvokeResult> {
		const calls = this.ctx.storage.kv.get<number>("lose") ?? 0;
		if (calls === 0) return super.invoke(call);
		this.ctx.storage.kv.put("lose", calls - 1);
		// Nobody listens there.
		await fetch("http://127.0.0.1:1");
		throw new Error("unreachable");
	}

	async reset(): Promise<void> {
		this.ctx.abort("reset");
	}

	async refuse(code: ErrorCode): Promise<never> {
		throw new UserDOError(code, {
			message: "Not this one.",
			issues: [{ path: "title", message: "Too short." }],
			retryAfter: 3,
		});
	}

	async crash(): Promise<never> {
		throw new RangeError("of the app itself");
	}
}

const app = createUserDOWorker("MY_APP_DO", { rateLimits: false });

const refusal = { message: "As it is.", retryAfter: 3, issues: [{ path: "a", message: "No." }] };

app.get("/api/thrown/:code", (c) => {
	throw new UserDOError(c.req.param("code") as ErrorCode, refusal);
});

app.get("/api/failed/:code", (c) =>
	Effect.runPromise(fail(c.req.param("code") as ErrorCode, refusal)),
);

app.get("/api/books", (c) => {
	const books = makeUserObject(() =>
		getUserDOFromContext<MyAppDO>(c, c.get("user")?.email ?? ""),
	).call((userDO) => userDO.books.get(), { idempotent: true });
	return Effect.runPromise(Effect.map(books, (items) => c.json({ items })));
});

export default app;
