import type { Contestant } from "../../harness/worker/contestants.ts";
import { hits, makePost, type PostInput, PostSchema } from "./posts.ts";
import type { Stores } from "./stores.ts";

/** Who is compared; any other contestant is there to be read, and not judged. */
export const ours = "ours";
export const byHand = "by hand";

type Case = (stores: Stores, data: Data) => Contestant[];

/** What all calls of a race use; made before anything is timed. */
export interface Data {
	ids: readonly string[];
	inputs: readonly PostInput[];
	rows: number;
}

export function prepare({ sql }: Stores, rows: number): Data {
	const ids = sql.exec("SELECT id FROM posts ORDER BY score").raw();
	const inputs = Array.from({ length: 1000 }, (_, i) => makePost(i, rows));
	return { ids: Array.from(ids, ([id]) => String(id)), inputs, rows };
}

export const cases: Record<string, Case> = {
	findById: ({ posts, readByHand: hand }, { ids }) => [
		{ name: ours, run: (i) => posts.findById(at(ids, i)) },
		{ name: byHand, run: (i) => hand.findById(at(ids, i)) },
	],

	equality: ({ posts, readByHand: hand }, { rows }) => [
		{ name: ours, run: (i) => posts.where("category", "==", category(i, rows)).get() },
		{ name: byHand, run: (i) => hand.ofCategory(category(i, rows)) },
	],

	range: ({ posts, readByHand: hand }, { rows }) => [
		{
			name: ours,
			run: (i) => posts.where("score", ">=", score(i, rows)).orderBy("score").limit(20).get(),
		},
		{ name: byHand, run: (i) => hand.fromScore(score(i, rows)) },
	],

	count: ({ posts, readByHand: hand }) => [
		{ name: ours, run: () => posts.count() },
		{ name: byHand, run: () => hand.count() },
	],

	"count of an equality": ({ posts, readByHand: hand }, { rows }) => [
		{ name: ours, run: (i) => posts.where("category", "==", category(i, rows)).count() },
		{ name: byHand, run: (i) => hand.countOfCategory(category(i, rows)) },
	],

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
};

/** Far from the one before, as requests are. */
function at<T>(list: readonly T[], i: number): T {
	return list[(i * 7919) % list.length] as T;
}

const category = (i: number, rows: number) =>
	`category-${(i * 7919) % Math.max(1, Math.floor(rows / hits))}`;
const score = (i: number, rows: number) => (i * 7919) % Math.max(1, rows - 20);
// Never what is stored already: a row that does not change is not written.
const title = (i: number) => `Another title, given by call ${i} of the bench`;
const rating = (i: number) => (i % 49) / 10;

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
