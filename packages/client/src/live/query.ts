import type { Unsubscribe } from "../listeners.js";
import type { Condition } from "../query.js";
import { toJson } from "../request.js";
import type { FieldPath, Operand, Operator } from "../types.js";
import { maxLimit, type Question } from "./question.js";
import type { LiveStore } from "./store.js";
import type { LiveSnapshot } from "./watch.js";

/** Something on the server whose every state is told to those who subscribe. */
export interface Live<Data> {
	/**
	 * Calls the listener with what is known, soon and then whenever it changes. All who subscribe to the
	 * same share one request.
	 *
	 * @returns ends it; a listener may call that, too
	 */
	subscribe(listener: (snapshot: LiveSnapshot<Data>) => void): Unsubscribe;
}

/**
 * Rows to look at, as they are and as they become. A query never changes: each step returns another
 * one, and nothing is sent before somebody subscribes.
 */
export interface LiveQuery<Row> extends Live<readonly Row[]> {
	/** As `where` of a collection's own queries. */
	where(field: FieldPath<Row>, operator: Operator, value?: Operand): LiveQuery<Row>;
	/** Only rows of which the condition is true: `where({ or: [["a", "==", 1], ["b", ">", 2]] })`. */
	where(condition: Condition<Row>): LiveQuery<Row>;
	/** Only rows of which one of the conditions is true. */
	or(conditions: readonly Condition<Row>[]): LiveQuery<Row>;
	/** Only rows of which the condition is not true. */
	not(condition: Condition<Row>): LiveQuery<Row>;
	/** Sorts by that field, and by further ones where it is equal. */
	orderBy(field: FieldPath<Row>, direction?: "asc" | "desc"): LiveQuery<Row>;
	/** At most that many rows: an integer up to 1,000, which is also how many there are without it. */
	limit(count: number): LiveQuery<Row>;
	/** The number of all rows, whatever the limit; undefined until it is known. */
	count(): Live<number | undefined>;
}

const everything: Question = { where: [], orders: [], limit: maxLimit, counts: false };

export function createLiveQuery<Row>(
	store: LiveStore,
	question: Question = everything,
): LiveQuery<Row> {
	const step = (next: Partial<Question>) => createLiveQuery<Row>(store, { ...question, ...next });
	const and = (condition: unknown) =>
		step({ where: [...question.where, JSON.parse(toJson(condition))] });
	return {
		where: (...condition: unknown[]) => and(condition[1] ? condition : condition[0]),
		or: (or) => and({ or }),
		not: (not) => and({ not }),
		orderBy: (field, direction = "asc") =>
			step({ orders: [...question.orders, [field, direction]] }),
		limit: (limit) => step({ limit }),
		count: () => step({ orders: [], counts: true }) as Live<unknown> as Live<number | undefined>,
		subscribe: (listener) => store.subscribe(question, { listener }),
	};
}
