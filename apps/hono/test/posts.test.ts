import { describe, expect, it } from "vitest";
import { signUp, Visitor } from "./visitor.js";

const routes: [method: string, path: string, body?: unknown][] = [
	["GET", "/api/posts"],
	["POST", "/api/posts", { title: "Hello", content: "" }],
	["PATCH", "/api/posts/1", { title: "Hello" }],
	["DELETE", "/api/posts/1"],
];

describe("the posts of a user", () => {
	it("are written, listed newest first, changed and deleted", async () => {
		const ada = await signUp();
		const first = await ada.write("First", "one");
		const second = await ada.write("Second", "two");
		expect(first).toMatchObject({ title: "First", content: "one" });
		expect(await ada.posts()).toEqual([second, first]);

		const response = await ada.send("PATCH", `/api/posts/${first.id}`, { content: "uno" });
		expect(response.status).toBe(200);
		const { post } = (await response.json()) as { post: typeof first };
		expect(post).toMatchObject({ id: first.id, title: "First", content: "uno" });
		expect(post.createdAt).toBe(first.createdAt);

		expect((await ada.send("DELETE", `/api/posts/${second.id}`)).status).toBe(200);
		expect(await ada.posts()).toEqual([post]);
	});

	it("are nobody else's to see, change or delete", async () => {
		const [ada, eve] = await Promise.all([signUp(), signUp()]);
		const post = await ada.write("Mine");
		expect(await eve.posts()).toEqual([]);
		for (const [method, body] of [["PATCH", { title: "Yours" }], ["DELETE"]] as const) {
			const response = await eve.send(method, `/api/posts/${post.id}`, body);
			expect(response.status).toBe(404);
			expect(await response.json()).toMatchObject({ code: "not_found" });
		}
		expect(await ada.posts()).toEqual([post]);
	});

	it("are for those who are signed in", async () => {
		for (const route of routes) {
			const response = await new Visitor().send(...route);
			expect(response.status).toBe(401);
			expect(await response.json()).toMatchObject({ code: "unauthorized" });
		}
	});

	it("end with the session", async () => {
		const ada = await signUp();
		await ada.send("POST", "/api/logout", {});
		expect((await ada.send("GET", "/api/posts")).status).toBe(401);
	});
});

describe("a password", () => {
	it("P6 that is common, or the person's own address, is refused", async () => {
		const email = `${crypto.randomUUID()}@example.com`;
		for (const password of ["password", "Iloveyou", "12345678", "        ", email]) {
			const response = await new Visitor().send("POST", "/api/signup", { email, password });
			expect([response.status, await response.json()]).toMatchObject([
				400,
				{ code: "password_common", issues: [{ path: "password" }] },
			]);
		}
	});
});

describe("what is no post", () => {
	it.each([
		["no title", { content: "" }, ["title"]],
		["an empty title", { title: "  ", content: "" }, ["title"]],
		["a long title", { title: "x".repeat(121), content: "" }, ["title"]],
		["a long text", { title: "x", content: "x".repeat(10_001) }, ["content"]],
		["other types", { title: ["x"], content: { $gt: "" } }, ["title", "content"]],
		["no object", null, [""]],
	])("is refused, naming the field: %s", async (_name, body, paths) => {
		const ada = await signUp();
		const response = await ada.send("POST", "/api/posts", body);
		expect(response.status).toBe(400);
		const error = (await response.json()) as { code: string; issues: { path: string }[] };
		expect(error.code).toBe("invalid_input");
		expect(error.issues.map(({ path }) => path)).toEqual(paths);
		expect(await ada.posts()).toEqual([]);
	});

	it("is refused when it is no JSON, and when it is too large", async () => {
		const ada = await signUp();
		const broken = await ada.send("POST", "/api/posts", "{");
		expect([broken.status, await broken.json()]).toMatchObject([400, { code: "invalid_json" }]);
		const large = await ada.send("POST", "/api/posts", { title: "x".repeat(70_000) });
		expect([large.status, await large.json()]).toMatchObject([413, { code: "payload_too_large" }]);
	});

	it("does not get into a post: what only the server sets is left out", async () => {
		const ada = await signUp();
		const forged = { title: "x", content: "", id: "mine", createdAt: "2000-01-01", updatedAt: 0 };
		const response = await ada.send("POST", "/api/posts", forged);
		const { post } = (await response.json()) as { post: { id: string; createdAt: string } };
		expect(post.id).not.toBe("mine");
		expect(Date.parse(post.createdAt)).toBeGreaterThan(Date.parse("2026-01-01"));
	});
});
