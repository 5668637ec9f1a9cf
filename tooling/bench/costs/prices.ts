/** What is paid for beyond what is included, in dollars, and how much is included in a month. */
export interface Price {
	included: number;
	/** For a million. */
	million: number;
}

/** Of Cloudflare's Workers Paid plan, which itself costs {@link subscription}; November 2026. */
export const prices = {
	/** Requests to the Worker. What it asks objects for is not one. */
	workerRequests: { included: 10e6, million: 0.3 },
	/** Milliseconds of the processor that the Worker takes. */
	workerProcessor: { included: 30e6, million: 0.02 },
	/** Calls to objects; of messages that sockets send, twenty are one. */
	objectRequests: { included: 1e6, million: 0.15 },
	/** Gigabyte-seconds: each object counts as 128 MB as long as it is busy, and not while it could sleep. */
	objectDuration: { included: 400e3, million: 12.5 },
	rowsRead: { included: 25e9, million: 0.001 },
	rowsWritten: { included: 50e6, million: 1 },
	/** Gigabytes for a month. */
	stored: { included: 5, million: 200_000 },
} as const satisfies Record<string, Price>;

export type Usage = Record<keyof typeof prices, number>;

/** Dollars in a month. */
export const subscription = 5;

/** Bytes that every object counts for, however few it uses. */
export const objectMemory = 128e6;
