import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readArguments } from "../http/arguments.ts";
import { cases } from "../http/cases.ts";
import { chart } from "../http/chart.ts";
import { Client, type HttpAnswer, type HttpRequest } from "../http/client.ts";
import type { Call, Contestant } from "../http/contestant.ts";
import { toMarkdown } from "../http/document.ts";
import { startOwnApp } from "../http/own-app.ts";
import { startOwnServer } from "../http/own-server.ts";
import { startBetterAuth } from "../http/peers/better-auth.ts";
import { startHonoD1 } from "../http/peers/hono-d1.ts";
import { addPerson, newAddress, type Person, password, prepare } from "../http/person.ts";
import { print } from "../http/print.ts";
import { isMet, quick, type Report, runBench } from "../http/report.ts";
import { socketOf } from "../http/sockets.ts";
import { openSocket } from "../realtime/socket.ts";
import { makePost } from "../tables/worker/posts.ts";

const own = ["floor", "ours"] as const;

describe("the bench of requests", () => {
	let report: Report;
	beforeAll(async () => {
		report = await runBench(quick);
	});

	it("runs every case with the floor and with ours", () => {
		expect(report.requests.map(({ name }) => name)).toEqual(cases.map(({ name }) => name));
		const sample = {
			throughput: expect.any(Number),
			latency: expect.any(Number),
			processor: expect.any(Number),
		};
		for (const { figures, rounds, calls } of report.requests) {
			expect(Object.keys(figures)).toEqual(expect.arrayContaining([...own]));
			expect(calls).toBeGreaterThan(0);
			for (const [who, one] of Object.entries(figures)) {
				expect(one).toEqual({ median: sample, ratio: sample });
				expect(rounds[who]).toHaveLength(1);
			}
			expect(figures.floor?.ratio.throughput).toBe(1);
		}
	});

	it("runs the peers with what they can do", () => {
		const peers = (who: string) =>
			report.requests.filter(({ figures }) => who in figures).map(({ name }) => name);
		expect(peers("better-auth")).toEqual(["me", "login, no hash", "login"]);
		expect(peers("hono-d1")).toEqual(["me", "get", "set", "create", "list", "method"]);
		expect(peers("partyserver")).toEqual(["broadcast"]);
		expect(peers("agents")).toEqual(["broadcast", "state"]);
	});

	it("takes one hop for whoever is signed in", () => {
		const hops = Object.fromEntries(report.requests.map(({ name, hops }) => [name, hops]));
		for (const name of ["me", "get", "set", "create", "list", "method"]) {
			expect(hops[name]).toEqual({ floor: 1, ours: 1 });
		}
		// The limits of the network and of the account, and the sign-in.
		expect(hops.login).toEqual({ floor: 1, ours: 3 });
		expect(hops.connect).toEqual({ floor: 1, ours: 1 });
	});

	it("judges what has a goal", () => {
		const judged = report.requests.filter(({ isMet }) => isMet !== undefined);
		expect(judged.map(({ name }) => name)).toEqual(
			cases.filter(({ goal }) => goal !== undefined).map(({ name }) => name),
		);
		const [one] = judged;
		if (!one) throw new Error("Nothing is judged.");
		const met = { ...report, requests: judged.map((r) => ({ ...r, isMet: true })), sizes: [] };
		expect(isMet(met)).toBe(true);
		expect(isMet({ ...met, requests: [{ ...one, isMet: false }] })).toBe(false);
	});

	it("says how a Worker starts and how large a process grows", () => {
		expect(report.startUp.map(({ name }) => name)).toEqual([...own]);
		expect(report.memory.map(({ name }) => name)).toEqual([...own]);
		for (const { before, bytes } of report.memory) expect(bytes).toBeGreaterThan(before / 2);
	});

	it("prints, draws and writes each case", () => {
		const texts = [print(report), chart(report.requests), toMarkdown(quick, report)];
		for (const { title } of report.requests) {
			for (const text of texts) expect(text).toContain(title);
		}
	});

	it("takes cases, rounds and the rest, and refuses what there is not", () => {
		const read = (text: string) => readArguments(text.split(" "));
		const { bench, check, write } = read(
			"--case me --case list --rounds 3 --concurrency 4 --rows 50 --no-peers --check",
		);
		expect(bench).toEqual({
			http: {
				cases: ["me", "list"],
				rounds: 3,
				concurrency: 4,
				rows: 50,
				milliseconds: 1000,
				warmUp: 2,
				peers: false,
			},
		});
		expect([check, write]).toEqual([true, false]);
		expect(read("--quick").bench).toEqual(quick);
		expect(() => read("--case you")).toThrow("There is no case you.");
		expect(() => read("--rounds none")).toThrow("is no count");
	});
});

