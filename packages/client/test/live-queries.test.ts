import { expect, test, vi } from "vitest";
import { live } from "../src/live.js";
import { FakeCollection, type FakeRow, outage, refusal } from "./support/fake-collection.js";
import {
	add,
	after,
	arrive,
	change,
	ns,
	openList,
	remove,
	setUp,
	stopClock,
	turn,
	watch,
} from "./support/live-setup.js";

stopClock();

test("a list is there in order, and is told of each change once", async () => {
	const { server, rows, seen, last } = await openList([2, 1]);
	expect(seen).toEqual([
		{ data: [], status: "loading", pending: [], fromCache: true, error: undefined },
		{ data: [rows[1], rows[0]], status: "live", pending: [], fromCache: false, error: undefined },
	]);
	const [two, one] = rows as [FakeRow, FakeRow];
	const before = last().data;
	add(server, 3, 0);
	change(server, one.id, { n: 4 });
	server.tell();
	await turn();
	expect(seen).toHaveLength(3);
	expect(ns(last())).toEqual([0, 2, 3, 4]);
	// What is as before is the same object.
	expect(last().data[1]).toBe(before[1]);
	remove(server, two.id);
	server.tell();
	await turn();
	expect(ns(last())).toEqual([0, 3, 4]);
	expect(server.lists).toHaveLength(1);
});

test("nobody is called where nothing is different", async () => {
	const { server, posts, rows } = await setUp([1, 5]);
	const small = watch(posts.where("n", ">=", 3));
	await turn();
	await arrive(server);
	expect(small.seen).toHaveLength(2);
	server.writeElsewhere();
	change(server, String(rows[0]?.id), { n: 2 });
	server.tell();
	await turn();
	expect(small.seen).toHaveLength(2);
});

test("those who ask for the same share one request, and the last one ends it", async () => {
	const { server, posts } = await setUp([1]);
	const first = watch(posts.where("n", ">=", 0).orderBy("n"));
	const again = watch(live(server.collection).where("n", ">=", 0).orderBy("n", "asc"));
	const other = watch(posts.orderBy("n"));
	await turn();
	expect(server.lists.map(({ search }) => new URLSearchParams(search).toString())).toEqual([
		"where=%5B%5B%22n%22%2C%22%3E%3D%22%2C0%5D%5D&orderBy=n%3Aasc&limit=1000",
		"where=%5B%5D&orderBy=n%3Aasc&limit=1000",
	]);
	await arrive(server);
	expect(first.last()).toBe(again.last());
	first.stop();
	first.stop();
	add(server, 2);
	server.tell();
	await turn();
	expect([first, again, other].map(({ last }) => last().data.length)).toEqual([1, 2, 2]);
	again.stop();
	expect(server.isWatched).toBe(true);
	other.stop();
	expect(server.isWatched).toBe(false);
});

test("who comes later is told what is there, without a request", async () => {
	const { server, posts, last } = await openList([1]);
	const later = watch(posts.orderBy("n"));
	await turn();
	expect(later.seen).toEqual([last()]);
	expect(server.lists).toHaveLength(1);
});

test("a listener may end itself or others, begin, and throw", async () => {
	const { posts } = await openList([1]);
	const mistakes: unknown[] = [];
	const heard: string[] = [];
	const { queueMicrotask } = globalThis;
	const queued = vi.spyOn(globalThis, "queueMicrotask").mockImplementation((run) =>
		queueMicrotask(() => {
			try {
				run();
			} catch (error) {
				mistakes.push(error);
			}
		}),
	);
	const query = posts.where("n", ">=", 1);
	query.subscribe(() => {
		heard.push("throws");
		throw new Error("the app's own");
	});
	const stop = query.subscribe(() => {
		heard.push("once");
		stop();
		other();
		query.subscribe(() => heard.push("late"));
	});
	const other = query.subscribe(() => heard.push("never"));
	await turn();
	queued.mockRestore();
	expect(heard).toEqual(["throws", "once", "late"]);
	expect(mistakes.map(String)).toEqual(["Error: the app's own"]);
});

