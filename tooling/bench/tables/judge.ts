import type { Race } from "../harness/race.ts";
import { type Standing, standings } from "../harness/statistics.ts";

/** How much of the time by hand ours may take. */
export const goals: Record<string, number> = {
	findById: 1.33,
	equality: 1.33,
	range: 1.33,
	count: 1.33,
	"count of an equality": 1.33,
	in: 1.33,
	contains: 1.33,
	page: 1.33,
	search: 1.33,
	with: 1.33,
	insert: 1.5,
	"insert, no log": 1.5,
	"insert of 1,000": 1.5,
	"insert of 1,000, no log": 1.5,
	update: 1.5,
	"update, no log": 1.5,
	upsert: 1.5,
	delete: 1.5,
	"delete, no log": 1.5,
};

export interface TablesResult {
	name: string;
	/** Of each table. */
	rows: number;
	/** Calls of one turn. */
	calls: number;
	goal: number;
	/** Absent where a time was not positive: it is what the idle request took more or less. */
	isMet?: boolean;
	byHand: Standing;
	ours: Standing;
	/** Not judged. */
	others: Standing[];
	/** Microseconds of a call in each round, by contestant. */
	times: Race["times"];
}

/**
 * Holds a race against its goal: by the rounds' own ratios, since the speed of a shared machine may
 * change by half from one round to the next.
 */
export function judge(name: string, rows: number, race: Race): TablesResult {
	const all = standings(race, "by hand");
	const find = (side: string) => all.find((standing) => standing.name === side);
	const [ours, byHand, goal] = [find("ours"), find("by hand"), goals[name]];
	if (!ours || !byHand || goal === undefined) throw new Error(`The race ${name} can't be judged.`);
	const judged = [ours, byHand].flatMap((side) => race.times[side.name] ?? []);
	return {
		name,
		rows,
		calls: race.calls,
		goal,
		...(judged.every((time) => time > 0) && { isMet: ours.roundRatio <= goal }),
		byHand,
		ours,
		others: all.filter((other) => other !== ours && other !== byHand),
		times: race.times,
	};
}