describe("peers", () => {
	it("answers with the rows and the person that ours does, from D1", async () => {
		await using ours = await startOwnApp("ours", 40);
		await using hono = await startHonoD1(40);
		await using auth = await startBetterAuth();
		const ask = async ({ calls }: Contestant, name: string) => {
			const { text } = (await (calls[name] as Call)(1)) as HttpAnswer;
			return JSON.parse(text);
		};
		const rows = async (contestant: Contestant) => {
			const { items } = await ask(contestant, "list");
			return items.map(({ id: _, createdAt: __, updatedAt: ___, ...row }: Row) =>
				Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null)),
			);
		};
		type Row = Record<string, unknown>;
		expect(await rows(hono)).toEqual(await rows(ours));
		expect(await ask(hono, "method")).toEqual(await ask(ours, "method"));
		const { preferences } = (await ask(ours, "get")).data;
		expect((await ask(hono, "get")).data).toEqual({ preferences });
		expect((await ask(hono, "create")).title).toBe((await ask(ours, "create")).title);
		expect((await ask(auth, "me")).user.email).toBe("auth@example.com");
	});
});

describe("the floor", () => {
	const clients: Record<string, Client> = {};
	const people: Record<string, Person> = {};
	const urls: Record<string, string> = {};
	const stack = new AsyncDisposableStack();
	beforeAll(async () => {
		for (const name of own) {
			const server = stack.use(await startOwnServer(name));
			const client = stack.adopt(new Client(server.url, 1), (client) => client.close());
			clients[name] = client;
			urls[name] = server.url;
			people[name] = await addPerson(client, 40);
		}
	});
	afterAll(() => stack.disposeAsync());

	/** What both say, without what is theirs alone. */
	async function ask(toRequest: (person: Person) => HttpRequest) {
		const answers = own.map(async (name) => {
			const person = people[name] as Person;
			const request = toRequest(person);
			const answer = await clients[name]?.send({
				...request,
				headers: { ...person.headers, ...request.headers },
			});
			const { date: _, "set-cookie": cookies, ...headers } = answer?.headers ?? {};
			const names = [cookies ?? []]
				.flat()
				.map((cookie) => cookie.replace(/=[^;]*; Max-Age=\d+/, ""));
			const text = (answer?.text ?? "")
				.replaceAll(person.email, "...")
				.replaceAll(/"(id|epoch|createdAt|updatedAt)":"[^"]+"/g, '"$1":"..."');
			return { status: answer?.status, headers, cookies: names, body: JSON.parse(text) };
		});
		const [floor, ours] = await Promise.all(answers);
		return { floor, ours };
	}

	it.each([
		["me", { method: "GET", path: "/api/me" }],
		["get", { method: "GET", path: "/data?key=preferences" }],
		["get of no key", { method: "GET", path: "/data?key=nothing" }],
		["set", { method: "POST", path: "/data", body: { key: "a", value: [1, "two"] } }],
		["set again", { method: "POST", path: "/data", body: { key: "a", value: null } }],
		["create", { method: "POST", path: "/api/posts", body: { ...makePost(3, 40), score: 99 } }],
		["method", { method: "GET", path: "/api/count?category=category-1" }],
		["login", { method: "POST", path: "/api/login", headers: newAddress() }],
	] as [string, HttpRequest][])("answers %s as ours does", async (name, request) => {
		const { floor, ours } = await ask(({ email }) => ({
			...request,
			...(name === "login" && {
				body: { email, password },
				headers: { ...newAddress(), cookie: "" },
			}),
		}));
		expect(ours?.status).toBe(200);
		expect(floor).toEqual(ours);
	});

	it("lists as ours does", async () => {
		const { floor, ours } = await ask(() => ({
			method: "GET",
			path: "/api/posts?orderBy=score&limit=20",
		}));
		expect(ours?.body.items).toHaveLength(20);
		expect(floor?.body.items).toEqual(ours?.body.items);
		expect(floor?.body.snapshot).toEqual(ours?.body.snapshot);
		expect(Object.keys(floor?.body.pageInfo).sort()).toEqual(
			Object.keys(ours?.body.pageInfo).sort(),
		);
		expect(floor?.body.pageInfo.hasNextPage).toBe(true);
	});

	it("lets nobody in whose session has not begun", async () => {
		const { floor, ours } = await ask(() => ({
			method: "GET",
			path: "/api/me",
			headers: { cookie: "__Host-userdo_at=a.b.c" },
		}));
		expect([floor?.status, ours?.status]).toEqual([401, 401]);
	});

	it("sends the frames that ours does", async () => {
		const frames = own.map(async (name) => {
			const [client, person] = [clients[name] as Client, people[name] as Person];
			const { promise, resolve } = Promise.withResolvers<string[]>();
			const heard: string[] = [];
			const socket = await openSocket({
				...socketOf(urls[name] ?? "", person),
				onText: (text) => {
					heard.push(text);
					if (heard.length === 4) resolve(heard);
				},
			});
			const { headers } = person;
			await prepare(client, person, "announce", { news: 1 });
			await client.succeed({
				method: "POST",
				path: "/data",
				headers,
				body: { key: "b", value: 1 },
			});
			await prepare(client, person, "notes", { rows: [{ text: "a", position: 1 }] });
			const texts = (await promise).map((text) =>
				text
					.replaceAll(/"(id|email|epoch|createdAt|updatedAt)":"[^"]+"/g, '"$1":"..."')
					.replaceAll(/"(timestamp|seq|from|to)":\d+/g, '"$1":0'),
			);
			socket.close();
			await socket.closed;
			return texts;
		});
		const [floor, ours] = await Promise.all(frames);
		expect(ours).toHaveLength(4);
		expect(floor).toEqual(ours);
	});
});