test("a list from before the connection is asked for again, one from after is not", async () => {
	const { server, posts } = await setUp([1]);
	const list = watch(posts.orderBy("n"));
	await turn();
	server.lists[0]?.process();
	server.lists[0]?.deliver();
	await turn();
	expect(list.last()).toMatchObject({ status: "loading", data: [{ n: 1 }], fromCache: true });
	add(server, 2);
	server.open();
	await turn();
	expect(list.last()).toMatchObject({ status: "live", data: [{ n: 1 }], fromCache: true });
	await after(50);
	await arrive(server);
	expect(list.last()).toMatchObject({
		status: "live",
		data: [{ n: 1 }, { n: 2 }],
		fromCache: false,
	});
	expect(server.lists).toHaveLength(2);
});

test("a list of another log is asked for until the connection is of that log too", async () => {
	const { server, last } = await openList([1]);
	server.renew();
	add(server, 2);
	server.cut();
	server.connecting();
	server.open();
	await turn();
	// Read before the log began anew, so to say.
	const { epoch } = server;
	server.epoch = "e1";
	server.lists[1]?.process();
	server.epoch = epoch;
	server.lists[1]?.deliver();
	await turn();
	expect(last()).toMatchObject({ fromCache: true });
	// Not in a hurry: it may be a while before the two agree.
	await after(249);
	expect(server.lists).toHaveLength(2);
	await after(1);
	await arrive(server);
	expect(last()).toMatchObject({ data: [{ n: 1 }, { n: 2 }], fromCache: false, status: "live" });
});

test("changes of an old log are none of a list of the new one", async () => {
	const { server, posts } = await setUp([1, 2, 3]);
	server.open();
	const list = watch(posts.orderBy("n"));
	await turn();
	add(server, 4);
	server.tell();
	server.renew();
	server.rows.clear();
	server.cut();
	server.connecting();
	server.open();
	server.lists[0]?.process();
	server.lists[0]?.deliver();
	await turn();
	expect(list.last()).toMatchObject({ data: [], status: "live" });
});

test("who is cut off is told so, and sees what was missed", async () => {
	const { server, seen, last } = await openList([1]);
	server.cut();
	await turn();
	expect(last()).toMatchObject({ status: "offline", data: [{ n: 1 }], fromCache: true });
	add(server, 2);
	server.connecting();
	await turn();
	expect(last().status).toBe("offline");
	server.open();
	server.tell();
	await turn();
	expect(last()).toMatchObject({ status: "live", data: [{ n: 1 }, { n: 2 }], fromCache: false });
	expect(seen).toHaveLength(4);
	expect(server.lists).toHaveLength(1);
});

test("what can't be told any more is fetched", async () => {
	const { server, last } = await openList([1]);
	server.cut();
	add(server, 2);
	server.log = [];
	server.connecting();
	server.open();
	await turn();
	expect(last()).toMatchObject({ status: "live", data: [{ n: 1 }], fromCache: true });
	await after(50);
	expect(server.lists).toHaveLength(2);
	await arrive(server);
	expect(last()).toMatchObject({ data: [{ n: 1 }, { n: 2 }], fromCache: false });
});

test("what is too large to be told is fetched, once for all of a burst", async () => {
	const { server, posts, rows, last } = await openList([1, 2, 3]);
	const [one, two] = rows.map(({ id }) => id) as [string, string];
	void posts.update(one, { n: 5 });
	await turn();
	server.truncates = true;
	server.answerAll();
	change(server, two, { n: 4 });
	server.tell();
	await turn();
	expect(last()).toMatchObject({ fromCache: true, pending: [] });
	expect(ns(last())).toEqual([2, 3, 5]);
	expect(server.lists).toHaveLength(1);
	await after(50);
	expect(server.lists).toHaveLength(2);
	await arrive(server);
	expect(ns(last())).toEqual([3, 4, 5]);
	expect(last().fromCache).toBe(false);
});

test("a full window asks for more when a row leaves it, unless it has rows to spare", async () => {
	const { server, posts, rows } = await setUp([1, 2, 3, 4, 5]);
	const list = watch(posts.orderBy("n").limit(3));
	await turn();
	await arrive(server);
	expect(ns(list.last())).toEqual([1, 2, 3]);
	add(server, 0, 9);
	server.tell();
	await turn();
	expect(ns(list.last())).toEqual([0, 1, 2]);
	remove(server, String(rows[0]?.id));
	server.tell();
	await turn();
	expect(ns(list.last())).toEqual([0, 2, 3]);
	expect(server.lists).toHaveLength(1);
	remove(server, String(rows[1]?.id));
	change(server, String(rows[2]?.id), { n: 7 });
	server.tell();
	await turn();
	expect(list.last()).toMatchObject({ data: [{ n: 0 }], fromCache: true });
	await after(50);
	expect(server.lists).toHaveLength(2);
	await arrive(server);
	expect(list.last()).toMatchObject({ data: [{ n: 0 }, { n: 4 }, { n: 5 }], fromCache: false });
});

