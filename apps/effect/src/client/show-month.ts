import type { Expense, MonthOfExpenses } from "../expense.js";
import { dayName, money, monthName } from "./format.js";
import { byId, create } from "./page.js";

/** Shows the month; nothing for undefined. */
export function showMonth(
	page: MonthOfExpenses | undefined,
	remove: (expense: Expense) => void,
): void {
	const { month, expenses = [], total = 0, byCategory = [] } = page ?? {};
	byId("month", HTMLElement).textContent = month === undefined ? "This month" : monthName(month);
	byId("total", HTMLElement).textContent = month === undefined ? "" : money(total);
	byId("empty", HTMLElement).hidden = expenses.length > 0;
	byId("sums", HTMLElement).replaceChildren(
		...byCategory.map(({ category, cents }) =>
			create(
				"li",
				{},
				category,
				create("span", { className: "amount" }, money(cents)),
				create("progress", { max: total, value: cents, ariaLabel: category }),
			),
		),
	);
	const days = Map.groupBy(expenses, ({ spentOn }) => spentOn);
	byId("days", HTMLElement).replaceChildren(
		...[...days].map(([day, expenses]) =>
			create(
				"section",
				{ className: "day" },
				create("h3", {}, dayName(day)),
				create(
					"ul",
					{ className: "card" },
					...expenses.map((expense) => showExpense(expense, () => remove(expense))),
				),
			),
		),
	);
}

function showExpense({ what, category, cents }: Expense, remove: () => void): HTMLElement {
	return create(
		"li",
		{ className: "expense" },
		create("p", {}, what, create("small", {}, category)),
		create("span", { className: "amount" }, money(cents)),
		create("button", { type: "button", ariaLabel: `Delete ${what}`, onclick: remove }, "×"),
	);
}
