import { expect, test } from "vitest";
import { type FakeRow, outage, refusal } from "./support/fake-collection.js";
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

test("a new row is seen at once, and is the server's as soon as that has told", async () => {
	const { server, posts, seen, last } = await openList([1], { defaults: { done: false } });
	const todo = watch(posts.where("done", "==", false));
	await turn();
	await arrive(server);
	const created = posts.create({ n: 2 });
	await turn();
	const [, own] = last().data;
	expect(own).toEqual({
		id: expect.stringMatching(/^~/),
		createdAt: "2026-02-01T00:00:00.000Z",
		updatedAt: "2026-02-01T00:00:00.000Z",
		n: 2,
		done: false,
	});
	expect(last().pending).toEqual([own?.id]);
	expect(todo.last().data).toEqual([own]);
	server.answerAll();
	const row = await created;
	expect(last().data[1]).toEqual(row);
	expect(last().pending).toEqual([]);
	expect(server.rows.get(String(row.id))).toEqual(row);
	const count = seen.length;
	server.tell();
	await turn();
	expect(seen).toHaveLength(count);
});

test("it is the same when the change comes before the answer", async () => {
	const { server, posts, last } = await openList([1]);
	const created = posts.create({ n: 2 });
	await turn();
	server.batches[0]?.process();
	server.tell();
	await turn();
	expect(last()).toMatchObject({ data: [{ n: 1 }, { id: "id-0002", n: 2 }], pending: [] });
	const told = last();
	server.answerAll();
	expect(await created).toEqual(told.data[1]);
	expect(last()).toBe(told);
});

test("a row that the caller names has that name from the start", async () => {
	const { server, posts, last } = await openList([]);
	const created = posts.create({ id: "mine", n: 1 });
	await turn();
	expect(last()).toMatchObject({ data: [{ id: "mine" }], pending: ["mine"] });
	await arrive(server);
	expect(await created).toMatchObject({ id: "mine" });
	expect(last().data).toEqual([await created]);
});

test("what is refused is taken back, and says why", async () => {
	const { server, posts, rows, last } = await openList([1, 2, 3]);
	const [one, two, three] = rows.map(({ id }) => id) as [string, string, string];
	const before = last();
	const writes = [posts.create({ n: 9 }), posts.update(one, { n: 8 }), posts.delete(two)];
	await turn();
	expect(ns(last())).toEqual([3, 8, 9]);
	expect(last().pending).toEqual([expect.stringMatching(/^~/), one, two]);
	for (const batch of server.batches) batch.fail(refusal());
	const results = await Promise.allSettled(writes);
	expect(results.map((result) => "reason" in result && result.reason.code)).toEqual(
		Array(3).fill("invalid_input"),
	);
	expect(last()).toEqual(before);
	// The row was never written to: a later change of it is seen.
	change(server, three, { n: 7 });
	server.tell();
	await turn();
	expect(ns(last())).toEqual([1, 2, 7]);
});

test("writes to one row are sent in their order, and those to others at once", async () => {
	const { server, posts, rows, last } = await openList([1, 2]);
	const [one, two] = rows.map(({ id }) => id) as [string, string];
	const writes = [
		posts.update(one, { n: 5, x: 1 }),
		posts.update(one, { n: 6 }),
		posts.delete(two),
	];
	await turn();
	expect(ns(last())).toEqual([6]);
	expect(server.batches.map(({ operations: [first] }) => first?.op)).toEqual(["update", "delete"]);
	server.answerAll();
	await turn();
	expect(last()).toMatchObject({ data: [{ n: 6, x: 1 }], pending: [one] });
	server.answerAll();
	expect(await Promise.all(writes)).toMatchObject([{ n: 5, x: 1 }, { n: 6, x: 1 }, true]);
	await arrive(server);
	expect(last().data).toEqual([...server.rows.values()]);
});