test("a window does not grow without an end", async () => {
	const { server, posts, rows } = await setUp([10, 11]);
	const list = watch(posts.orderBy("n").limit(1));
	await turn();
	await arrive(server);
	const [eight, nine] = add(server, 8, 9);
	server.tell();
	await turn();
	expect(ns(list.last())).toEqual([8]);
	// Of three known rows, one was kept.
	remove(server, String(eight?.id));
	server.tell();
	await turn();
	expect(ns(list.last())).toEqual([]);
	await after(50);
	await arrive(server);
	expect(ns(list.last())).toEqual([9]);
	expect([nine, ...rows]).toHaveLength(3);
});

test("a list that the server has cut short, since its rows are large, is not asked for again and again", async () => {
	const { server, posts, rows } = await setUp([1, 2, 3, 4]);
	const query = server.query.bind(server);
	// As many as it will.
	server.query = (search) => query(search.replace("limit=1000", "limit=2"));
	const list = watch(posts.orderBy("n"));
	await turn();
	await arrive(server);
	expect(list.last()).toMatchObject({ data: [{ n: 1 }, { n: 2 }], fromCache: false });
	await after(60_000);
	expect(server.lists).toHaveLength(1);
	remove(server, String(rows[0]?.id));
	server.tell();
	await turn();
	await after(50);
	await arrive(server);
	expect(list.last()).toMatchObject({ data: [{ n: 2 }, { n: 3 }], fromCache: false });
	expect(server.lists).toHaveLength(2);
});

test("what is refused is not asked for again, before somebody else subscribes or signs in", async () => {
	const { server, posts } = await setUp([1]);
	server.open();
	const list = watch(posts.where("nope", "==", 1));
	await turn();
	server.lists[0]?.fail(refusal());
	await turn();
	expect(list.last()).toMatchObject({ status: "error", error: { code: "invalid_input" } });
	await after(60_000);
	expect(server.lists).toHaveLength(1);
	watch(posts.where("nope", "==", 1));
	await turn();
	expect(server.lists).toHaveLength(2);
	server.lists[1]?.fail(refusal());
	await turn();
	server.changeUser({ id: "bob" });
	await turn();
	expect(server.lists).toHaveLength(3);
	expect(list.last()).toMatchObject({ status: "loading", error: undefined });
});

test("what fails is tried again after a while, and at once when the connection is there", async () => {
	const { server, posts } = await setUp([1]);
	const list = watch(posts.orderBy("n"));
	await turn();
	server.lists[0]?.fail(outage());
	await turn();
	expect(list.last()).toMatchObject({ status: "loading", error: { code: "network_error" } });
	await after(249);
	expect(server.lists).toHaveLength(1);
	await after(1);
	expect(server.lists).toHaveLength(2);
	server.lists[1]?.fail(outage());
	await turn();
	await after(499);
	expect(server.lists).toHaveLength(2);
	server.open();
	await turn();
	expect(server.lists).toHaveLength(3);
	await arrive(server);
	expect(list.last()).toMatchObject({ status: "live", data: [{ n: 1 }], error: undefined });
	list.stop();
});

test("a query that nobody looks at any more asks for nothing", async () => {
	const { server, posts } = await setUp([1]);
	const list = watch(posts.orderBy("n"));
	await turn();
	server.lists[0]?.fail(outage());
	await turn();
	list.stop();
	await after(60_000);
	expect(server.lists).toHaveLength(1);
	expect(list.seen).toHaveLength(2);
});

