import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { UserDOClient } from "../src/index.js";
import { type TokenStorage, withTokens } from "../src/tokens.js";
import type { collections, keys } from "./collections.js";
import { TestWorker } from "./support/worker.js";

let worker: TestWorker;
let client: UserDOClient<typeof collections, typeof keys>;

beforeAll(async () => {
	worker = await TestWorker.start();
});

beforeEach(async () => {
	let text: string | null = null;
	const storage: TokenStorage = {
		get: () => text,
		set: (next) => {
			text = next;
		},
	};
	client = new UserDOClient(`${worker.origin}/api`, withTokens(storage));
	await client.signup(`${crypto.randomUUID()}@example.com`, "correct horse");
});

afterAll(() => worker?.stop());

const codeOf = (promise: Promise<unknown>) =>
	promise.then(
		() => "no error",
		(error) => error.code,
	);

test("rows are created, read, updated, replaced and deleted", async () => {
	const tasks = client.collection("tasks");
	const due = new Date("2026-03-04T05:06:07.089Z");
	const created = await tasks.create({ title: "One", size: 2n ** 62n, due });
	expect(created).toMatchObject({
		title: "One",
		size: "4611686018427387904",
		due: due.toISOString(),
		tags: [],
	});
	expect(await tasks.findById(created.id)).toEqual(created);
	expect(await tasks.get(created.id)).toEqual(created);
	expect(await tasks.findById("unknown")).toBeUndefined();
	// What was read may go back as it is.
	const { id, createdAt, updatedAt, ...fields } = created;
	const updated = await tasks.update(id, { ...fields, title: "Two" } as object, {
		ifUpdatedAt: updatedAt,
	});
	expect(updated).toMatchObject({ title: "Two", size: created.size, due: created.due, createdAt });
	const late = tasks.update(id, { title: "Three" }, { ifUpdatedAt: updatedAt });
	expect(await codeOf(late)).toBe("conflict");
	const first = await tasks.upsert({ title: "A", slug: "a" }, { on: "slug" });
	const second = await tasks.upsert({ title: "B", slug: "a" }, { on: ["slug"] });
	expect([second.id, second.title]).toEqual([first.id, "B"]);
	expect(await tasks.delete(id)).toMatchObject({ deleted: true });
	expect(await tasks.delete(id)).toMatchObject({ deleted: false });
});

test("rows are found by the chain that tables have", async () => {
	const tasks = client.collection("tasks");
	const day = (n: number) => new Date(Date.UTC(2026, 0, n));
	await client.batch(
		[1, 2, 3, 4, 5].map((n) => ({
			op: "create",
			collection: "tasks",
			data: {
				title: `Task ${n}`,
				stars: n % 3,
				size: BigInt(n),
				due: day(n),
				author: { name: n < 3 ? "Ann" : "Bob" },
				tags: n === 4 ? ["late"] : [],
			},
		})),
	);
	const titles = async (query: { get(): Promise<{ title: string }[]> }) =>
		(await query.get()).map(({ title }) => title.slice(5)).join("");
	expect(await titles(tasks.orderBy("title"))).toBe("12345");
	expect(await titles(tasks.orderBy("stars", "desc").orderBy("title", "desc"))).toBe("52413");
	expect(await titles(tasks.where("due", ">", day(2)).orderBy("due", "desc").limit(2))).toBe("54");
	expect(await titles(tasks.where("size", "in", [2n, 3n]).orderBy("size"))).toBe("23");
	expect(await titles(tasks.where("author.name", "==", "Ann").orderBy("title"))).toBe("12");
	const either = [["stars", "==", 0], { not: ["size", "<", 5n] }] as const;
	expect(await titles(tasks.or(either).orderBy("title"))).toBe("35");
	expect(await titles(tasks.not(["tags", "contains", "late"]).orderBy("title"))).toBe("1235");
	expect(await titles(tasks.where("slug", "is-null", false))).toBe("");
	expect(await tasks.where("stars", ">", 0).count()).toBe(4);
	expect(await tasks.orderBy("title", "desc").first()).toMatchObject({ title: "Task 5" });
	expect(await tasks.where("title", "==", "none").first()).toBeUndefined();
	const pages: string[] = [];
	let after: string | null = null;
	do {
		const { items, pageInfo }: Awaited<ReturnType<typeof tasks.page>> = await tasks
			.orderBy("title")
			.page({ limit: 2, after });
		pages.push(items.map(({ title }) => title.slice(5)).join(""));
		after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
	} while (after);
	expect(pages).toEqual(["12", "34", "5"]);
});

test("what is only to be read is not written, and mistakes name their field", async () => {
	expect(await client.collection("reports").get()).toEqual([]);
	const written = client.collection("reports").create({ text: "Hello" });
	expect(await codeOf(written)).toBe("method_not_allowed");
	const error = await client
		.collection("tasks")
		.create({ title: "" })
		.catch((error) => error);
	expect(error).toMatchObject({ code: "invalid_input", status: 400, issues: [{ path: "title" }] });
});

test("a batch is done as a whole, once, and answers each operation", async () => {
	const write = { op: "set-key", key: "k", value: 1, mutation: crypto.randomUUID() } as const;
	const [task, version, deleted] = await client.batch([
		{ op: "create", collection: "tasks", data: { title: "One", size: 1n } },
		write,
		{ op: "delete-key", key: "other" },
	]);
	expect(task).toMatchObject({ title: "One", size: "1" });
	expect([version, deleted]).toEqual([expect.any(Number), false]);
	// As after an answer that was lost.
	expect(await client.batch([write])).toEqual([version]);
	const failed = client.batch([
		{ op: "set-key", key: "k", value: 2 },
		{ op: "update", collection: "tasks", id: "unknown", patch: { title: "Two" } },
	]);
	expect(await codeOf(failed)).toBe("not_found");
	expect(await client.entry("k")).toEqual({ value: 1, version });
});

test("keys have versions, and are listed and deleted", async () => {
	expect(await client.entry("draft/1")).toEqual({ value: undefined, version: 0 });
	const first = await client.set("draft/1", "a", { ifVersion: 0 });
	expect(await codeOf(client.set("draft/1", "b", { ifVersion: 0 }))).toBe("conflict");
	const second = await client.set("draft/1", "b", { ifVersion: first });
	expect(second).toBeGreaterThan(first);
	const other = await client.set("draft/2", "c", { ttl: 3_600 });
	await client.set("preferences", { theme: "dark" });
	const wrong = client.set("preferences", { theme: "pink" } as never);
	expect(await codeOf(wrong)).toBe("invalid_input");
	expect(await client.list({ prefix: "draft/" })).toEqual({
		data: { "draft/1": "b", "draft/2": "c" },
		versions: { "draft/1": second, "draft/2": other },
	});
	const { next } = await client.list({ limit: 1 });
	expect(next).toBe("draft/1");
	expect(Object.keys((await client.list({ after: next })).data)).toEqual([
		"draft/2",
		"preferences",
	]);
	expect(await codeOf(client.delete("draft/1", { ifVersion: first }))).toBe("conflict");
	expect(await client.delete("draft/1", { ifVersion: second })).toBe(true);
	expect(await client.delete("draft/1")).toBe(false);
	expect(await client.get("draft/1")).toBeUndefined();
});
