import { attempt } from "@userdo/effect";
import { Effect } from "effect";
import { createUserDOWorker, limits } from "userdo";
import { decode } from "./decode.js";
import { handle } from "./handle.js";
import { Ledger } from "./ledger.js";
import { Draft, Month } from "./schemas.js";

export { SpendingDO } from "./spending-do.js";

const app = createUserDOWorker("SPENDING_DO");

app.use("/api/expenses/*", limits({ maxBytes: 16 * 1024 }));

app.get(
	"/api/months/:month",
	handle((c) =>
		Effect.gen(function* () {
			const month = yield* decode(Month, c.req.param("month"));
			const ledger = yield* Ledger;
			return c.json(yield* ledger.month(month));
		}),
	),
);

app.put(
	"/api/expenses",
	handle((c) =>
		Effect.gen(function* () {
			const expense = yield* decode(Draft, yield* attempt(() => c.req.json()));
			const ledger = yield* Ledger;
			return c.json({ expense: yield* ledger.put(expense) });
		}),
	),
);

app.delete(
	"/api/expenses/:id",
	handle((c) =>
		Effect.gen(function* () {
			const ledger = yield* Ledger;
			return c.json({ ok: true, deleted: yield* ledger.remove(c.req.param("id") ?? "") });
		}),
	),
);

export default app;
