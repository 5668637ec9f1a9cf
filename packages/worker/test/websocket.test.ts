import { evictDurableObject } from "cloudflare:test";
import { env, exports } from "cloudflare:workers";
import { objectName } from "@userdo/core/identity";
import { describe, expect, test } from "vitest";
import { createUserDOWorker, createWebSocketHandler } from "../src/index.js";
import {
	Browser,
	codeOf,
	cookies,
	createApp,
	evil,
	forge,
	json,
	listen,
	now,
	origin,
	password,
	send,
	signUp,
	spyOnNamespaces,
	upgrade,
} from "./helpers.js";

const app = createApp();
const listed = "https://front.example.com";
/** Upgrades by the app and by the separate handler follow the same rules. */
const doors = {
	app: createApp({ origins: [listed] }),
	handler: createWebSocketHandler("MY_APP_DO", { origins: [listed] }),
};

for (const [name, door] of Object.entries(doors)) {
	describe(`an upgrade through the ${name}`, () => {
		test("with the cookie and an allowed origin is greeted, and hears of changes", async () => {
			const { browser, email, id } = await signUp(app);
			for (const from of [origin, listed]) {
				const socket = listen(
					await upgrade(door, "/api/ws", { cookie: browser.cookie, origin: from }),
				);
				expect(socket.protocol).toBe("userdo.v1");
				const hello = await socket.next(({ type }) => type === "hello");
				expect(hello.user).toEqual({ id, email });
				await browser.post("/data", { key: "theme", value: from });
				const { changes } = await socket.next(({ type }) => type === "changes");
				expect(changes).toMatchObject([{ event: "kv:theme", data: from }]);
			}
		});

		test("with a bearer subprotocol needs no origin", async () => {
			const { token } = await signUp(app);
			for (const from of [undefined, evil, origin]) {
				const socket = listen(
					await upgrade(door, "/api/ws", { bearer: token, ...(from && { origin: from }) }),
				);
				expect(socket.protocol).toBe("userdo.v1");
				await socket.next(({ type }) => type === "hello");
			}
		});

		test("without the subprotocol gets plain messages", async () => {
			const { browser } = await signUp(app);
			const socket = listen(
				await upgrade(door, "/api/ws", { cookie: browser.cookie, origin, protocols: [] }),
			);
			expect(socket.protocol).toBeNull();
			await browser.post("/data", { key: "k", value: 1 });
			expect(await socket.next(() => true)).toMatchObject({ event: "kv:k", data: 1 });
		});

		test("W1: with the cookie and a foreign or no origin gets 403", async () => {
			const { browser } = await signUp(app);
			const { calls, bindings } = spyOnNamespaces();
			for (const from of [evil, undefined, "null", `${origin}.evil.example`, ""]) {
				const response = await upgrade(door, "/api/ws", {
					cookie: browser.cookie,
					bindings,
					...(from !== undefined && { origin: from }),
				});
				expect([response.status, await codeOf(response)]).toEqual([403, "cross_site"]);
				// A route of GET answers HEAD, too.
				const headers = {
					upgrade: "websocket",
					cookie: browser.cookie,
					...(from && { origin: from }),
				};
				const head = await send(door, "/api/ws", { method: "HEAD", headers, bindings });
				expect([head.status, head.webSocket]).toEqual([403, null]);
			}
			expect(calls).toEqual([]);
		});

		test("W3: with a refresh, reset or expired token gets 401", async () => {
			const { token, refreshToken } = await signUp(app);
			const { calls, bindings } = spyOnNamespaces();
			const claims = { iat: now() - 1000, exp: now() - 1 };
			const reset = await forge(token, { kind: "reset", claims: { sid: "" } });
			for (const wrong of [refreshToken, reset, await forge(token, { claims })]) {
				const cookie = `${cookies.access}=${wrong}`;
				const answers = [
					await upgrade(door, "/api/ws", { bearer: wrong, bindings }),
					await upgrade(door, "/api/ws", { cookie, origin, bindings }),
				];
				expect(answers.map(({ status }) => status)).toEqual([401, 401]);
			}
			expect(calls).toEqual([]);
		});

		test("W4: with the token in the address gets 401", async () => {
			const { token } = await signUp(app);
			for (const parameter of [
				"token",
				"access_token",
				"bearer",
				"authorization",
				cookies.access,
			]) {
				const response = await upgrade(door, `/api/ws?${parameter}=${token}`);
				expect(response.status).toBe(401);
			}
		});

		test("with two tokens gets 401", async () => {
			const { token } = await signUp(app);
			const protocols = ["userdo.v1", `bearer.${token}`];
			expect((await upgrade(door, "/api/ws", { bearer: token, protocols })).status).toBe(401);
		});

		test("with a bad bearer token does not fall back to the cookie", async () => {
			const { browser } = await signUp(app);
			const options = { cookie: browser.cookie, origin, bearer: "rubbish" };
			expect((await upgrade(door, "/api/ws", options)).status).toBe(401);
		});

		test("of an ended session gets 401", async () => {
			const { browser, token } = await signUp(app);
			const cookie = browser.cookie;
			await browser.post("/api/logout");
			expect((await upgrade(door, "/api/ws", { bearer: token })).status).toBe(401);
			const response = await upgrade(door, "/api/ws", { cookie, origin });
			expect([response.status, await codeOf(response)]).toEqual([401, "unauthorized"]);
			expect(response.headers.getSetCookie()).toEqual([]);
			expect(response.headers.get("x-content-type-options")).toBe("nosniff");
		});

		test("with the refresh cookie alone opens, and the old token stays good", async () => {
			const { browser, refreshToken } = await signUp(app);
			const cookie = `${cookies.refresh}=${refreshToken}`;
			const opened = await upgrade(door, "/api/ws", { cookie, origin });
			expect(opened.headers.getSetCookie()).toEqual([]);
			await listen(opened).next(({ type }) => type === "hello");
			browser.jar.delete(cookies.access);
			expect((await browser.fetch("/api/me")).status).toBe(200);
		});

		test("can't make up the session that the object is told", async () => {
			const a = await signUp(app);
			const b = await signUp(app);
			const stolen = JSON.stringify({ sid: "x", email: b.email, exp: now() + 900 });
			const socket = listen(
				await upgrade(door, "/api/ws", {
					bearer: a.token,
					headers: { "x-userdo-session": stolen },
				}),
			);
			const { user } = await socket.next(({ type }) => type === "hello");
			expect(user).toEqual({ id: a.id, email: a.email });
			const unsigned = { headers: { "x-userdo-session": stolen } };
			expect((await upgrade(door, "/api/ws", unsigned)).status).toBe(401);
		});

		test("works for an address beyond Latin-1", async () => {
			const { token } = await signUp(app);
			const email = "żółć-例え@example.com";
			const bearer = await forge(token, { claims: { email } });
			const socket = listen(await upgrade(door, "/api/ws", { bearer }));
			expect(await socket.next(({ type }) => type === "hello")).toMatchObject({ user: { email } });
		});

		test("hands what the client wants to hear to the object as it came", async () => {
			const { token } = await signUp(app);
			const asked: URL[] = [];
			const object = {
				fetch: async ({ url }: Request) => {
					asked.push(new URL(url));
					return Response.json({ code: "not_found" }, { status: 404 });
				},
			};
			const { MY_APP_DO: namespace } = env;
			const bindings = {
				...env,
				MY_APP_DO: {
					idFromString: (id: string) => namespace.idFromString(id),
					idFromName: (name: string) => namespace.idFromName(name),
					// Those that have a name count the upgrades.
					get: (id: DurableObjectId) => (id.name === undefined ? object : namespace.get(id)),
				},
			};
			const channels = "table:posts,kv:a b&c/*,event:ü";
			const path = `/api/ws?since=1.2&epoch=e&channels=${encodeURIComponent(channels)}`;
			expect((await upgrade(door, path, { bearer: token, bindings })).status).toBe(404);
			expect(asked.map(({ searchParams }) => Object.fromEntries(searchParams))).toEqual([
				{ since: "1.2", epoch: "e", channels },
			]);
		});

		test("on another path is not found", async () => {
			const { token } = await signUp(app);
			for (const path of ["/", "/ws", "/api/ws/", "/api/ws/x", "/api/me/ws"]) {
				expect((await upgrade(door, path, { bearer: token })).status).toBe(404);
			}
		});

		test("a GET that is no upgrade gets 426; other methods get 405", async () => {
			const { browser } = await signUp(app);
			const headers = { cookie: browser.cookie, origin };
			const plain = await send(door, "/api/ws", { headers });
			expect([plain.status, plain.headers.get("upgrade")]).toEqual([426, "websocket"]);
			expect(await codeOf(plain)).toBe("upgrade_required");
			const post = await send(door, "/api/ws", { method: "POST", headers });
			expect([post.status, post.headers.get("allow")]).toEqual([405, "GET, HEAD"]);
		});

		test("where to go on from and what to hear are checked", async () => {
			const { token } = await signUp(app);
			for (const query of [
				"?since=x",
				"?since=1",
				"?since=1.1&since=2.2",
				"?epoch=1&epoch=2",
				"?channels=kv:a&channels=kv:b",
				`?channels=${"x".repeat(8193)}`,
			]) {
				const { status } = await upgrade(door, `/api/ws${query}`, { bearer: token });
				expect(status, query).toBe(400);
			}
			const known = "?since=0.0&epoch=of-another-time";
			const socket = listen(await upgrade(door, `/api/ws${known}`, { bearer: token }));
			expect(await socket.next(({ type }) => type === "hello")).toMatchObject({ mode: "resync" });
		});
	});
}

