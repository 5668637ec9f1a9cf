export interface Contestant {
	name: string;
	/** The work, once; `i` counts the calls, and all contestants see the same ones. */
	run(i: number): unknown;
	/** What is to be undone after a turn; not timed. */
	settle?(): void;
}

/** The actions that `race()` in Node asks an object for. */
export function raceActions<Options>(open: (options: Options) => Contestant[]) {
	const contestants = new Map<string, Contestant>();
	const get = (name: string) => {
		const contestant = contestants.get(name);
		if (!contestant) throw new Error(`There is no contestant ${name}.`);
		return contestant;
	};
	return {
		open(options: Options): string[] {
			contestants.clear();
			for (const contestant of open(options)) contestants.set(contestant.name, contestant);
			return [...contestants.keys()];
		},
		turn({ name, start, calls }: { name: string; start: number; calls: number }): void {
			const { run } = get(name);
			for (let i = 0; i < calls; i++) run(start + i);
		},
		settle({ name }: { name: string }): void {
			get(name).settle?.();
		},
	};
}
