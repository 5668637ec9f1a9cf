export const categories = ["Food", "Home", "Travel", "Fun", "Other"] as const;

export interface Expense {
	/** A UUID that the page has made. */
	id: string;
	what: string;
	cents: number;
	category: (typeof categories)[number];
	/** `2026-11-30` */
	spentOn: string;
}

/** What the server answers of a month. */
export interface MonthOfExpenses {
	month: string;
	/** The newest day first, and of a day what was added last. */
	expenses: Expense[];
	total: number;
	/** The largest first; none is zero. */
	byCategory: { category: Expense["category"]; cents: number }[];
}