test("sockets live through an eviction of the object", async () => {
	const { browser, email } = await signUp(app);
	const socket = listen(await upgrade(app, "/api/ws", { cookie: browser.cookie, origin }));
	await socket.next(({ type }) => type === "hello");
	await evictDurableObject(env.MY_APP_DO.getByName(objectName(email)));
	await browser.post("/data", { key: "after", value: true });
	const { changes } = await socket.next(({ type }) => type === "changes");
	expect(changes).toMatchObject([{ event: "kv:after", data: true }]);
});

test("W5: signing out closes that session's sockets with 4401, others stay", async () => {
	const { browser, email, token } = await signUp(app);
	const other = new Browser(app);
	await other.post("/api/login", { email, password });
	const mine = listen(await upgrade(app, "/api/ws", { bearer: token }));
	const theirs = listen(await upgrade(app, "/api/ws", { cookie: other.cookie, origin }));
	await browser.post("/api/logout");
	expect(await mine.closed).toBe(4401);
	await other.post("/data", { key: "k", value: 1 });
	await theirs.next(({ type }) => type === "changes");
});

test("one user hears nothing of another", async () => {
	const a = await signUp(app);
	const b = await signUp(app);
	const socket = listen(await upgrade(app, "/api/ws", { bearer: a.token }));
	await b.browser.post("/data", { key: "theirs", value: 1 });
	await a.browser.post("/data", { key: "mine", value: 1 });
	await socket.next(({ type }) => type === "changes");
	expect(JSON.stringify(socket.received)).not.toContain("theirs");
});

