import type { RaceOptions } from "../harness/race.ts";
import { type Case, cases, type Goal } from "./cases.ts";
import type { Contestant } from "./contestant.ts";
import { load, type Sample } from "./load.ts";
import { compare, type Figures, type LoadTurn, raceLoads } from "./race-loads.ts";
import { rivals } from "./rivals.ts";

export interface HttpResult {
	name: string;
	title: string;
	/** Calls at a time. */
	concurrency: number;
	/** Calls of one turn. */
	calls: number;
	/** By contestant, next to the floor. */
	figures: Record<string, Figures>;
	/** Calls to objects that one call takes. */
	hops: Record<string, number>;
	goal?: Goal;
	/** Whether ours is within the goal. */
	isMet?: boolean;
	/** What each round has measured. */
	rounds: Record<string, Sample[]>;
}

export interface HttpOptions extends RaceOptions {
	/** Calls at a time. */
	concurrency: number;
	/** Rows of the table that is read. */
	rows: number;
	/** Names of cases; all where it is absent. */
	cases?: readonly string[];
	/** Whether peers run as well. */
	peers: boolean;
	onResult?(result: { name: string }): void;
}

/** The number of a call that no turn gets to: who is told the same twice is told once. */
const beyond = 10_000_000;

/** Throughput, latency and processor of all cases, next to the same work by hand. */
export async function runHttp(options: HttpOptions): Promise<HttpResult[]> {
	const chosen = cases.filter(({ name }) => options.cases?.includes(name) ?? true);
	await using stack = new AsyncDisposableStack();
	const contestants = new Map<string, Contestant>();
	for (const { name, isPeer, start } of rivals) {
		if (isPeer && !options.peers) continue;
		contestants.set(name, stack.use(await start(options)));
	}
	const results: HttpResult[] = [];
	for (const one of chosen) {
		const result = await runCase(one, contestants, options);
		results.push(result);
		options.onResult?.(result);
	}
	return results;
}

async function runCase(
	{ name, title, goal, ...one }: Case,
	contestants: ReadonlyMap<string, Contestant>,
	options: HttpOptions,
): Promise<HttpResult> {
	const concurrency = one.concurrency ?? options.concurrency;
	const turns: Record<string, LoadTurn> = {};
	const hops: Record<string, number> = {};
	for (const [who, contestant] of contestants) {
		const turn = toTurn(contestant, name, concurrency);
		if (turn !== undefined) turns[who] = turn;
		const counted = await contestant.hops?.(name);
		if (counted !== undefined) hops[who] = counted;
	}
	// The first call of all may open sockets.
	for (const turn of Object.values(turns)) await turn(beyond, 1);
	const { calls, rounds } = await raceLoads(turns, options);
	const figures = Object.fromEntries(
		Object.entries(rounds).map(([who, samples]) => [who, compare(samples, rounds.floor ?? [])]),
	);
	const ratio = figures.ours?.ratio;
	return {
		name,
		title,
		concurrency,
		calls,
		figures,
		hops,
		...(goal && ratio && { goal, isMet: meets(ratio, hops.ours ?? 0, goal) }),
		rounds,
	};
}

function toTurn(
	{ pid, calls, turns }: Contestant,
	name: string,
	concurrency: number,
): LoadTurn | undefined {
	const call = calls[name];
	if (call === undefined) return turns?.[name];
	return (start, count) => load({ pid, concurrency, start, calls: count, call });
}

function meets({ throughput, latency }: Sample, hops: number, goal: Goal): boolean {
	const isFast = throughput >= goal.throughput && latency <= goal.latency;
	return isFast && hops <= (goal.hops ?? Number.POSITIVE_INFINITY);
}
