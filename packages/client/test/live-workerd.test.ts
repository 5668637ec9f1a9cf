import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { UserDOClient, type UserDOClientOptions } from "../src/index.js";
import { type Live, type LiveSnapshot, live } from "../src/live.js";
import { withTokens } from "../src/tokens.js";
import type { collections, keys } from "./collections.js";
import { TestWorker } from "./support/worker.js";

type Client = UserDOClient<typeof collections, typeof keys>;

let worker: TestWorker;
const clients: Client[] = [];

beforeAll(async () => {
	worker = await TestWorker.start();
});

afterEach(() => {
	for (const client of clients.splice(0)) client.close();
});

afterAll(() => worker?.stop());

/** A device of the user, which has an account from the first one on. */
async function device(email: string, options: UserDOClientOptions = {}): Promise<Client> {
	let text: string | null = null;
	const storage = {
		get: () => text,
		set: (next: string | null) => {
			text = next;
		},
	};
	const client: Client = new UserDOClient(`${worker.origin}/api`, withTokens(storage, options));
	clients.push(client);
	await client.signup(email, "correct horse").catch(() => client.login(email, "correct horse"));
	return client;
}

const newEmail = () => `${crypto.randomUUID()}@example.com`;

function watch<Data>(query: Live<Data>) {
	const seen: LiveSnapshot<Data>[] = [];
	query.subscribe((snapshot) => seen.push(snapshot));
	const last = () => seen.at(-1) as LiveSnapshot<Data>;
	const until = (test: (snapshot: LiveSnapshot<Data>) => boolean) =>
		vi.waitUntil(() => seen.length > 0 && test(last()), { timeout: 20_000, interval: 5 });
	return { seen, last, until };
}

/** How many rows there were, one after the other: nothing may come and go in between. */
const steps = (seen: readonly LiveSnapshot<readonly unknown[]>[]) =>
	seen.map(({ data }) => data.length).filter((length, i, all) => length !== all[i - 1]);

const isCurrent = ({ status, fromCache }: LiveSnapshot<unknown>) => status === "live" && !fromCache;

test("what one device writes, it sees at once and the other one soon", async () => {
	const email = newEmail();
	const [mine, theirs] = [await device(email), await device(email)];
	const options = { defaults: { stars: 0, tags: [] } };
	const tasks = live(mine.collection("tasks"), options);
	const one = watch(tasks.where("stars", "<", 3).orderBy("createdAt", "desc").limit(20));
	const two = watch(live(theirs.collection("tasks")).orderBy("title"));
	await one.until(isCurrent);
	await two.until(isCurrent);
	const created = tasks.create({ title: "Hello" });
	await one.until(({ pending }) => pending.length > 0);
	expect(one.last().data).toMatchObject([{ title: "Hello", stars: 0, tags: [] }]);
	const row = await created;
	expect(one.last()).toMatchObject({ data: [row], pending: [] });
	await two.until(({ data }) => data.length === 1);
	expect(two.last().data).toEqual([row]);
	await live(theirs.collection("tasks")).update(row.id, { stars: 5 });
	await one.until(({ data }) => data.length === 0);
	await tasks.delete(row.id);
	await two.until(({ data }) => data.length === 0);
	expect([steps(one.seen), steps(two.seen)]).toEqual([
		[0, 1, 0],
		[0, 1, 0],
	]);
});

test("what the schema refuses is taken back, and says which field it was", async () => {
	const client = await device(newEmail());
	const tasks = live(client.collection("tasks"));
	const list = watch(tasks);
	await list.until(isCurrent);
	const error = await tasks.create({ title: "" }).catch((thrown) => thrown);
	expect(error).toMatchObject({ code: "invalid_input", status: 400 });
	expect(error.issues[0].path).toMatch(/title$/);
	expect(list.last()).toMatchObject({ data: [], pending: [] });
	const wrong = watch(tasks.where("title", "<", 5));
	await wrong.until(({ status }) => status === "error");
	expect(wrong.last().error).toMatchObject({ code: "invalid_input" });
});

