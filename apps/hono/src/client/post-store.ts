import type { PostJson } from "../post.js";

/** A change of the posts, told by the server or made here. */
export interface PostChange {
	type: "create" | "update" | "delete";
	data: PostJson;
}

/**
 * What this window knows of the posts. An answer and the live change it caused come in either
 * order, and both of one write come here: a version that is older than the known one, or of a post
 * that is gone, changes nothing.
 */
export class PostStore {
	readonly #posts = new Map<string, PostJson>();
	readonly #gone = new Set<string>();
	/** The changes told while the list is on its way: it may have been read before or after them. */
	#meanwhile: PostChange[] | undefined;

	/** Newest first. */
	get posts(): PostJson[] {
		return [...this.#posts.values()].sort(newestFirst);
	}

	apply(change: PostChange): void {
		this.#meanwhile?.push(change);
		const { type, data: post } = change;
		if (type === "delete") {
			this.#gone.add(post.id);
			this.#posts.delete(post.id);
		} else if (!this.#gone.has(post.id)) {
			const known = this.#posts.get(post.id);
			if (known === undefined || known.updatedAt <= post.updatedAt) this.#posts.set(post.id, post);
		}
	}

	/**
	 * Replaces everything with the list, and with what was told while it was on its way.
	 *
	 * @returns whether it did: not when a newer load has begun meanwhile
	 */
	async load(list: () => Promise<PostJson[]>): Promise<boolean> {
		const meanwhile: PostChange[] = [];
		this.#meanwhile = meanwhile;
		const isNewest = () => this.#meanwhile === meanwhile;
		try {
			const posts = await list();
			if (!isNewest()) return false;
			this.#posts.clear();
			this.#gone.clear();
			this.#meanwhile = undefined;
			for (const post of posts) this.#posts.set(post.id, post);
			for (const change of meanwhile) this.apply(change);
			return true;
		} finally {
			if (isNewest()) this.#meanwhile = undefined;
		}
	}

	/** Forgets everything, and a list that is still on its way. */
	clear(): void {
		this.#posts.clear();
		this.#gone.clear();
		this.#meanwhile = undefined;
	}
}

/** The order of the list. Ids grow with time, so they settle equal moments. */
export function newestFirst(a: PostJson, b: PostJson): number {
	return compare(b.createdAt, a.createdAt) || compare(b.id, a.id);
}

function compare(a: string, b: string): number {
	return a < b ? -1 : Number(a > b);
}
