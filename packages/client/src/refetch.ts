import { insist } from "./insist.js";

/**
 * Fetches what a change did not bring along. Only the newest word on a name counts: whatever is
 * told of it later ends the fetch that is still under way.
 */
export interface Refetch {
	/** Loads until it works, then delivers, unless something newer came. */
	run<Value>(
		name: string,
		load: () => Promise<Value>,
		deliver: (value: Value) => void,
		giveUp?: () => void,
	): void;
	/** Something newer is known of the name. */
	cancel(name: string): void;
	clear(): void;
}

export function createRefetch(): Refetch {
	const turns = new Map<string, object>();
	return {
		run(name, load, deliver, giveUp) {
			const turn = {};
			turns.set(name, turn);
			const current = () => turns.get(name) === turn;
			const finish =
				<Value>(then?: (value: Value) => void) =>
				(value: Value) => {
					if (!current()) return;
					turns.delete(name);
					then?.(value);
				};
			void insist(load, current).then(finish(deliver), finish(giveUp));
		},
		cancel: (name) => void turns.delete(name),
		clear: () => turns.clear(),
	};
}