test("the default export of the example takes upgrades and requests", async () => {
	const worker = exports.default;
	const email = `${crypto.randomUUID()}@example.com`;
	const signedUp = await worker.fetch(`${origin}/api/signup`, json({ email, password }) as object);
	const cookie = signedUp.headers
		.getSetCookie()
		.map((line) => line.split(";")[0])
		.join("; ");
	const headers = { cookie, origin };
	const opened = await worker.fetch(`${origin}/api/ws`, {
		headers: { ...headers, upgrade: "websocket", "sec-websocket-protocol": "userdo.v1" },
	});
	const socket = listen(opened as unknown as Response);
	await socket.next(({ type }) => type === "hello");
	const body = { title: "Hello", content: "World" };
	const posted = await worker.fetch(`${origin}/api/posts`, json(body, headers) as object);
	const { post } = (await posted.json()) as { post: Record<string, unknown> };
	expect(post).toMatchObject({ ...body, id: expect.any(String), createdAt: expect.any(String) });
	const { changes } = await socket.next(({ type }) => type === "changes");
	expect(changes).toMatchObject([
		{ event: "table:posts", data: { type: "create", data: { id: post.id, title: "Hello" } } },
	]);
	const anonymous = await worker.fetch(`${origin}/api/posts`, json(body) as object);
	expect([anonymous.status, await anonymous.json()]).toEqual([401, { error: "Unauthorized" }]);
});

test("a socket of the developer's own in the same app is guarded too, and passes", async () => {
	const custom = createUserDOWorker("MY_APP_DO");
	custom.get("/custom", () => {
		const { 0: client, 1: server } = new WebSocketPair();
		server.accept();
		server.send('{"custom":true}');
		return new Response(null, { status: 101, webSocket: client });
	});
	const { browser } = await signUp(custom);
	const cookie = browser.cookie;
	const socket = listen(await upgrade(custom, "/custom", { cookie, origin }));
	expect(await socket.next(() => true)).toEqual({ custom: true });
	expect((await upgrade(custom, "/custom", { cookie, origin: evil })).status).toBe(403);
});
