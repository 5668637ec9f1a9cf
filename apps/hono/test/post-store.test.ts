import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type PostChange, PostStore } from "../src/client/post-store.js";
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
		const writes = fc.array(fc.tuple(fc.constantFrom("1", "2", "3"), fc.boolean()), {
			maxLength: 12,
		});
		await fc.assert(
			fc.asyncProperty(
				writes,
				fc.infiniteStream(fc.double()),
				fc.nat(12),
				async (steps, order, readAt) => {
					const server = new Map<string, PostJson>();
					const changes: PostChange[] = [];
					const gone = new Set<string>();
					let list: PostJson[] = [];
					steps.forEach(([id, isDelete], version) => {
						if (version === readAt) list = [...server.values()];
						const known = server.get(id);
						if (gone.has(id) || (isDelete && !known)) return;
						const data = isDelete && known ? known : post(id, version + 1);
						changes.push({ type: isDelete ? "delete" : known ? "update" : "create", data });
						if (isDelete) {
							server.delete(id);
							gone.add(id);
						} else server.set(id, data);
					});
					if (readAt >= steps.length) list = [...server.values()];

					// Live changes come in their order, the answers anywhere; a list comes at last.
					const store = new PostStore();
					const answer = Promise.withResolvers<PostJson[]>();
					const loading = store.load(() => answer.promise);
					const late = [...changes].sort(() => (order.next().value ?? 0) - 0.5);
					for (const change of changes) {
						store.apply(change);
						const other = late.pop();
						if (other) store.apply(other);
					}
					answer.resolve(list);
					await loading;
					expect(store.posts.map(({ title }) => title).sort()).toEqual(
						[...server.values()].map(({ title }) => title).sort(),
					);
				},
			),
		);
	});
});
