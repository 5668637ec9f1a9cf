import type { Condition, Order } from "./matcher.js";

/** What a live query asks for. It never changes. */
export interface Question {
	/** As JSON, joined by AND. */
	readonly where: readonly Condition[];
	readonly orders: readonly Order[];
	/** Rows at most. */
	readonly limit: number;
	/** Whether their number is all that is asked for. */
	readonly counts: boolean;
}

/** The most that the server lists at once. */
export const maxLimit = 1_000;

/** The question in the address of a request; the same for the same question. */
export function toSearch({ where, orders, limit, counts }: Question): string {
	const orderBy = orders.map((order) => order.join(":")).join();
	const search = new URLSearchParams({
		where: JSON.stringify(where),
		...(orderBy && { orderBy }),
		...(counts ? { count: "true" } : { limit: String(limit) }),
	});
	return search.toString();
}