test("dates, bigints, places and lists are found as the server finds them", async () => {
	const client = await device(newEmail());
	const tasks = live(client.collection("tasks"));
	const day = (n: number) => new Date(Date.UTC(2026, 0, n));
	const queries = {
		due: client.collection("tasks").where("due", ">", day(2)).orderBy("due", "desc"),
		size: client.collection("tasks").where("size", ">=", 9n).orderBy("size"),
		author: client.collection("tasks").where("author.name", "starts-with", "A"),
		tags: client.collection("tasks").not(["tags", "contains", "late"]).orderBy("title").limit(3),
	};
	const lists = {
		due: watch(tasks.where("due", ">", day(2)).orderBy("due", "desc")),
		size: watch(tasks.where("size", ">=", 9n).orderBy("size")),
		author: watch(tasks.where("author.name", "starts-with", "A")),
		tags: watch(tasks.not(["tags", "contains", "late"]).orderBy("title").limit(3)),
	};
	const count = watch(tasks.where("due", ">", day(2)).count());
	for (const list of Object.values(lists)) await list.until(isCurrent);
	await count.until(isCurrent);
	const rows = await Promise.all(
		[1, 2, 3, 4, 5].map((n) =>
			tasks.create({
				title: `${n}`,
				size: 10n ** BigInt(n % 3) - 1n,
				due: day(n),
				author: { name: n % 2 ? "Ann" : "Bob" },
				tags: n === 4 ? ["late"] : [],
			}),
		),
	);
	await tasks.update(String(rows[4]?.id), { due: day(1), size: -100n });
	await tasks.delete(String(rows[0]?.id));
	for (const [name, list] of Object.entries(lists)) {
		await list.until(isCurrent);
		const asked = await queries[name as keyof typeof queries].get();
		await list.until(({ data }) => JSON.stringify(data) === JSON.stringify(asked));
		expect(asked.length).toBeGreaterThan(0);
	}
	await count.until(({ data }) => data === 2);
});

test("a connection that breaks loses nothing", async () => {
	const email = newEmail();
	const sockets: WebSocket[] = [];
	class Breaking extends WebSocket {
		constructor(url: string, protocols: string[]) {
			super(url, protocols);
			sockets.push(this);
		}
	}
	const [mine, theirs] = [await device(email, { WebSocket: Breaking }), await device(email)];
	const tasks = live(mine.collection("tasks"));
	const list = watch(tasks.orderBy("title").limit(3));
	const count = watch(tasks.count());
	await list.until(isCurrent);
	const others = theirs.collection("tasks");
	for (let n = 0; n < 3; n++) {
		sockets.at(-1)?.close();
		const row = await others.create({ title: `${9 - n}` });
		const own = tasks.create({ title: `${5 - n}` });
		if (n > 0) await others.delete(row.id);
		await own;
		await list.until(isCurrent);
		await count.until(isCurrent);
	}
	const asked = await others.orderBy("title").limit(3).get();
	await list.until(({ data }) => JSON.stringify(data) === JSON.stringify(asked));
	await count.until(({ data }) => data === 4);
	for (const { data } of list.seen) {
		expect(new Set(data.map(({ id }) => id)).size).toBe(data.length);
	}
});

test("a row too large for a frame is there, and after a sign-out nothing is", async () => {
	const client = await device(newEmail());
	const tasks = live(client.collection("tasks"));
	const list = watch(tasks);
	await list.until(isCurrent);
	const row = await tasks.create({ title: "x".repeat(70_000) });
	await list.until((snapshot) => isCurrent(snapshot) && snapshot.data.length === 1);
	expect(list.last().data).toEqual([row]);
	expect(steps(list.seen)).toEqual([0, 1]);
	await client.logout();
	await list.until(({ status }) => status === "error");
	expect(list.last()).toMatchObject({ data: [], error: { code: "unauthorized" } });
});
