import type { Result, Router } from "hono/router";
import { RegExpRouter } from "hono/router/reg-exp-router";
import { SmartRouter } from "hono/router/smart-router";
import { TrieRouter } from "hono/router/trie-router";

/** Paths with ids in them are many. */
const maxKnown = 256;
const maxLength = 128;

/**
 * Hono's usual router, which keeps what it has found. Next to `/api/:collection`, fixed paths below `/api`
 * are more than its fast one can tell apart, and the other one goes through the tree for each request.
 */
export class RememberingRouter<T> implements Router<T> {
	readonly name = "RememberingRouter";
	readonly #router = new SmartRouter<T>({ routers: [new RegExpRouter(), new TrieRouter()] });
	readonly #known = new Map<string, Result<T>>();

	add(method: string, path: string, handler: T): void {
		this.#known.clear();
		this.#router.add(method, path, handler);
	}

	match(method: string, path: string): Result<T> {
		const key = `${method} ${path}`;
		const known = this.#known.get(key);
		if (known !== undefined) return known;
		const found = this.#router.match(method, path);
		if (this.#known.size === maxKnown) this.#known.clear();
		if (key.length <= maxLength) this.#known.set(key, found);
		return found;
	}
}
