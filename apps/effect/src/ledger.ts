import { type CallFailure, fail, type UserObject } from "@userdo/effect";
import { Clock, Context, Effect, Layer } from "effect";
import type { Remote } from "userdo";
import type { Expense, MonthOfExpenses } from "./expense.js";
import type { SpendingDO } from "./spending-do.js";

/** The signed-in user's own object. Each request has another. */
export class Owner extends Context.Service<Owner, UserObject<Remote<SpendingDO>>>()(
	"spending/Owner",
) {}

/** What the app does with expenses. */
export class Ledger extends Context.Service<
	Ledger,
	{
		/** The expenses of a month, with their sums. */
		readonly month: (month: string) => Effect.Effect<MonthOfExpenses, CallFailure, Owner>;
		/** Adds the expense, or replaces the one of the same id. */
		readonly put: (expense: Expense) => Effect.Effect<Expense, CallFailure, Owner>;
		/** Whether there was such an expense. */
		readonly remove: (id: string) => Effect.Effect<boolean, CallFailure, Owner>;
	}
>()("spending/Ledger") {
	static readonly layer = Layer.sync(Ledger, () => Ledger.of({ month, put, remove }));
}

const month = Effect.fn("Ledger.month")(function* (month: string) {
	const owner = yield* Owner;
	const expenses = yield* owner.call(
		({ expenses }) =>
			expenses
				.where("spentOn", "starts-with", month)
				.orderBy("spentOn", "desc")
				.orderBy("createdAt", "desc")
				.get(),
		{ idempotent: true },
	);
	return { month, expenses, ...sums(expenses) };
});

const put = Effect.fn("Ledger.put")(function* (expense: Expense) {
	// By the clock of the place on Earth that is furthest ahead, nobody can be told where they are.
	const latest = (yield* Clock.currentTimeMillis) + 14 * 60 * 60 * 1000;
	if (Date.parse(expense.spentOn) > latest) {
		const issue = { path: "spentOn", message: "This day is still to come." };
		return yield* fail("invalid_input", { issues: [issue] });
	}
	const owner = yield* Owner;
	return yield* owner.call((object) => object.putExpense(expense), { idempotent: true });
});

const remove = Effect.fn("Ledger.remove")(function* (id: string) {
	const owner = yield* Owner;
	return yield* owner.call(({ expenses }) => expenses.delete(id), { idempotent: true });
});

function sums(expenses: readonly Expense[]): Pick<MonthOfExpenses, "total" | "byCategory"> {
	const byCategory = new Map<Expense["category"], number>();
	for (const { category, cents } of expenses) {
		byCategory.set(category, (byCategory.get(category) ?? 0) + cents);
	}
	return {
		total: expenses.reduce((sum, { cents }) => sum + cents, 0),
		byCategory: [...byCategory]
			.map(([category, cents]) => ({ category, cents }))
			.sort((a, b) => b.cents - a.cents),
	};
}
