import type { Contestant } from "../../harness/worker/contestants.ts";
import { makePage, PageSchema } from "./articles.ts";
import { at, byHand, type Case, ours, rating, title } from "./data.ts";
import { PostSchema } from "./posts.ts";

export const writeCases: Record<string, Case> = {
	insert: ({ sql, posts, byHand: hand, loggedByHand }, { ids, inputs }) => {
		const [logged, loggedHand, fromCode] = ["posts", "posts_by_hand", "plain_by_hand"].map(
			(table) => forgetInserts(sql, table, ids),
		) as [() => void, () => void, () => void];
		return [
			{ name: ours, run: (i) => posts.create(at(inputs, i)), settle: logged },
			{ name: byHand, run: (i) => hand.insert(at(inputs, i)), settle: loggedHand },
			{
				name: "by hand, with zod",
				run: (i) => hand.insert(PostSchema.parse(at(inputs, i))),
				settle: loggedHand,
			},
			{
				name: "by hand, log without triggers",
				run: (i) => loggedByHand.insert(at(inputs, i)),
				settle: fromCode,
			},
		];
	},

	"insert, no log": ({ sql, plain, plainByHand: hand }, { ids, inputs }) => {
		const settle = forgetInserts(sql, "plain", ids);
		const settleHand = forgetInserts(sql, "plain_by_hand", ids);
		return [
			{ name: ours, run: (i) => plain.create(at(inputs, i)), settle },
			{ name: byHand, run: (i) => hand.insert(at(inputs, i)), settle: settleHand },
			{
				name: "by hand, with zod",
				run: (i) => hand.insert(PostSchema.parse(at(inputs, i))),
				settle: settleHand,
			},
		];
	},

	"insert of 1,000": ({ sql, posts, byHand: hand, loggedByHand }, { ids, inputs }) => [
		{
			name: ours,
			run: () => posts.createMany(inputs),
			settle: forgetInserts(sql, "posts", ids),
		},
		{
			name: byHand,
			run: () => hand.insertMany(inputs),
			settle: forgetInserts(sql, "posts_by_hand", ids),
		},
		{
			name: "by hand, with zod",
			run: () => hand.insertMany(inputs.map((input) => PostSchema.parse(input))),
			settle: forgetInserts(sql, "posts_by_hand", ids),
		},
		{
			name: "by hand, log without triggers",
			run: () => loggedByHand.insertMany(inputs),
			settle: forgetInserts(sql, "plain_by_hand", ids),
		},
	],

	"insert of 1,000, no log": ({ sql, plain, plainByHand: hand }, { ids, inputs }) => [
		{
			name: ours,
			run: () => plain.createMany(inputs),
			settle: forgetInserts(sql, "plain", ids),
		},
		{
			name: byHand,
			run: () => hand.insertMany(inputs),
			settle: forgetInserts(sql, "plain_by_hand", ids),
		},
		{
			name: "by hand, with zod",
			run: () => hand.insertMany(inputs.map((input) => PostSchema.parse(input))),
			settle: forgetInserts(sql, "plain_by_hand", ids),
		},
	],

	update: ({ sql, posts, byHand: hand, loggedByHand }, { ids }) => {
		const settle = () => emptyLogs(sql);
		return [
			{
				name: ours,
				run: (i) => posts.update(at(ids, i), { title: title(i), rating: rating(i) }),
				settle,
			},
			{ name: byHand, run: (i) => hand.update(at(ids, i), title(i), rating(i)), settle },
			{
				name: "by hand, returning no row",
				run: (i) => hand.updateBlindly(at(ids, i), title(i), rating(i)),
				settle,
			},
			{
				name: "by hand, log without triggers",
				run: (i) => loggedByHand.update(at(ids, i), title(i), rating(i)),
				settle,
			},
		];
	},

	"update, no log": ({ plain, plainByHand: hand }, { ids }) => [
		{
			name: ours,
			run: (i) => plain.update(at(ids, i), { title: title(i), rating: rating(i) }),
		},
		{ name: byHand, run: (i) => hand.update(at(ids, i), title(i), rating(i)) },
		{
			name: "by hand, returning no row",
			run: (i) => hand.updateBlindly(at(ids, i), title(i), rating(i)),
		},
	],

	upsert: ({ pages, pagesByHand: hand }, { rows }) => {
		const input = (i: number) => ({ ...makePage((i * 7919) % rows, rows), title: title(i) });
		return [
			{ name: ours, run: (i) => pages.upsert(input(i), { on: "slug" }) },
			{ name: byHand, run: (i) => hand.upsert(input(i)) },
			{ name: "by hand, with zod", run: (i) => hand.upsert(PageSchema.parse(input(i))) },
		];
	},

	delete: ({ sql, posts, byHand: hand }, { ids }) => [
		deleting(sql, { name: ours, table: "posts", ids, remove: (id) => posts.delete(id) }),
		deleting(sql, { name: byHand, table: "posts_by_hand", ids, remove: (id) => hand.delete(id) }),
	],

	"delete, no log": ({ sql, plain, plainByHand: hand }, { ids }) => [
		deleting(sql, { name: ours, table: "plain", ids, remove: (id) => plain.delete(id) }),
		deleting(sql, { name: byHand, table: "plain_by_hand", ids, remove: (id) => hand.delete(id) }),
	],
};

/** Deletes each row once in a turn, whose rows come back at its end. */
function deleting(
	sql: SqlStorage,
	{
		name,
		table,
		ids,
		remove,
	}: { name: string; table: string; ids: readonly string[]; remove: (id: string) => boolean },
): Contestant {
	const copy = table === "posts" ? "plain" : "posts";
	const gone: string[] = [];
	return {
		name,
		run(i) {
			const id = at(ids, i);
			gone.push(id);
			return remove(id);
		},
		settle() {
			const text = `INSERT OR IGNORE INTO ${table} SELECT * FROM ${copy} WHERE id = ?`;
			for (const id of gone) sql.exec(text, id);
			gone.length = 0;
			emptyLogs(sql);
		},
	};
}

/** Keeps the tables at their size: takes away what was inserted. */
function forgetInserts(sql: SqlStorage, table: string, ids: readonly string[]): () => void {
	const last = ids.reduce((a, b) => (a > b ? a : b));
	return () => {
		sql.exec(`DELETE FROM ${table} WHERE id > ?`, last);
		emptyLogs(sql);
	};
}

function emptyLogs(sql: SqlStorage): void {
	sql.exec("DELETE FROM _userdo_changes");
	sql.exec("DELETE FROM log_by_hand");
}
