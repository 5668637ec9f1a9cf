import type { Sample } from "./load.ts";

/** Does one call of a case, as the i-th one. */
export type Call = (i: number) => Promise<unknown>;

/** A server that runs, and the cases that it knows, by name. */
export interface Contestant extends AsyncDisposable {
	pid: number;
	calls: Readonly<Record<string, Call>>;
	/** What goes before the calls of a case, and is not timed: it measures them itself. */
	turns?: Readonly<Record<string, (start: number, calls: number) => Promise<Sample>>>;
	/** How many calls to objects one of that case takes; only of those that count them. */
	hops?(name: string): Promise<number | undefined>;
}

export interface Rival {
	name: string;
	/** What it is, with its version. */
	title: string;
	/** Neither ours nor the floor. */
	isPeer?: true;
	start(options: { rows: number }): Promise<Contestant>;
}