test("a new row may be written to before the server has named it, and by its old name afterwards", async () => {
	const { server, posts, last } = await openList([]);
	const created = posts.create({ n: 1 });
	await turn();
	const id = String(last().data[0]?.id);
	const updated = posts.update(id, { n: 2 });
	await turn();
	expect(ns(last())).toEqual([2]);
	expect(server.batches).toHaveLength(1);
	server.answerAll();
	await created;
	await turn();
	expect(last()).toMatchObject({ data: [{ id: "id-0001", n: 2 }], pending: ["id-0001"] });
	server.answerAll();
	expect(await updated).toMatchObject({ id: "id-0001", n: 2 });
	server.tell();
	const again = posts.update(id, { n: 3 });
	await turn();
	expect(server.batches[2]?.operations).toMatchObject([{ id: "id-0001", patch: { n: 3 } }]);
	await arrive(server);
	expect(await again).toMatchObject({ n: 3 });
	expect(ns(last())).toEqual([3]);
});

test("what is written to a row that was refused is refused as well", async () => {
	const { server, posts, last } = await openList([]);
	const created = posts.create({ n: 1 }).catch((error) => error.code);
	await turn();
	const updated = posts.update(String(last().data[0]?.id), { n: 2 }).catch((error) => error.code);
	server.batches[0]?.fail(refusal());
	expect(await created).toBe("invalid_input");
	await turn();
	expect(last().data).toEqual([]);
	server.answerAll();
	expect(await updated).toBe("not_found");
});

test("a write without an answer is taken back, unless its change has come", async () => {
	const { server, posts, rows, last } = await openList([1]);
	const [{ id }] = rows as [FakeRow];
	const lost = posts.create({ n: 2 }).catch((error) => error.code);
	const created = posts.create({ n: 3 });
	const deleted = posts.delete(id);
	await turn();
	const [first, ...others] = server.batches;
	first?.fail(outage());
	for (const batch of others) batch.process();
	server.tell();
	for (const batch of others) batch.fail(outage());
	expect(await lost).toBe("network_error");
	expect(await created).toMatchObject({ id: "id-0002", n: 3 });
	expect(await deleted).toBe(true);
	expect(ns(last())).toEqual([3]);
});

test("a write that changes nothing is over with its answer", async () => {
	const { server, posts, rows, seen, last } = await openList([1]);
	const [row] = rows as [FakeRow];
	const before = last();
	const written = posts.update(row.id, { n: 1 });
	await turn();
	expect(last()).toEqual({ ...before, pending: [row.id] });
	expect(last().data).toBe(before.data);
	server.answerAll();
	expect(await written).toEqual(row);
	expect(last()).toEqual(before);
	expect(seen).toHaveLength(4);
	await after(60_000);
	expect(server.lists).toHaveLength(1);
});

test("a write that changes nothing does not come back over a later one", async () => {
	const { server, posts, rows, last } = await openList([1]);
	const [{ id }] = rows as [FakeRow];
	for (const n of [2, 2, 3]) void posts.update(id, { n });
	await turn();
	server.truncates = true;
	server.batches[0]?.process();
	server.tell();
	await turn();
	await after(50);
	expect(server.lists).toHaveLength(2);
	for (const n of [0, 1, 2]) {
		if (n > 0) server.batches[n]?.process();
		server.batches[n]?.deliver();
		await turn();
		expect(ns(last())).toEqual([3]);
	}
	server.lists[1]?.process();
	server.lists[1]?.deliver();
	await turn();
	expect(ns(last())).toEqual([3]);
});

test("what no change will ever tell is asked for", async () => {
	const { server, posts, rows, seen, last } = await openList([1, 2]);
	const [one, two] = rows.map(({ id }) => id) as [string, string];
	server.logs = false;
	const writes = [posts.create({ n: 3 }), posts.update(one, { n: 4 }), posts.delete(two)];
	await turn();
	server.answerAll();
	await Promise.all(writes);
	await turn();
	expect(ns(last())).toEqual([3, 4]);
	await after(50);
	await arrive(server);
	expect(last()).toMatchObject({ data: [{ n: 3 }, { n: 4 }], pending: [], fromCache: false });
	expect(server.lists).toHaveLength(2);
	expect(seen.slice(2).every((snapshot) => snapshot.data.length === 2)).toBe(true);
});

test("an update is `ifUpdatedAt` only where that is asked for", async () => {
	const { server, posts, rows } = await openList([1]);
	const [{ id, updatedAt }] = rows as [FakeRow];
	void posts.update(id, { n: 2 }, { ifUpdatedAt: String(updatedAt) });
	await turn();
	expect(server.batches[0]?.operations).toEqual([
		{
			op: "update",
			collection: "posts",
			id,
			patch: { n: 2 },
			ifUpdatedAt: updatedAt,
			mutation: expect.stringMatching(/^[\w-]{8,64}$/),
		},
	]);
});

