import { describe, expect, it } from "vitest";
import { newEmail, signUp, Visitor } from "./visitor.js";

const routes: [method: string, path: string, body?: unknown][] = [
	["GET", "/api/posts"],
	["GET", "/api/posts/search?q=a"],
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
		expect(await ada.notes()).toEqual([second, first]);

		const response = await ada.send("PATCH", `/api/posts/${first.id}`, { content: "uno" });
		expect(response.status).toBe(200);
		const changed = await response.json<typeof first>();
		expect(changed).toMatchObject({ id: first.id, title: "First", content: "uno" });
		expect(changed.createdAt).toBe(first.createdAt);

		expect((await ada.send("DELETE", `/api/posts/${second.id}`)).status).toBe(200);
		expect(await ada.notes()).toEqual([changed]);
	});

	it("are found by words, by a method of the app's own", async () => {
		const ada = await signUp();
		const crema = await ada.write("Crème brûlée", "eggs, sugar");
		const salad = await ada.write("Salad", "eggs and herbs");
		const find = async (words: string) => {
			const query = new URLSearchParams({ q: words });
			return (await ada.send("GET", `/api/posts/search?${query}`)).json();
		};
		expect(await find("creme")).toEqual({ ids: [crema.id] });
		expect(await find("eggs")).toEqual({ ids: [salad.id, crema.id] });
		expect(await find("eggs herb")).toEqual({ ids: [salad.id] });
		expect(await find("' OR 1=1 --")).toEqual({ ids: [] });
		expect(await find("nothing")).toEqual({ ids: [] });
		const missing = await ada.send("GET", "/api/posts/no-such-id");
		expect(missing.status).toBe(404);
	});

	it("are nobody else's to see, find, change or delete", async () => {
		const [ada, eve] = await Promise.all([signUp(), signUp()]);
		const post = await ada.write("Mine");
		expect(await eve.notes()).toEqual([]);
		const found = await eve.send("GET", "/api/posts/search?q=mine");
		expect(await found.json()).toEqual({ ids: [] });
		const response = await eve.send("PATCH", `/api/posts/${post.id}`, { title: "Yours" });
		expect([response.status, await response.json()]).toMatchObject([404, { code: "not_found" }]);
		const deleted = await eve.send("DELETE", `/api/posts/${post.id}`);
		expect(await deleted.json()).toMatchObject({ deleted: false });
		expect(await ada.notes()).toEqual([post]);
	});

	it("are for those who are signed in", async () => {
		for (const route of routes) {
			const response = await new Visitor().send(...route);
			expect([route, response.status]).toEqual([route, 401]);
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
		const email = newEmail();
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
	])("is refused, naming the field: %s", async (_name, body, paths) => {
		const ada = await signUp();
		const response = await ada.send("POST", "/api/posts", body);
		expect(response.status).toBe(400);
		const error = await response.json<{ code: string; issues: { path: string }[] }>();
		expect(error.code).toBe("invalid_input");
		expect(error.issues.map(({ path }) => path)).toEqual(paths);
		expect(await ada.notes()).toEqual([]);
	});

	it("is no theme either: the key takes what its schema takes", async () => {
		const ada = await signUp();
		const response = await ada.send("POST", "/data", {
			key: "preferences",
			value: { theme: '"><script>' },
		});
		expect([response.status, await response.json()]).toMatchObject([
			400,
			{ issues: [{ path: "value.theme" }] },
		]);
	});
});
