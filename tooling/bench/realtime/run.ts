import { call } from "../harness/call.ts";
import { type Race, type RaceOptions, raceTurns, type Turn } from "../harness/race.ts";
import { type Standing, standings } from "../harness/statistics.ts";
import { createStopwatch } from "../harness/stopwatch.ts";
import type { Workerd } from "../harness/workerd.ts";
import { Crowd } from "./crowd.ts";
import { signUp, startServer } from "./server.ts";

/** How much of the time by hand ours may take. */
export const goal = 1.3;
/** Changes that each client of a storm has missed. */
const missed = 5;

export interface RealtimeOptions {
	/** Sockets of an object, of each fan-out. */
	sockets: readonly number[];
	/** Turns of each that are counted; of its fastest, as long as `milliseconds` say. */
	fanOut: RaceOptions;
	/** Clients of the storm. */
	clients: number;
	/** A turn is one storm. */
	storm: Omit<RaceOptions, "milliseconds">;
	onResult?(result: RealtimeResult): void;
}

export interface RealtimeResult {
	/** One change that all sockets hear of, or one client that comes back with all others. */
	name: "fan-out" | "reconnect";
	sockets: number;
	/** Changes, or storms, of one turn. */
	calls: number;
	ours: Standing;
	byHand: Standing;
	/** Absent where a time was not positive: it is what an idle request took more or less. */
	isMet?: boolean;
	/** Microseconds in each round, by contestant. */
	times: Race["times"];
	/** How often a client of a storm was not let in and tried again. */
	refused?: number;
}

/** Whether it runs, not how fast. */
export const quick: RealtimeOptions = {
	sockets: [1, 10],
	fanOut: { rounds: 2, milliseconds: 1, warmUp: 1 },
	clients: 20,
	storm: { rounds: 2, warmUp: 0 },
};

/** Times what a change costs until all sockets have it, and what it costs that all come back. */
export async function runRealtime(options: RealtimeOptions): Promise<RealtimeResult[]> {
	// Not both in one, where each would pay for the other's garbage.
	await using ours = await startServer();
	await using byHand = await startServer();
	const servers = { ours, "by-hand": byHand };
	const results: RealtimeResult[] = [];
	const add = (result: RealtimeResult) => {
		results.push(result);
		options.onResult?.(result);
	};
	for (const sockets of options.sockets) {
		const race = await raceCrowds(servers, { sockets, toTurn: fanOut, ...options.fanOut });
		add(judge("fan-out", sockets, race));
	}
	const { clients, storm } = options;
	const { turn, refused } = createStorm();
	const race = await raceCrowds(servers, {
		sockets: clients,
		toTurn: turn,
		milliseconds: 1,
		...storm,
	});
	for (const times of Object.values(race.times)) {
		for (const [round, time] of times.entries()) times[round] = time / clients;
	}
	add({ ...judge("reconnect", clients, race), refused: refused() });
	return results;
}

interface Contestant {
	server: Workerd;
	object: string;
	crowd: Crowd;
	stopwatch: ReturnType<typeof createStopwatch>;
}

type ToTurn = (contestant: Contestant) => (start: number, calls: number) => Promise<number>;

/** Each with an object of its own, and as many clients. */
async function raceCrowds(
	servers: Record<string, Workerd>,
	{ sockets, toTurn, ...options }: RaceOptions & { sockets: number; toTurn: ToTurn },
): Promise<Race> {
	const crowds: Crowd[] = [];
	const turns = new Map<string, ReturnType<ToTurn>>();
	for (const [name, server] of Object.entries(servers)) {
		const { url, pid } = server;
		const object = `${name}-${crypto.randomUUID()}`;
		const headers = await signUp(url, object);
		const crowd = new Crowd(sockets, { url: `${url}/${object}/ws`, headers });
		await crowd.open();
		crowds.push(crowd);
		turns.set(name, toTurn({ server, object, crowd, stopwatch: createStopwatch(pid) }));
	}
	const turn: Turn = (name, start, calls) => turns.get(name)?.(start, calls) ?? Promise.resolve(0);
	const race = await raceTurns([...turns.keys()], turn, options);
	for (const crowd of crowds) await crowd.close();
	return race;
}

/** A call is a change, written and committed by itself, that all have heard of in the end. */
const fanOut: ToTurn = ({ server, object, crowd, stopwatch }) => {
	return (start, count) =>
		stopwatch(() => crowd.hear(count, () => call(server.url, object, "write", { start, count })));
};

/**
 * A call is a storm: all are cut off, some changes happen, and all come back and are told of them.
 * That they come back is timed.
 */
function createStorm(): { turn: ToTurn; refused(): number } {
	let refused = 0;
	const turn: ToTurn = ({ server: { url }, object, crowd, stopwatch }) => {
		return async (start, calls) => {
			let taken = 0;
			for (let i = 0; i < calls; i++) {
				await call(url, object, "kick", {});
				await crowd.lose();
				await call(url, object, "write", { start: (start + i) * missed, count: missed });
				taken += await stopwatch(async () => {
					refused += await crowd.hear(missed, () => crowd.comeBack());
				});
			}
			return taken;
		};
	};
	return { turn, refused: () => refused };
}

function judge(name: RealtimeResult["name"], sockets: number, race: Race): RealtimeResult {
	const [ours, byHand] = standings(race, "by-hand") as [Standing, Standing];
	const isJudged = Object.values(race.times).every((times) => times.every((time) => time > 0));
	return {
		name,
		sockets,
		calls: race.calls,
		ours,
		byHand,
		...(isJudged && { isMet: ours.roundRatio <= goal }),
		times: race.times,
	};
}
