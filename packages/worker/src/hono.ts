import type { Hono as AnyHono } from "hono";
import { HonoBase, type HonoOptions } from "hono/hono-base";
import { TrieRouter } from "hono/router/trie-router";
import type { Env } from "hono/types";

/**
 * Hono with the router to which its own class changes over anyway, since the paths of collections
 * overlap those of other routes. Without the one that it tries first a Worker is 2 KB smaller.
 */
class SmallHono<E extends Env> extends HonoBase<E> {
	constructor(options?: HonoOptions<E>) {
		super({ router: new LateRouter(), ...options });
	}
}

type Found<Handler> = ReturnType<TrieRouter<Handler>["match"]>;

/**
 * Sorts routes in when it is first asked: those of a part never are, since they go into the app's. For a
 * path that a route has as it is, it looks once.
 */
class LateRouter<Handler> extends TrieRouter<Handler> {
	#waiting: [method: string, path: string, handler: Handler][] = [];
	/** What is found, by path and method. */
	readonly #paths = new Map<string, Map<string, Found<Handler>>>();

	override add(...route: [method: string, path: string, handler: Handler]): void {
		this.#waiting.push(route);
	}

	override match(method: string, path: string): Found<Handler> {
		if (this.#waiting.length > 0) this.#sortIn();
		const methods = this.#paths.get(path);
		const found = methods?.get(method) ?? super.match(method, path);
		methods?.set(method, found);
		return found;
	}

	#sortIn(): void {
		for (const route of this.#waiting) {
			super.add(...route);
			this.#paths.set(route[1], new Map());
		}
		this.#waiting = [];
		// The new ones may fit these, too.
		for (const methods of this.#paths.values()) methods.clear();
	}
}

export const Hono = SmallHono as typeof AnyHono;
export type Hono<E extends Env> = AnyHono<E>;
