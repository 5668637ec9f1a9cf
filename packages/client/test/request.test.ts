import { expect, test, vi } from "vitest";
import { isUserDOError, UserDOClient, type UserDOError } from "../src/index.js";
import { FakeServer, json, unreachable } from "./support/fake-server.js";

const failure = (promise: Promise<unknown>): Promise<UserDOError> =>
	promise.then(
		() => expect.unreachable("it should have been refused"),
		(error) => error,
	);

test("making a client sends nothing and opens nothing", async () => {
	const server = new FakeServer();
	const client = server.client();
	await Promise.resolve();
	expect(server.requests).toEqual([]);
	expect(server.sockets).toEqual([]);
	expect([client.status, client.user]).toEqual(["idle", undefined]);
});

test("a client is an instance of its class, and the class may be extended", () => {
	class AppClient extends UserDOClient {
		readonly app = "notes";
		greet = () => `${this.app} of ${this.user?.email ?? "nobody"}`;
	}
	const client = new AppClient("https://app.test/api");
	expect(client).toBeInstanceOf(AppClient);
	expect(client).toBeInstanceOf(UserDOClient);
	expect(client.greet()).toBe("notes of nobody");
	expect(client.status).toBe("idle");
});

test.each([
	["https://app.test/api", "https://app.test/api/me", "https://app.test/data?key=k"],
	["https://app.test/api/", "https://app.test/api/me", "https://app.test/data?key=k"],
	["https://app.test/v1/api", "https://app.test/v1/api/me", "https://app.test/v1/data?key=k"],
	["https://app.test/auth", "https://app.test/auth/me", "https://app.test/data?key=k"],
])("key-value data is the sibling of %s", async (baseUrl, me, data) => {
	const urls: string[] = [];
	const client = new UserDOClient(baseUrl, {
		fetch: async (url) => {
			urls.push(url);
			return json({ data: {} });
		},
	});
	await client.me();
	await client.get("k");
	expect(urls).toEqual([me, data]);
});

test("a relative base is resolved against the page, cookies included", async () => {
	vi.stubGlobal("location", new URL("https://app.test/deep/page?x=1#y"));
	const server = new FakeServer();
	const client = server.client("/api");
	await client.me();
	client.onChange("k", () => {});
	expect(server.requests[0]?.init.credentials).toBe("include");
	expect(server.socket.url.href).toBe("wss://app.test/api/ws");
	vi.unstubAllGlobals();
});

test("a relative base outside of a page is an error that says so", async () => {
	const error = await failure(new FakeServer().client("/api").me());
	expect(error).toBeInstanceOf(TypeError);
	expect(error).toMatchObject({ input: "/api/me" });
});

test("workers refuse `credentials`, so it is not there outside of a page", async () => {
	const server = new FakeServer();
	await server.client().me();
	expect(server.requests[0]?.init).not.toHaveProperty("credentials");
});

test("what changes something is sent as JSON, even when there is nothing to send", async () => {
	const server = new FakeServer();
	await server.client().logout();
	expect(server.requests[0]).toMatchObject({ name: "POST /api/logout", body: {} });
	expect(server.requests[0]?.init.headers).toMatchObject({ "content-type": "application/json" });
});

test("a refusal carries the server's code, text and fields", async () => {
	const server = new FakeServer();
	const issues = [{ path: "password", message: "Too short." }];
	server.answer("POST /api/signup", () =>
		json({ error: "Not valid.", code: "invalid_input", issues, retryAfter: 3 }, 400),
	);
	const error = await failure(server.client().signup("ada@example.com", "short"));
	expect(isUserDOError(error, "invalid_input")).toBe(true);
	expect(error).toMatchObject({ status: 400, message: "Not valid.", issues, retryAfter: 3 });
});

test("a refusal without a body of ours gets its code from the status", async () => {
	const server = new FakeServer();
	server.answer("POST /api/login", () => new Response("<h1>Slow down</h1>", { status: 429 }));
	expect(await failure(server.client().login("a@example.com", "password"))).toMatchObject({
		code: "rate_limited",
		status: 429,
	});
});

