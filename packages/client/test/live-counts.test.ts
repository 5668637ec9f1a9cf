import { expect, test } from "vitest";
import {
	add,
	after,
	arrive,
	change,
	openList,
	remove,
	setUp,
	stopClock,
	turn,
	watch,
} from "./support/live-setup.js";

stopClock();

test("a count follows what is told, and asks once how its fields compare", async () => {
	const { server, posts, rows } = await setUp([1, 5]);
	const all = watch(posts.count());
	const large = watch(posts.where("n", ">=", 3).orderBy("n").limit(1).count());
	await turn();
	expect(server.lists.map(({ search }) => decodeURIComponent(search))).toEqual([
		"where=[]&count=true",
		'where=[["n",">=",3]]&count=true',
		'where=[["n",">=",3]]&limit=1',
	]);
	expect(all.last()).toMatchObject({ data: undefined, status: "loading" });
	await arrive(server);
	const counts = () => [all.last().data, large.last().data];
	expect(counts()).toEqual([2, 1]);
	const [one, five] = rows.map(({ id }) => id) as [string, string];
	add(server, 6);
	change(server, one, { n: 3 });
	server.tell();
	await turn();
	expect(counts()).toEqual([3, 3]);
	remove(server, five);
	server.tell();
	await turn();
	expect(counts()).toEqual([2, 2]);
	const created = posts.create({ n: 9 });
	await turn();
	expect(large.last()).toMatchObject({ data: 3, pending: [expect.stringMatching(/^~/)] });
	server.answerAll();
	await created;
	server.tell();
	await turn();
	expect(counts()).toEqual([3, 3]);
	// Nobody here knows what this row is like.
	const updated = posts.update(one, { n: 4 });
	await turn();
	server.answerAll();
	await updated;
	expect(counts()).toEqual([3, 3]);
});

test("a count is asked for again where a change does not tell what was before", async () => {
	const { server, posts, rows } = await setUp([1, 5]);
	const [one] = rows.map(({ id }) => id) as [string, string];
	const large = watch(posts.where("n", ">=", 3).count());
	await turn();
	await arrive(server);
	change(server, one, { n: 4 });
	// It was too large.
	const { data } = server.log.at(-1) as { data: { old?: unknown } };
	delete data.old;
	server.tell();
	await turn();
	expect(large.last()).toMatchObject({ data: 1, fromCache: true });
	await after(50);
	await arrive(server);
	expect(large.last()).toMatchObject({ data: 2, fromCache: false });
	// What its fields are like it knows.
	expect(server.lists).toHaveLength(3);
});

test("a count knows rows that a list shows", async () => {
	const { server, posts, rows } = await openList([1, 5]);
	const large = watch(posts.where("n", ">=", 3).count());
	await turn();
	await arrive(server);
	const [one, five] = rows.map(({ id }) => id) as [string, string];
	void posts.update(one, { n: 4 });
	await turn();
	expect(large.last()).toMatchObject({ data: 2, pending: [one] });
	void posts.delete(five);
	await turn();
	expect(large.last()).toMatchObject({ data: 1, pending: [one, five] });
	await arrive(server);
	await arrive(server);
	expect(large.last()).toMatchObject({ data: 1, pending: [] });
});

test("a count has a new row once, also where there is no connection yet", async () => {
	const { server, posts } = await setUp([1, 5]);
	const large = watch(posts.where("n", ">=", 3).count());
	const created = posts.create({ n: 9 });
	await turn();
	server.answerAll();
	await created;
	await turn();
	expect(large.last()).toMatchObject({ data: 2, status: "loading", pending: [] });
});
