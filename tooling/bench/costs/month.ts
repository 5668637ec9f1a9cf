import { objectMemory, prices, subscription, type Usage } from "./prices.ts";
import { type Operation, work } from "./work.ts";

export interface Assumptions {
	/** What one user does on one day, by operation. */
	day: Readonly<Partial<Record<Operation, number>>>;
	/** Milliseconds for which a call keeps an object busy. */
	busy: number;
	/** Milliseconds of the processor that the Worker takes for a request. */
	processor: number;
	/** Bytes that a user has stored. */
	stored: number;
}

const daysOfMonth = 30;

/** What so many users use in a month. */
export function usageOf(users: number, { day, busy, processor, stored }: Assumptions): Usage {
	const sum = (of: (operation: Operation) => number) =>
		Object.entries(day).reduce(
			(total, [operation, times]) => total + times * of(operation as Operation),
			0,
		) *
		users *
		daysOfMonth;
	const requests = sum(() => 1);
	const hops = sum((operation) => work[operation].hops);
	return {
		workerRequests: requests,
		workerProcessor: requests * processor,
		objectRequests: hops,
		objectDuration: (hops * busy * objectMemory) / 1000 / 1e9,
		rowsRead: sum((operation) => work[operation].read),
		rowsWritten: sum((operation) => work[operation].written),
		stored: (users * stored) / 1e9,
	};
}

export interface Month {
	/** Dollars, by what they are paid for; what is included costs nothing. */
	parts: Usage;
	/** With the subscription. */
	total: number;
}

/** What that costs. */
export function costOf(usage: Usage): Month {
	const parts = Object.fromEntries(
		Object.entries(prices).map(([name, { included, million }]) => {
			const beyond = Math.max(0, usage[name as keyof Usage] - included);
			return [name, (beyond * million) / 1e6];
		}),
	) as Usage;
	const total = Object.values(parts).reduce((sum, part) => sum + part, subscription);
	return { parts, total };
}

/** Dollars for a million calls of an operation, where nothing is included any more. */
export function priceOf(
	operation: Operation,
	assumptions: Pick<Assumptions, "busy" | "processor">,
) {
	const day = { [operation]: 1e6 / daysOfMonth };
	const usage = usageOf(1, { ...assumptions, day, stored: 0 });
	return Object.entries(prices).reduce(
		(sum, [name, { million }]) => sum + (usage[name as keyof Usage] * million) / 1e6,
		0,
	);
}
