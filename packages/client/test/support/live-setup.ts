import { afterEach, beforeEach, vi } from "vitest";
import { type Live, type LiveOptions, type LiveSnapshot, live } from "../../src/live.js";
import { FakeCollection, type FakeRow } from "./fake-collection.js";

type Rows = readonly Record<string, unknown>[];

/** Time stands still in each test, and waits are as long as they can be. */
export function stopClock(): void {
	beforeEach(() => {
		const toFake = ["setTimeout", "clearTimeout", "Date"] as const;
		vi.useFakeTimers({ toFake: [...toFake], now: Date.parse("2026-02-01") });
		vi.spyOn(Math, "random").mockReturnValue(1);
	});

	afterEach(() => {
		vi.useRealTimers();
	});
}

/** Until all promises have gone as far as they can. */
export const turn = () => new Promise((resolve) => setImmediate(resolve));

export async function after(milliseconds: number): Promise<void> {
	vi.advanceTimersByTime(milliseconds);
	await turn();
}

/** All that a query has told. */
export function watch<Data>(query: Live<Data>) {
	const seen: LiveSnapshot<Data>[] = [];
	const stop = query.subscribe((snapshot) => seen.push(snapshot));
	const last = () => seen.at(-1) as LiveSnapshot<Data>;
	return { seen, stop, last };
}

export const ns = ({ data }: LiveSnapshot<Rows>) => data.map(({ n }) => n);

let foreign = 0;

/** Rows of others, with these numbers. */
export function add(server: FakeCollection, ...numbers: number[]): FakeRow[] {
	return numbers.map((n) => {
		const mutation = `foreign-${++foreign}`;
		const result = server.write({ op: "create", mutation, collection: "posts", data: { n } });
		return (result as unknown as { row: FakeRow }).row;
	});
}

export function change(server: FakeCollection, id: string, patch: Record<string, number>): void {
	const mutation = `foreign-${++foreign}`;
	server.write({ op: "update", mutation, collection: "posts", id, patch });
}

export function remove(server: FakeCollection, id: string): void {
	server.write({ op: "delete", mutation: `foreign-${++foreign}`, collection: "posts", id });
}

/** A server with these rows, and an open connection to it. */
export async function setUp(numbers: number[], options?: LiveOptions<object>) {
	const server = new FakeCollection();
	const rows = add(server, ...numbers);
	server.connecting();
	const posts = live(server.collection, options);
	return { server, posts, rows };
}

/** All answers arrive, and all changes. */
export async function arrive(server: FakeCollection): Promise<void> {
	if (server.status !== "open") server.open();
	server.answerAll();
	await turn();
	server.tell();
	await turn();
}

export async function openList(numbers: number[], options?: LiveOptions<object>) {
	const { server, posts, rows } = await setUp(numbers, options);
	const list = watch(posts.orderBy("n"));
	await turn();
	await arrive(server);
	return { server, posts, rows, ...list };
}
