import type { Work } from "../costs/work.ts";
import { processorTime, residentBytes } from "../harness/process.ts";
import type { RaceOptions } from "../harness/race.ts";
import type { Workerd } from "../harness/workerd.ts";
import { Audience } from "../http/audience.ts";
import { Client, type HttpRequest } from "../http/client.ts";
import { load, type Sample } from "../http/load.ts";
import { countWork } from "../http/own-app.ts";
import { startOwnServer } from "../http/own-server.ts";
import { addPerson, type Person, signUp, toRequests } from "../http/person.ts";
import { compare, type Figures, type LoadTurn, raceLoads } from "../http/race-loads.ts";
import { socketOf } from "../http/sockets.ts";
import { type Kind, kindOf } from "./kind.ts";

export interface GrowthOptions extends RaceOptions {
	/** Requests at a time. */
	concurrency: number;
	/** Rows of a user's table. */
	rows: readonly number[];
	/** Open sockets of a user. */
	sockets: readonly number[];
	/** Users, each with an object. */
	users: readonly number[];
	onResult?(result: { name: string }): void;
}

export interface Growth {
	name: string;
	of: "rows" | "sockets" | "users";
	sizes: readonly number[];
	/** By size, next to the smallest. */
	figures: readonly Figures[];
	/** What Cloudflare bills, by size; of single requests only. */
	work?: readonly Work[];
	/** How the time on the processor grows from the last size but one to the last. */
	kind: Kind;
	rounds: Record<string, Sample[]>;
}

export interface Footprint {
	users: number;
	/** Milliseconds of the processor that a sign-up with ten tables takes. */
	signUp: number;
	/** Bytes of the process, for each user beyond the first server's. */
	memory: number;
	bytes: number;
}

export interface GrowthReport {
	results: Growth[];
	footprints: Footprint[];
}

/** Whether it runs, not how fast. */
export const quick: GrowthOptions = {
	concurrency: 2,
	rows: [10, 50],
	sockets: [1, 5],
	users: [1, 5],
	rounds: 1,
	milliseconds: 1,
	warmUp: 0,
};

/** What our times and rows are in larger tables, with more sockets, and with more users. */
export async function runGrowth(options: GrowthOptions): Promise<GrowthReport> {
	const results: Growth[] = [];
	const add = (result: Growth) => {
		results.push(result);
		options.onResult?.({ name: `${result.of}: ${result.name}` });
	};
	await growRows(options, add);
	await growSockets(options, add);
	const footprints = await growUsers(options, add);
	return { results, footprints };
}

type Add = (result: Growth) => void;

interface App {
	server: Workerd;
	client: Client;
}

async function startApp(stack: AsyncDisposableStack, concurrency: number): Promise<App> {
	const server = stack.use(await startOwnServer("ours"));
	const client = stack.adopt(new Client(server.url, concurrency), (client) => client.close());
	return { server, client };
}

async function growRows({ rows, concurrency, ...options }: GrowthOptions, add: Add) {
	await using stack = new AsyncDisposableStack();
	const apps: (App & { requests: ReturnType<typeof toRequests> })[] = [];
	for (const count of rows) {
		const app = await startApp(stack, concurrency);
		const person = await addPerson(app.client, count);
		apps.push({ ...app, requests: toRequests(person, count) });
	}
	for (const name of Object.keys(apps[0]?.requests ?? {})) {
		const of = (app: (typeof apps)[number]) => app.requests[name] as (i: number) => HttpRequest;
		const work: Work[] = [];
		for (const app of apps) work.push(await countWork(app.client, of(app)(0)));
		const turns = apps.map(({ server, client, ...app }): LoadTurn => {
			const call = (i: number) => client.succeed(of({ server, client, ...app })(i));
			return (start, calls) => load({ pid: server.pid, concurrency, start, calls, call });
		});
		add({ ...(await grow({ name, of: "rows", sizes: rows }, turns, options)), work });
	}
}

async function growSockets({ sockets, concurrency, ...options }: GrowthOptions, add: Add) {
	await using stack = new AsyncDisposableStack();
	const { server, client } = await startApp(stack, concurrency);
	const turns: LoadTurn[] = [];
	for (const count of sockets) {
		const { headers, ...person } = await addPerson(client, 0);
		const toAddress = () => socketOf(server.url, { ...person, headers });
		const open = await Audience.open(count, toAddress);
		const crowd = stack.adopt(open, (crowd) => crowd.close());
		const tell = (mark: number) =>
			crowd.hear(`"mark":${mark}}`, () => {
				const body = { key: "state", value: { mark } };
				return client.succeed({ method: "POST", path: "/data", headers, body });
			});
		turns.push((start, calls) =>
			load({ pid: server.pid, concurrency: 1, start, calls, call: tell }),
		);
	}
	const name = "a value is stored and told to all";
	add(await grow({ name, of: "sockets", sizes: sockets }, turns, options));
}

async function growUsers({ users, concurrency, ...options }: GrowthOptions, add: Add) {
	await using stack = new AsyncDisposableStack();
	const footprints: Footprint[] = [];
	const turns: LoadTurn[] = [];
	for (const count of users) {
		const { server, client } = await startApp(stack, concurrency);
		const { pid } = server;
		const before = { bytes: residentBytes(pid), processor: processorTime(pid) };
		const people: Person[] = [];
		const join = async (i: number) => {
			people.push(await signUp(client, `person-${i}@example.com`));
		};
		await load({ pid, concurrency, start: 0, calls: count, call: join });
		const bytes = residentBytes(pid);
		const signUpTime = (processorTime(pid) - before.processor) / count;
		const memory = (bytes - before.bytes) / count;
		footprints.push({ users: count, signUp: signUpTime, memory, bytes });
		const me = (i: number) => {
			// 7919 is prime to all sizes: everybody once, in no order.
			const { headers } = people[(i * 7919) % count] as Person;
			return client.succeed({ method: "GET", path: "/api/me", headers });
		};
		turns.push((start, calls) => load({ pid, concurrency, start, calls, call: me }));
	}
	add(await grow({ name: "me, of anybody", of: "users", sizes: users }, turns, options));
	return footprints;
}

/** The sizes take turns, next to the smallest. */
async function grow(
	about: Pick<Growth, "name" | "of" | "sizes">,
	turns: readonly LoadTurn[],
	options: RaceOptions,
): Promise<Growth> {
	const named = Object.fromEntries(turns.map((turn, i) => [`${about.sizes[i]} ${about.of}`, turn]));
	const { rounds } = await raceLoads(named, options);
	const samples = Object.values(rounds);
	const figures = samples.map((some) => compare(some, samples[0] ?? []));
	const times = figures.map(({ median }) => median.processor);
	return { ...about, figures, kind: kindOf(about.sizes, times), rounds };
}