test("another user sees nothing of what was there", async () => {
	const { server, posts, rows, last } = await openList([1]);
	const [{ id }] = rows as [FakeRow];
	// A list that is asked for as one user and answered as another.
	const other = watch(posts.orderBy("n", "desc"));
	await turn();
	server.lists[1]?.process();
	const created = posts.create({ n: 2 }).catch((error) => error.code);
	const updated = posts.update(id, { n: 3 }).catch((error) => error.code);
	const queued = posts.update(id, { n: 4 }).catch((error) => error);
	await turn();
	server.changeUser({ id: "bob" });
	await turn();
	expect(last()).toMatchObject({ data: [], status: "loading", pending: [] });
	expect(server.batches).toHaveLength(2);
	server.lists[1]?.deliver();
	await turn();
	expect(other.last()).toMatchObject({ data: [], status: "loading" });
	for (const batch of server.batches) batch.fail(refusal());
	expect([await created, await updated]).toEqual(["invalid_input", "invalid_input"]);
	expect(await queued).toMatchObject({ name: "UserDOError", code: "unauthorized" });
	add(server, 7);
	server.connecting();
	await arrive(server);
	await after(1_000);
	await arrive(server);
	expect(last()).toMatchObject({ data: [{ n: 7 }], status: "live", pending: [] });
	// What one user meant is never sent as another.
	expect(server.batches).toHaveLength(2);
});

test("dates and bigints travel as text, and are compared as what they are", async () => {
	const { server, posts } = await setUp([]);
	const size = 9n;
	const list = watch(posts.where({ or: [["size", ">", size]] }).where("due", "<", new Date(0)));
	await turn();
	expect(new URLSearchParams(server.lists[0]?.search).get("where")).toBe(
		'[{"or":[["size",">","9"]]},["due","<","1970-01-01T00:00:00.000Z"]]',
	);
	server.open();
	server.query = () => ({
		items: [],
		pageInfo: { hasNextPage: false, endCursor: null },
		snapshot: server.snapshot,
		kinds: { size: "bigint", due: "date" },
	});
	await arrive(server);
	void posts.create({ n: 1, size: 10n, due: new Date(-1) });
	void posts.create({ n: 2, size: 9n, due: new Date(-1) });
	void posts.create({ n: 3, size: 100n, due: new Date(-8.64e15) });
	void posts.create({ n: 4, size: "none", due: "never" });
	await turn();
	expect(ns(list.last())).toEqual([1, 3]);
	expect(server.batches[0]?.operations).toMatchObject([
		{ data: { size: "10", due: "1969-12-31T23:59:59.999Z" } },
	]);
});

test("conditions come one by one, as data, and negated", async () => {
	const { server, posts } = await setUp([]);
	watch(
		posts
			.where("tags", "is-null")
			.where(["n", "in", [1, 2]])
			.or([["n", "==", 1]])
			.not(["n", "==", 2])
			.orderBy("n", "desc")
			.orderBy("id")
			.limit(5),
	);
	await turn();
	expect(decodeURIComponent(String(server.lists[0]?.search))).toBe(
		'where=[["tags","is-null"],["n","in",[1,2]],{"or":[["n","==",1]]},{"not":["n","==",2]}]&orderBy=n:desc,id:asc&limit=5',
	);
});

test("a collection whose endpoint is the app's own has no live queries, and says so", async () => {
	const { server, posts } = await setUp([1]);
	server.query = () => ({ items: [] }) as never;
	const list = watch(posts.orderBy("n"));
	await turn();
	await arrive(server);
	expect(list.last()).toMatchObject({ data: [], fromCache: true, error: expect.any(TypeError) });
});

test("the first word on whose rows they are changes nothing", async () => {
	const server = new FakeCollection();
	server.user = undefined;
	const [row] = add(server, 1) as [FakeRow];
	server.connecting();
	const posts = live(server.collection);
	const { last } = watch(posts);
	await turn();
	await arrive(server);
	const written = posts.update(row.id, { n: 2 });
	await turn();
	const lists = server.lists.length;
	server.knowUser();
	await turn();
	expect(last()).toMatchObject({ data: [{ n: 2 }], status: "live" });
	await arrive(server);
	expect((await written).n).toBe(2);
	expect(server.lists).toHaveLength(lists);
});

test("a user who comes back does not see what another one saw meanwhile", async () => {
	const { server, last } = await openList([1]);
	server.changeUser({ id: "bob" });
	add(server, 7);
	await turn();
	server.answerAll();
	await turn();
	expect(ns(last())).toEqual([7]);
	// The newest change that came is one of her own, still.
	server.changeUser({ id: "ada" });
	await turn();
	expect(last()).toMatchObject({ data: [] });
});

test("nobody signed in sees nothing, also where there never was a connection", async () => {
	const { server, posts } = await setUp([1]);
	const list = watch(posts.orderBy("n"));
	await turn();
	server.answerAll();
	await turn();
	expect(ns(list.last())).toEqual([1]);
	server.changeUser(null);
	await turn();
	expect(list.last()).toMatchObject({ data: [] });
});
