import { fail } from "@userdo/effect";
import { Effect } from "effect";
import { type Env, type Table, UserDO } from "userdo";
import type { Expense } from "./expense.js";
import { ExpenseSchema } from "./schemas.js";

const maxPerMonth = 500;

/** One of these per user, with a database of its own: all expenses in it are that user's. */
export class SpendingDO extends UserDO {
	expenses: Table<Expense>;

	constructor(state: DurableObjectState, env: Env) {
		super(state, env);
		this.expenses = this.table("expenses", ExpenseSchema, {
			userScoped: true,
			indexes: ["spentOn"],
		});
	}

	/** Can be done twice: the expense of an id is there once. */
	async putExpense(expense: Expense): Promise<Expense> {
		// Tables are synchronous, so this runs in one go, and nothing comes in between.
		return Effect.runSync(this.#put(expense));
	}

	readonly #put = Effect.fn("SpendingDO.put")({ self: this }, function* (expense: Expense) {
		const known = this.expenses.findById(expense.id);
		if (known === undefined) {
			const month = expense.spentOn.slice(0, 7);
			const count = this.expenses.where("spentOn", "starts-with", month).count();
			if (count >= maxPerMonth) {
				return yield* fail("conflict", {
					message: `A month holds ${maxPerMonth} expenses, and this one is full.`,
				});
			}
		}
		return this.expenses.upsert(expense, { on: "id" });
	});
}
