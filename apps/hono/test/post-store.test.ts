import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { newestFirst, type PostChange, PostStore } from "../src/client/post-store.js";
import type { PostJson } from "../src/post.js";

const post = (id: string, version: number): PostJson => ({
	id,
	title: `${id} ${version}`,
	content: "",
	createdAt: `2026-01-01T00:00:00.00${id}Z`,
	updatedAt: new Date(version).toISOString(),
});

describe("the posts that a window knows", () => {
	it("keep what was told while the list was on its way", async () => {
		const store = new PostStore();
		const list = Promise.withResolvers<PostJson[]>();
		const loading = store.load(() => list.promise);
		store.apply({ type: "create", data: post("2", 2) });
		store.apply({ type: "delete", data: post("1", 1) });
		list.resolve([post("1", 1)]);
		expect(await loading).toBe(true);
		expect(store.posts).toEqual([post("2", 2)]);
	});

	it("take the newest of two lists, whichever comes last", async () => {
		const store = new PostStore();
		const slow = Promise.withResolvers<PostJson[]>();
		const loading = store.load(() => slow.promise);
		await store.load(async () => [post("2", 2)]);
		slow.resolve([post("1", 1)]);
		expect(await loading).toBe(false);
		expect(store.posts).toEqual([post("2", 2)]);
	});

	it("stay as they are when the list can't be had", async () => {
		const store = new PostStore();
		await store.load(async () => [post("1", 1)]);
		await expect(store.load(() => Promise.reject(new Error("offline")))).rejects.toThrow("offline");
		expect(store.posts).toEqual([post("1", 1)]);
	});

	it("end up as the server's, in whatever order answers and live changes come", async () => {
		const step = fc.record({
			id: fc.constantFrom("1", "2", "3"),
			isDelete: fc.boolean(),
			/** The answers come in the order of these. */
			delay: fc.nat(100),
		});
		const steps = fc.array(step, { maxLength: 12 });
		await fc.assert(
			fc.asyncProperty(steps, fc.nat(12), async (steps, readAt) => {
				const server = new Server();
				const reads = steps.map((step, version) => {
					const list = [...server.posts.values()];
					server.write(step, version + 1);
					return list;
				});
				const list = reads[readAt] ?? [...server.posts.values()];

				const store = new PostStore();
				const answer = Promise.withResolvers<PostJson[]>();
				const loading = store.load(() => answer.promise);
				const late = server.changes.toSorted((a, b) => a.delay - b.delay);
				for (const [index, { change }] of server.changes.entries()) {
					store.apply(change);
					const other = late[index];
					if (other) store.apply(other.change);
				}
				answer.resolve(list);
				await loading;
				expect(store.posts).toEqual([...server.posts.values()].sort(newestFirst));
			}),
		);
	});
});

/** What each write does to the posts, and tells. */
class Server {
	readonly posts = new Map<string, PostJson>();
	readonly changes: { change: PostChange; delay: number }[] = [];
	readonly #gone = new Set<string>();

	write(
		{ id, isDelete, delay }: { id: string; isDelete: boolean; delay: number },
		version: number,
	) {
		const known = this.posts.get(id);
		// An id never comes back.
		if (this.#gone.has(id) || (isDelete && !known)) return;
		const data = isDelete && known ? known : post(id, version);
		if (isDelete) this.posts.delete(id);
		else this.posts.set(id, data);
		if (isDelete) this.#gone.add(id);
		const type = isDelete ? "delete" : known ? "update" : "create";
		this.changes.push({ change: { type, data }, delay });
	}
}