test("a new row is the newest, also where the clock is slow", async () => {
	const { server, posts } = await setUp([1]);
	server.time = Date.parse("2026-03-01");
	const list = watch(posts.orderBy("createdAt"));
	await turn();
	await arrive(server);
	add(server, 2);
	server.tell();
	void posts.create({ n: 3 });
	void posts.create({ n: 4 });
	await turn();
	expect(ns(list.last())).toEqual([1, 2, 3, 4]);
});

test("a row that others delete is gone, whatever is written to it", async () => {
	const { server, posts, rows, last } = await openList([1]);
	const [{ id }] = rows as [FakeRow];
	const written = posts.update(id, { n: 2 }).catch((error) => error.code);
	await turn();
	remove(server, id);
	server.tell();
	await turn();
	expect(last()).toMatchObject({ data: [], pending: [] });
	server.answerAll();
	expect(await written).toBe("not_found");
});

test("an own write lies over what others have written meanwhile, told or fetched", async () => {
	const { server, posts, rows, last } = await openList([1]);
	const [{ id }] = rows as [FakeRow];
	void posts.update(id, { n: 2 });
	await turn();
	change(server, id, { x: 1 });
	server.tell();
	await turn();
	expect(last().data).toMatchObject([{ n: 2, x: 1 }]);
	server.truncates = true;
	change(server, id, { y: 1 });
	server.tell();
	await turn();
	await after(50);
	server.lists[1]?.process();
	server.lists[1]?.deliver();
	await turn();
	expect(last()).toMatchObject({ data: [{ n: 2, x: 1, y: 1 }], pending: [id], fromCache: false });
	server.cut();
	change(server, id, { x: 2 });
	server.log = [];
	server.connecting();
	server.open();
	await turn();
	await after(50);
	server.lists[2]?.process();
	server.lists[2]?.deliver();
	await turn();
	// The write was made before that connection: whether the list has it is not known yet.
	expect(last()).toMatchObject({ data: [{ n: 2, x: 1 }], pending: [id] });
	server.batches[0]?.process();
	server.batches[0]?.deliver();
	await turn();
	expect(last()).toMatchObject({ data: [{ n: 2, x: 2 }], pending: [] });
});

test("a list read before a write of this client was done is no reason to lose it", async () => {
	const { server, posts } = await setUp([1]);
	server.open();
	const list = watch(posts.orderBy("n"));
	await turn();
	server.lists[0]?.process();
	void posts.create({ n: 2 });
	await turn();
	server.batches[0]?.process();
	server.batches[0]?.deliver();
	await turn();
	server.lists[0]?.deliver();
	await turn();
	expect(list.last()).toMatchObject({ data: [{ n: 1 }, { id: "id-0002", n: 2 }], pending: [] });
});

test("a list that may hold a new row waits until that is known", async () => {
	const { server, posts } = await setUp([1]);
	const created = posts.create({ n: 2 });
	await turn();
	server.batches[0]?.process();
	server.open();
	const list = watch(posts.orderBy("n"));
	await turn();
	server.lists[0]?.process();
	server.lists[0]?.deliver();
	server.tell();
	await turn();
	// Its change may have been before the connection was there.
	expect(list.last().data).toEqual([]);
	server.batches[0]?.deliver();
	await created;
	await turn();
	expect(list.last().data).toEqual([...server.rows.values()]);
});

test("a write of the wrong type is refused by the server, and stops no list", async () => {
	const { server, posts } = await setUp([1]);
	const found = watch(posts.where("title", "starts-with", "a"));
	const all = watch(posts.orderBy("n"));
	await turn();
	await arrive(server);
	const created = posts.create({ n: 2, title: 5 } as never).catch((error) => error.code);
	await turn();
	expect(all.last().data).toHaveLength(2);
	expect(found.last().data).toHaveLength(0);
	for (const batch of server.batches) batch.fail(refusal());
	expect(await created).toBe("invalid_input");
	await turn();
	expect(all.last().data).toHaveLength(1);
	found.stop();
	all.stop();
});
