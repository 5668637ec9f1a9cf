import { env } from "cloudflare:workers";
import { isUserDOError } from "@userdo/contracts/errors";
import type { InvokeStep, Remote } from "@userdo/core";
import fc from "fast-check";
import { Hono } from "hono";
import { describe, expect, expectTypeOf, test, vi } from "vitest";
import {
	authRoutes,
	createUserDOWorker,
	dataRoutes,
	getUserDO,
	getUserDOFromContext,
	limits,
	meRoutes,
	notFound,
	onError,
	originGuard,
	session,
	type UserDOEnv,
} from "../src/index.js";
import { createStandIn } from "../src/stub.js";
import {
	codeOf,
	createApp,
	json,
	newEmail,
	password,
	send,
	signUp,
	spyOnNamespaces,
} from "./helpers.js";
import type { MyAppDO } from "./my-app-do.js";

/** Runs code with the context of a signed-in request, and says what came of it. */
async function inContext<T>(run: (c: Parameters<typeof getUserDOFromContext>[0]) => Promise<T>) {
	const app = createApp();
	const { calls, bindings } = spyOnNamespaces();
	let value: T | undefined;
	app.get("/run", async (c) => {
		value = await run(c);
		return c.body(null, 204);
	});
	const signedIn = await signUp(app);
	const response = await signedIn.browser.fetch("/run", { bindings });
	expect(response.status).toBe(204);
	return { ...signedIn, calls, value: value as T };
}

const codeOfCall = (call: Promise<unknown>) =>
	call.then(
		() => "resolved",
		(error) => (isUserDOError(error) ? error.code : String(error)),
	);