test("no answer is a network error with its cause", async () => {
	const server = new FakeServer();
	server.answer("GET /data", unreachable);
	const error = await failure(server.client().get("k"));
	expect(error).toMatchObject({ code: "network_error", status: 0 });
	expect(error.cause).toBeInstanceOf(TypeError);
});

test("an answer that breaks off is a network error", async () => {
	const server = new FakeServer();
	const body = () =>
		new ReadableStream({ start: (controller) => controller.error(new TypeError("cut off")) });
	server.answer("GET /data", () => new Response(body()));
	expect(await failure(server.client().get("k"))).toMatchObject({ code: "network_error" });
});

test("success that is not JSON is no success", async () => {
	const server = new FakeServer();
	server.answer("GET /data", () => new Response("<!doctype html>"));
	expect(await failure(server.client().get("k"))).toMatchObject({ code: "internal_error" });
});

test("a key that is not set is undefined, also when objects have something of that name", async () => {
	const server = new FakeServer();
	server.answer("GET /data", () => json({ data: {} }));
	expect(await server.client().get("toString")).toBeUndefined();
	server.answer("GET /data", () => json({ data: { toString: 0 } }));
	expect(await server.client().get("toString")).toBe(0);
});

test("keys and values arrive as they are", async () => {
	const server = new FakeServer();
	server.answer("POST /data", () => json({ ok: true }));
	server.answer("GET /data", () => json({ data: { "a&b=ü?": [null] } }));
	const client = server.client();
	await client.set("a&b=ü?", [null]);
	expect(await client.get("a&b=ü?")).toEqual([null]);
	expect(server.requests.map(({ body }) => body)).toEqual([
		{ key: "a&b=ü?", value: [null] },
		undefined,
	]);
	expect(new URLSearchParams(server.requests[1]?.search).get("key")).toBe("a&b=ü?");
});

test("a collection speaks to its endpoints and gives back what they answer", async () => {
	const server = new FakeServer();
	const answers = ["POST /api/posts", "GET /api/posts", "GET /api/posts/a%2Fb"];
	answers.push("PATCH /api/posts/a%2Fb", "DELETE /api/posts/a%2Fb");
	for (const name of answers) server.answer(name, () => json({ answered: name }));
	const posts = server.client().collection("posts");
	const bodies = [
		await posts.create({ title: "Hello" }),
		await posts.list(),
		await posts.get("a/b"),
		await posts.update("a/b", { title: "Bye" }),
		await posts.delete("a/b"),
	];
	expect(bodies).toEqual(answers.map((answered) => ({ answered })));
	expect(server.requests.map(({ body }) => body)).toEqual([
		{ title: "Hello" },
		undefined,
		undefined,
		{ title: "Bye" },
		undefined,
	]);
});

test.each(["", ".", ".."])("the id %j can't walk to another address", async (id) => {
	const server = new FakeServer();
	const error = await failure(server.client().collection("posts").delete(id));
	expect(error.code).toBe("invalid_input");
	expect(server.requests).toEqual([]);
});

test("an empty answer is undefined", async () => {
	const server = new FakeServer();
	server.answer("DELETE /api/posts/1", () => new Response(null, { status: 204 }));
	expect(await server.client().collection("posts").delete("1")).toBeUndefined();
});

test("the password endpoints get what they ask for", async () => {
	const server = new FakeServer();
	server.answer("POST /api/password-reset/request", () => json({ ok: true }));
	server.answer("POST /api/password-reset/confirm", () => json({ ok: true }));
	const client = server.client();
	await client.requestPasswordReset("ada@example.com");
	await client.confirmPasswordReset("token", "new password");
	expect(server.requests.map(({ body }) => body)).toEqual([
		{ email: "ada@example.com" },
		{ token: "token", newPassword: "new password" },
	]);
});
