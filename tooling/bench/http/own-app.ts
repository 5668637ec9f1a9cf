import type { Work } from "../costs/work.ts";
import { makeNote } from "../realtime/worker/note.ts";
import { Audience } from "./audience.ts";
import { audience, missed } from "./cases.ts";
import { Client, type HttpRequest } from "./client.ts";
import { loadCold } from "./cold.ts";
import type { Contestant } from "./contestant.ts";
import { type OwnName, startOwnServer } from "./own-server.ts";
import {
	addPerson,
	list,
	newAddress,
	type Person,
	password,
	prepare,
	signUp,
	type ToRequest,
	toRequests,
} from "./person.ts";
import { comeBack, greet, socketOf } from "./sockets.ts";

const concurrency = 16;
/** Objects that are woken. */
const sleepers = 32;

/** Ours or the floor: both answer the same requests. Somebody is in it, whose tables are filled. */
export async function startOwnApp(name: OwnName, rows: number): Promise<Contestant> {
	const server = await startOwnServer(name);
	const client = new Client(server.url, concurrency);
	const person = await addPerson(client, rows);
	const hashing = await signUp(client, "hashing@example.com", "/hashing");
	const requests = { ...toRequests(person, rows), ...toLogins(person, hashing) };
	const calls = Object.entries(requests).map(
		([name, toRequest]) => [name, (i: number) => client.succeed(toRequest(i))] as const,
	);
	const sockets = await openSockets(client, server.url);
	const asleep = await addSleepers(client);
	return {
		pid: server.pid,
		calls: { ...Object.fromEntries(calls), ...sockets.calls },
		turns: {
			cold: (start, calls) =>
				loadCold({ pid: server.pid, concurrency, start, calls, objects: sleepers, ...asleep }),
		},
		hops: async (name) => {
			const toRequest = requests[name] ?? sockets.requests[name];
			return toRequest && (await countWork(client, toRequest(0))).hops;
		},
		async [Symbol.asyncDispose]() {
			await sockets.close();
			await client.close();
			await server[Symbol.asyncDispose]();
		},
	};
}

export function toLogins({ email }: Person, hashing: Person): Record<string, ToRequest> {
	const login = (path: string, email: string): HttpRequest => ({
		method: "POST",
		path,
		headers: newAddress(),
		body: { email, password },
	});
	return {
		"login, no hash": () => login("/api/login", email),
		login: () => login("/hashing/api/login", hashing.email),
	};
}

async function addSleepers(client: Client) {
	const people: Person[] = [];
	for (let i = 0; i < sleepers; i++) people.push(await addPerson(client, 100));
	const of = (object: number) => people[object] as Person;
	return {
		restart: (object: number) => prepare(client, of(object), "restart"),
		call: (object: number) =>
			client.succeed({ method: "GET", path: list, headers: of(object).headers }),
	};
}

async function openSockets(client: Client, url: string) {
	const listener = await addPerson(client, 0);
	const member = await addPerson(client, 0);
	const notes = Array.from({ length: missed }, (_, i) => makeNote(i));
	await prepare(client, listener, "notes", { rows: notes });
	const position = await greet(socketOf(url, listener));
	let crowd: Audience | undefined;
	/** Opened when somebody is told something: they would be told of all else as well. */
	const tell = async (path: string, toBody: (i: number) => object, i: number) => {
		crowd ??= await Audience.open(audience, () => socketOf(url, member));
		const { headers } = member;
		await crowd.hear(`"mark":${i}}`, () =>
			client.succeed({ method: "POST", path, headers, body: toBody(i) }),
		);
	};
	return {
		requests: {
			connect: () => ({
				method: "GET",
				path: "/api/ws",
				headers: socketOf(url, listener).headers,
			}),
		} as Record<string, ToRequest>,
		calls: {
			connect: () => greet(socketOf(url, listener)),
			replay: () => comeBack(socketOf(url, listener), position, missed),
			broadcast: (i: number) => tell("/bench/announce", (mark) => ({ mark }), i),
			state: (i: number) => tell("/data", (mark) => ({ key: "state", value: { mark } }), i),
		},
		close: async () => crowd?.close(),
	};
}

/** What a request takes of what Cloudflare bills. */
export async function countWork(client: Client, request: HttpRequest): Promise<Work> {
	const asked = request.path === "/api/ws" ? "websocket" : "yes";
	const headers = { ...request.headers, "x-bench-hops": asked };
	const { text } = await client.succeed({ ...request, headers });
	const { status, ...work } = JSON.parse(text) as Work & { status: number };
	if (status === 200 || status === 101) return work;
	throw new Error(`${request.path} was answered with ${status}.`);
}
