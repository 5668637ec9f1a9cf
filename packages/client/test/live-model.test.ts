import fc from "fast-check";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { LiveWorld } from "./support/live-world.js";

beforeEach(() => {
	const toFake = ["setTimeout", "clearTimeout", "Date"] as const;
	vi.useFakeTimers({ toFake: [...toFake], now: Date.parse("2026-02-01") });
});

afterEach(() => {
	vi.useRealTimers();
});

const actions = {
	create: (world: LiveWorld, n: number, done: boolean) => world.create(n, done),
	update: (world: LiveWorld, at: number, patch: object) => world.update(at, { ...patch }),
	delete: (world: LiveWorld, at: number) => world.delete(at),
	foreignCreate: (world: LiveWorld, n: number, done: boolean) => world.foreignCreate(n, done),
	foreignUpdate: (world: LiveWorld, at: number, n: number) => world.foreignUpdate(at, n),
	foreignDelete: (world: LiveWorld, at: number) => world.foreignDelete(at),
	elsewhere: ({ server }: LiveWorld) => server.writeElsewhere(),
	truncate({ server }: LiveWorld) {
		server.truncates = true;
	},
	process: (world: LiveWorld, kind: "lists" | "batches", at: number) => world.process(kind, at),
	answer: (world: LiveWorld, kind: "lists" | "batches", at: number) => world.answer(kind, at),
	deliver: (world: LiveWorld, kind: "lists" | "batches", at: number) => world.deliver(kind, at),
	lose: (world: LiveWorld, kind: "lists" | "batches", at: number) => world.lose(kind, at),
	refuse: (world: LiveWorld, at: number) => world.refuse(at),
	tell: ({ server }: LiveWorld, count: number) => server.tell(count),
	cut({ server }: LiveWorld) {
		if (server.status === "open" || server.status === "connecting") server.cut();
	},
	connecting({ server }: LiveWorld) {
		if (server.status === "waiting") server.connecting();
	},
	open({ server }: LiveWorld) {
		if (server.status === "connecting") server.open();
	},
	forget({ server }: LiveWorld) {
		server.log = server.log.slice(-1);
	},
	renew: (world: LiveWorld) => world.renew(),
	wait: () => void vi.advanceTimersByTime(100),
	watch: (world: LiveWorld, name: string) => world.watch(name),
	unwatch: (world: LiveWorld, name: string) => world.unwatch(name),
};

type Action = readonly [name: keyof typeof actions, ...args: unknown[]];

const at = fc.nat(20);
const n = fc.integer({ min: 0, max: 6 });
const kind = fc.constantFrom("lists", "batches");
const name = fc.constantFrom("few", "count");
const patch = fc.oneof(
	fc.constantFrom({ v: "a new one" }, {}, { done: true }, { done: false }),
	n.map((value) => ({ n: value })),
);
type Steps = readonly [
	weight: number,
	name: keyof typeof actions,
	...args: fc.Arbitrary<unknown>[],
][];

const alone: Steps = [
	[4, "create", n, fc.boolean()],
	[5, "update", at, patch],
	[2, "delete", at],
	[1, "elsewhere"],
	[1, "truncate"],
	[5, "answer", kind, at],
	[5, "process", kind, at],
	[5, "deliver", kind, at],
	[1, "refuse", at],
	[1, "lose", fc.constant("lists"), at],
	[6, "tell", fc.integer({ min: 1, max: 4 })],
	[1, "cut"],
	[2, "connecting"],
	[4, "open"],
	[1, "forget"],
	[2, "wait"],
	[1, "watch", name],
	[1, "unwatch", name],
];
const withOthers: Steps = [
	...alone,
	[2, "foreignCreate", n, fc.boolean()],
	[2, "foreignUpdate", at, n],
	[2, "foreignDelete", at],
	[1, "lose", fc.constant("batches"), at],
];

function scriptOf(steps: Steps): fc.Arbitrary<Action[]> {
	const arbitraries = steps.map(([weight, which, ...args]) => ({
		weight,
		arbitrary: fc.tuple(fc.constant(which), ...args) as unknown as fc.Arbitrary<Action>,
	}));
	// Without the size, most scripts would be of a few actions.
	return fc.array(fc.oneof(...arbitraries), { maxLength: 60, size: "max" });
}

/** Lets all arrive that is on its way, until nothing is. */
async function settle(world: LiveWorld): Promise<void> {
	const { server } = world;
	for (let quiet = 0, rounds = 0; quiet < 3; quiet++) {
		if (rounds++ > 100) throw new Error("it does not come to rest");
		// A log that starts anew is noticed at the next connection.
		if (server.position?.epoch !== server.epoch && server.status === "open") server.cut();
		if (server.status !== "open") {
			server.connecting();
			server.open();
			quiet = 0;
		}
		server.tell();
		const count = server.lists.length + server.batches.length;
		server.answerAll();
		await world.turn();
		vi.advanceTimersByTime(60_000);
		await world.turn();
		if (server.lists.length + server.batches.length > count || server.isBehind) quiet = 0;
	}
}

async function play(isLoaded: boolean, script: readonly Action[]): Promise<LiveWorld> {
	const world = new LiveWorld();
	await world.turn();
	if (isLoaded) await world.load();
	for (const [which, ...args] of script) {
		(actions[which] as (...all: unknown[]) => void)(world, ...args);
		await world.turn();
		if (world.problems.length > 0) return world;
	}
	world.watch("few");
	world.watch("count");
	await settle(world);
	return world;
}

const searches = {
	all: "orderBy=n:asc&limit=1000",
	few: 'where=[["done","==",false]]&orderBy=n:desc&limit=3',
	count: 'where=[["n",">=",3]]&count=true',
};

const scripts: [string, Steps][] = [
	["this client alone", alone],
	["others as well", withOthers],
	["a log that starts anew", [...withOthers, [1, "renew"]]],
];

test.each(scripts)(
	"with %s, no own write is missing or seen twice, and in the end all agree",
	async (_, steps) => {
		await fc.assert(
			fc.asyncProperty(fc.boolean(), scriptOf(steps), async (isLoaded, script) => {
				const world = await play(isLoaded, script);
				expect(world.problems).toEqual([]);
				for (const [query, search] of Object.entries(searches)) {
					const { items, count } = world.server.query(search);
					expect({ query, ...world.frames.get(query) }).toEqual({
						query,
						data: items ?? count,
						status: "live",
						pending: [],
						fromCache: false,
						error: undefined,
					});
				}
			}),
			{ numRuns: Number(process.env.RUNS ?? 300) },
		);
	},
);