describe("the stand-in", () => {
	test("a method of the object is one call, a chain on a table too", async () => {
		const { calls, value } = await inContext(async (c) => {
			const userDO = getUserDOFromContext<MyAppDO>(c, c.get("user").email);
			await userDO.createPost("b", "1");
			await userDO.posts.create({ title: "a", content: "2", createdAt: "2026-01-01" });
			const found = await userDO.posts.where("title", "==", "a").orderBy("title").limit(5).get();
			return { found, count: await userDO.posts.count() };
		});
		expect(value.count).toBe(2);
		expect(value.found).toMatchObject([{ title: "a", content: "2" }]);
		expect(calls.filter((name) => name === "get")).toHaveLength(4);
	});

	test("every method of a table answers from afar", async () => {
		const { calls, value: result } = await inContext(async (c) => {
			const { posts } = getUserDOFromContext<MyAppDO>(c, c.get("user").email);
			const day = (n: number) => ({
				title: `t${n}`,
				content: `${n % 2}`,
				createdAt: `2026-01-0${n}`,
			});
			const created = await posts.createMany([1, 2, 3, 4, 5].map(day));
			const odd = posts.where("content", "==", "1");
			const page = await posts.orderBy("createdAt", "desc").page({ limit: 2 });
			const { endCursor } = page.pageInfo;
			return {
				created: created.length,
				or: await posts.or([["title", "==", "t1"], { not: ["content", "==", "1"] }]).count(),
				not: await odd.not(["title", "==", "t1"]).select(["title"]).get(),
				offset: await odd.orderBy("title").offset(1).limit(1).first(),
				page: [page, await posts.orderBy("createdAt", "desc").page({ after: endCursor })].map(
					({ items, pageInfo }) => [items.map(({ title }) => title).join(), pageInfo.hasNextPage],
				),
				groups: await posts.groupBy("content"),
				extremes: [await posts.min("title"), await odd.max("createdAt")],
				exists: await posts.where("title", "==", "nope").exists(),
				upserted: await codeOfCall(posts.upsert(day(1), { on: "title" })),
				updated: await odd.updateWhere({ content: "odd" }),
				deleted: await posts.where("content", "!=", "odd").deleteWhere(),
				left: await posts.count(),
				late: await codeOfCall(
					posts.update(created[0]?.id ?? "", { title: "x" }, { ifUpdatedAt: new Date(0) }),
				),
				refused: await codeOfCall(posts.limit(5000).get()),
			};
		});
		expect(result).toMatchObject({
			created: 5,
			or: 3,
			not: [{ title: "t3" }, { title: "t5" }],
			offset: { title: "t3" },
			page: [
				["t5,t4", true],
				["t3,t2,t1", false],
			],
			groups: [
				{ key: { content: "1" }, count: 3 },
				{ key: { content: "0" }, count: 2 },
			],
			extremes: ["t1", "2026-01-05"],
			exists: false,
			upserted: "invalid_input",
			updated: 3,
			deleted: 2,
			left: 3,
			late: "conflict",
			refused: "invalid_input",
		});
		// One hop each, the refused ones too.
		expect(calls.filter((name) => name === "get")).toHaveLength(16);
	});

	test("a table is typed from afar as it is in the object", () => {
		function check(userDO: Remote<MyAppDO>) {
			expectTypeOf(userDO.posts.get()).resolves.items.toHaveProperty("title");
			expectTypeOf(userDO.posts.select(["title"]).get()).resolves.toEqualTypeOf<
				{ title: string }[]
			>();
			// @ts-expect-error no such field
			userDO.posts.where("nope", "==", 1);
			// @ts-expect-error a text
			userDO.posts.where("title", "==", 1);
			// @ts-expect-error no such field
			userDO.posts.create({ title: "", content: "", createdAt: "", nope: 1 });
			// @ts-expect-error a mere property is never sent
			userDO.posts.name;
		}
		expect(check).toBeTypeOf("function");
	});

	test("a call that nobody waits for is sent all the same", async () => {
		const { browser } = await inContext(async (c) => {
			const userDO = getUserDOFromContext(c, c.get("user").email);
			void userDO.set("unwatched", 1);
			return userDO.get("unwatched");
		});
		expect(await browser.json("/data?key=unwatched")).toMatchObject({ data: { unwatched: 1 } });
	});

	test("waiting for the stand-in itself, printing or comparing it sends nothing", async () => {
		const sent: InvokeStep[][] = [];
		const standIn = createStandIn<MyAppDO>(async (steps) => void sent.push(steps));
		const query = standIn.posts.where("title", "==", "a");
		expect(await Promise.resolve(standIn)).toBe(standIn);
		expect(await Promise.resolve(query)).toBe(query);
		expect(JSON.stringify({ standIn })).toBe("{}");
		expect(() => String(standIn)).toThrow(TypeError);
		expect(Object.prototype.toString.call(standIn)).toBe("[object Function]");
		expect(() => (standIn as unknown as () => void)()).toThrow(TypeError);
		expect(() => (query as unknown as () => void)()).toThrow(TypeError);
		expect(() => Object.assign(standIn, { posts: 1 })).toThrow(TypeError);
		expect(sent).toEqual([]);
	});

	test("any chain arrives as it was written, in one call", async () => {
		const builder = fc.constantFrom("where", "orderBy", "limit");
		const end = fc.constantFrom("get", "count", "create", "findById", "delete", "anything");
		const args = fc.array(fc.jsonValue(), { maxLength: 3 });
		const chain = fc.tuple(
			fc.array(fc.tuple(builder, args), { maxLength: 4 }),
			fc.tuple(end, args),
		);
		await fc.assert(
			fc.asyncProperty(chain, async ([builders, last]) => {
				const sent: InvokeStep[][] = [];
				const standIn = createStandIn(async (steps) => void sent.push(steps));
				type Chain = Record<string, (...args: unknown[]) => Chain>;
				let at = Reflect.get(standIn, "posts") as Chain;
				for (const [name, values] of [...builders, last]) at = at[name]?.(...values) as Chain;
				await at;
				const steps = [...builders, last].map(([name, values]) => ({ name, args: values }));
				expect(sent).toEqual([[{ name: "posts" }, ...steps]]);
			}),
		);
	});

	test("a method of the object that is named like a query's is still one call", async () => {
		const sent: InvokeStep[][] = [];
		const standIn = createStandIn(async (steps) => void sent.push(steps));
		await (standIn as unknown as { where(x: number): Promise<void> }).where(1);
		expect(sent).toEqual([[{ name: "where", args: [1] }]]);
	});

	test("keeps the types of the object", () => {
		type C = Parameters<typeof getUserDOFromContext>[0];
		const typed = (c: C) => getUserDOFromContext<MyAppDO>(c, "a@example.com", "MY_APP_DO");
		// As the documented example does it.
		const cast = (c: C) => getUserDOFromContext(c, "a@example.com", "MY_APP_DO") as MyAppDO;
		expectTypeOf<ReturnType<typeof cast>>().toEqualTypeOf<MyAppDO>();
		type Typed = ReturnType<typeof typed>;
		expectTypeOf<Typed["createPost"]>().parameters.toEqualTypeOf<[string, string]>();
		expectTypeOf<Awaited<ReturnType<Typed["getPosts"]>>>().items.toHaveProperty("title");
		expectTypeOf<Typed>().not.toHaveProperty("fetch");
		expectTypeOf<Typed>().not.toHaveProperty("invoke");
		const server = () => getUserDO(env.MY_APP_DO, "a@example.com");
		expectTypeOf<ReturnType<typeof server>["createPost"]>().toEqualTypeOf<Typed["createPost"]>();
	});
});

