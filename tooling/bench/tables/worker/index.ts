import { DurableObject } from "cloudflare:workers";
import type { RaceOptions } from "../../harness/race.ts";
import { countingStorage } from "../../harness/worker/count-rows.ts";
import { frontDoor, runAction } from "../../harness/worker/objects.ts";
import { race } from "../../harness/worker/race.ts";
import { byHand, cases, ours, prepare } from "./cases.ts";
import { fillStores, openStores } from "./stores.ts";

export class TablesBench extends DurableObject {
	readonly #actions = {
		fill: ({ rows }: { rows: number }) => fillStores(this.ctx.storage, rows),
		race: ({ name, rows, ...options }: RaceOptions & { name: string; rows: number }) => {
			const stores = openStores(this.ctx.storage);
			return race(contestants(name, stores, rows), options);
		},
		count: ({ name, rows }: { name: string; rows: number }) => {
			const { storage, count } = countingStorage(this.ctx.storage);
			const list = contestants(name, openStores(storage), rows);
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

function contestants(name: string, stores: ReturnType<typeof openStores>, rows: number) {
	const make = cases[name];
	if (!make) throw new Error(`There is no case ${name}.`);
	return make(stores, prepare(stores, rows));
}

export default frontDoor("BENCH");
