import { DurableObject } from "cloudflare:workers";
import { raceActions } from "../../harness/worker/contestants.ts";
import { countingStorage } from "../../harness/worker/count-rows.ts";
import { frontDoor, runAction } from "../../harness/worker/objects.ts";
import { cases } from "./cases.ts";
import { byHand, ours, prepare } from "./data.ts";
import { fillStores, openStores, type Stores } from "./stores.ts";

interface CaseOptions {
	name: string;
	/** Of each table. */
	rows: number;
}

export class TablesBench extends DurableObject {
	readonly #actions = {
		fill: ({ rows }: { rows: number }) => fillStores(this.ctx.storage, rows),
		...raceActions((options: CaseOptions) => contestants(options, openStores(this.ctx.storage))),
		/** What each gives back for the same call. */
		answers: (options: CaseOptions) =>
			Object.fromEntries(
				contestants(options, openStores(this.ctx.storage)).map(({ name, run }) => [name, run(7)]),
			),
		count: (options: CaseOptions) => {
			const { storage, count } = countingStorage(this.ctx.storage);
			const list = contestants(options, openStores(storage));
			const counted = list.map(({ name, run, settle }) => {
				// The first call also looks for what is stored.
				run(0);
				const result = [name, count(() => run(1))] as const;
				settle?.();
				return result;
			});
			return Object.fromEntries(counted.filter(([name]) => name === ours || name === byHand));
		},
	};

	override fetch(request: Request): Promise<Response> {
		return runAction(this.#actions, request);
	}
}

function contestants({ name, rows }: CaseOptions, stores: Stores) {
	const make = cases[name];
	if (!make) throw new Error(`There is no case ${name}.`);
	return make(stores, prepare(stores, rows));
}

export default frontDoor("BENCH");