describe("getUserDOFromContext", () => {
	test("refuses an email that is not the session's own, before any object is asked", async () => {
		const victim = await signUp(createApp());
		const { value, calls } = await inContext(async (c) => [
			await codeOfCall(getUserDOFromContext(c, victim.email).getUser()),
			await codeOfCall(getUserDOFromContext(c, "").list()),
		]);
		expect(value).toEqual(["forbidden", "forbidden"]);
		expect(calls).toEqual([]);
	});

	test("takes the session's own email in any spelling", async () => {
		const { value, email } = await inContext(async (c) =>
			getUserDOFromContext(c, ` ${c.get("user").email.toUpperCase()} `).getUser(),
		);
		expect(value.user.email).toBe(email);
	});

	test("refuses another binding than the token's", async () => {
		const { value, calls } = await inContext(async (c) =>
			codeOfCall(getUserDOFromContext(c, c.get("user").email, "SHOP_DO").getUser()),
		);
		expect(value).toBe("unauthorized");
		expect(calls).toEqual([]);
	});

	test("does not believe a user that a handler has made up", async () => {
		const victim = await signUp(createApp());
		const { value, calls } = await inContext(async (c) => {
			c.set("user", { id: victim.id, email: victim.email });
			return codeOfCall(getUserDOFromContext(c, victim.email).getUser());
		});
		expect(value).toBe("forbidden");
		expect(calls).toEqual([]);
	});

	test("without session() in the app every call rejects", async () => {
		const bare = new Hono().get("/", async (c) =>
			c.text(await codeOfCall(getUserDOFromContext(c, "a@example.com").getUser())),
		);
		expect(await (await bare.request("/", {}, env)).text()).toBe("unauthorized");
	});

	test("a session never reaches what is the server's", async () => {
		const { value } = await inContext(async (c) => {
			const userDO = getUserDOFromContext(c, c.get("user").email);
			return [
				await codeOfCall(userDO.resetPassword({ newPassword: "long enough now" })),
				await codeOfCall(userDO.createPasswordReset()),
				await codeOfCall(userDO.login({ email: "a@example.com", password })),
				await codeOfCall((userDO as unknown as { fetch(): Promise<unknown> }).fetch()),
				await codeOfCall((userDO as unknown as { invoke(c: object): Promise<unknown> }).invoke({})),
			];
		});
		expect(value).toEqual(["forbidden", "forbidden", "forbidden", "not_found", "not_found"]);
	});
});

