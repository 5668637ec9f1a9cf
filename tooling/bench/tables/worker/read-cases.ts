import { topicOf } from "./articles.ts";
import { at, byHand, type Case, category, ours, score } from "./data.ts";

export const readCases: Record<string, Case> = {
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

	in: ({ posts, readByHand: hand }, { ids }) => {
		const lists = Array.from({ length: 50 }, (_, i) =>
			Array.from({ length: 20 }, (_, k) => at(ids, i * 20 + k)),
		);
		return [
			{ name: ours, run: (i) => posts.where("id", "in", at(lists, i)).get() },
			{ name: byHand, run: (i) => hand.ofIds(at(lists, i)) },
		];
	},

	contains: ({ posts, readByHand: hand }, { rows }) => [
		{
			name: ours,
			run: (i) => posts.where("category", "contains", category(i, rows)).limit(20).get(),
		},
		{ name: byHand, run: (i) => hand.containing(category(i, rows)) },
	],

	page: ({ posts, readByHand: hand }, { rows }) => {
		const sorted = posts.orderBy("score");
		const cursors = Array.from({ length: 100 }, (_, i) => {
			const from = posts.where("score", ">=", score(i, rows)).orderBy("score");
			const [last] = from.limit(1).get();
			const after = from.page({ limit: 1 }).pageInfo.endCursor;
			return { after, afterByHand: JSON.stringify([last?.score, last?.id]) };
		});
		return [
			{ name: ours, run: (i) => sorted.page({ after: at(cursors, i).after, limit: 20 }) },
			{ name: byHand, run: (i) => hand.page(at(cursors, i).afterByHand) },
		];
	},

	search: ({ articles, articlesByHand: hand }, { rows }) => [
		{ name: ours, run: (i) => articles.search(topic(i, rows)).limit(20).get() },
		{ name: byHand, run: (i) => hand.search(topic(i, rows)) },
	],

	with: ({ articles, articlesByHand: hand }, { rows }) => [
		{
			name: ours,
			run: (i) =>
				articles
					.where("score", ">=", score(i, rows))
					.orderBy("score")
					.limit(20)
					.with("author")
					.get(),
		},
		{ name: byHand, run: (i) => hand.withAuthors(score(i, rows)) },
	],
};

const topic = (i: number, rows: number) => topicOf((i * 7919) % rows, rows);