test("getUserDO calls with the authority of the server", async () => {
	const email = newEmail();
	const userDO = getUserDO(env.MY_APP_DO, ` ${email.toUpperCase()}`, { audience: "MY_APP_DO" });
	const { token, user } = await userDO.signup({ email, password });
	const headers = { authorization: `Bearer ${token}` };
	const me = await send(createApp(), "/api/me", { headers });
	expect(await me.json()).toEqual({ user });
	await userDO.createPost("from", "cron");
	expect(await userDO.posts.count()).toBe(1);
	await userDO.resetPassword({ newPassword: "long enough now" });
	expect((await send(createApp(), "/api/me", { headers })).status).toBe(401);
});

describe("a worker of parts", () => {
	test("mounts under another path, with two bindings apart from each other", async () => {
		const part = (binding: string) => {
			const app = new Hono<UserDOEnv>().use(session({ binding }));
			return app.route("/", authRoutes()).route("/", meRoutes()).route("/", dataRoutes());
		};
		const app = new Hono().onError(onError).notFound(notFound);
		app.use(originGuard());
		app.route("/blog", part("BLOG_DO"));
		app.route("/shop", part("SHOP_DO"));
		const body = { email: newEmail(), password };
		const signedUp = await send(app, "/blog/api/signup", json(body, { "x-userdo-tokens": "body" }));
		const { token } = (await signedUp.json()) as { token: string };
		const headers = { authorization: `Bearer ${token}` };
		expect((await send(app, "/blog/api/me", { headers })).status).toBe(200);
		expect((await send(app, "/shop/api/me", { headers })).status).toBe(401);
		const wrongMethod = await send(app, "/shop/api/signup");
		expect([wrongMethod.status, wrongMethod.headers.get("allow")]).toEqual([405, "POST"]);
		expect((await send(app, "/api/me")).status).toBe(404);
		const foreign = await send(app, "/blog/data", json({}, { origin: "https://evil.example" }));
		expect(foreign.status).toBe(403);
	});

	test("limits() refuses a body that is too large for a route of the developer's own", async () => {
		const app = createApp().use("/upload", limits({ maxBytes: 4 }));
		app.post("/upload", async (c) => c.json({ size: (await c.req.text()).length }));
		const post = (body: string) => send(app, "/upload", { method: "POST", body });
		expect(await (await post("1234")).json()).toEqual({ size: 4 });
		expect(await codeOf(await post("12345"))).toBe("payload_too_large");
	});

	test("without session() the routes say what is missing, and only in the log", async () => {
		const log = vi.spyOn(console, "error").mockImplementation(() => {});
		const response = await send(meRoutes(), "/api/me");
		expect([response.status, await codeOf(response)]).toEqual([500, "misconfigured"]);
		expect(log.mock.calls.flat().join()).toContain("session()");
	});

	test("strict: c.get('user') knows at once that a session has ended", async () => {
		for (const strict of [true, false]) {
			const app = createApp({ strict });
			app.get("/who", (c) => c.json({ who: c.get("user")?.email ?? null }));
			const { browser, email, token } = await signUp(app);
			const headers = { authorization: `Bearer ${token}` };
			expect(await (await send(app, "/who", { headers })).json()).toEqual({ who: email });
			await browser.post("/api/logout");
			const after = await (await send(app, "/who", { headers })).json();
			expect(after).toEqual({ who: strict ? null : email });
		}
	});

	test("knows the developer's bindings and variables", () => {
		const app = createUserDOWorker<{
			Bindings: { BUCKET: string };
			Variables: { trace: string };
		}>();
		app.get("/", (c) => {
			expectTypeOf(c.env.BUCKET).toEqualTypeOf<string>();
			expectTypeOf(c.env.JWT_SECRET).toEqualTypeOf<string>();
			expectTypeOf(c.get("trace")).toEqualTypeOf<string>();
			expectTypeOf(c.get("user")).toEqualTypeOf<{ id: string; email: string } | undefined>();
			return c.body(null);
		});
		expect(app.routes.length).toBeGreaterThan(0);
	});
});
