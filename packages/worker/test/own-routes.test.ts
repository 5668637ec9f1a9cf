import { env } from "cloudflare:workers";
import { isUserDOError, UserDOError } from "@userdo/contracts/errors";
import { type Context, Hono, type MiddlewareHandler } from "hono";
import { describe, expect, test, vi } from "vitest";
import * as z from "zod";
import {
	authRoutes,
	batchRoutes,
	collectionRoutes,
	createUserDOWorker,
	dataRoutes,
	meRoutes,
	notFound,
	onError,
	originGuard,
	session,
	type UserDOEnv,
} from "../src/index.js";
import { collections } from "./collections.js";
import { Browser, codeOf, json, origin, signUp } from "./helpers.js";

const create = () => createUserDOWorker("NOTEBOOK_DO", { collections });
const mine = (c: Context) => c.json({ mine: c.req.method });

describe("a route of the developer's own wins over a collection's", () => {
	const routes: [name: string, add: (app: Hono<UserDOEnv>) => void][] = [
		["of the same path", (app) => void app.on(["GET", "POST"], "/api/posts", mine)],
		["for all methods", (app) => void app.all("/api/posts", mine)],
		["with a parameter", (app) => void app.all("/api/:anything", mine)],
		["with a wildcard", (app) => void app.all("/api/*", mine)],
		["of a mounted app", (app) => void app.route("/api", new Hono().all("/posts", mine))],
	];
	test.each(routes)("%s", async (_name, add) => {
		const app = create();
		add(app);
		const { browser } = await signUp(app);
		expect(await browser.json("/api/posts")).toEqual({ mine: "GET" });
		expect(await (await browser.post("/api/posts", { title: "a" })).json()).toEqual({
			mine: "POST",
		});
		expect((await browser.fetch("/api/posts", { method: "HEAD" })).status).toBe(200);
		// Nothing was written behind it.
		const others = new Browser(create(), browser.jar);
		expect(await others.json("/api/posts")).toMatchObject({ items: [] });
	});

	const refusals: [name: string, status: number, add: (app: Hono<UserDOEnv>) => void][] = [
		["answers 404", 404, (app) => void app.all("/api/posts/*", (c) => c.json({ mine: 1 }, 404))],
		["has nothing", 404, (app) => void app.all("/api/posts/*", (c) => c.notFound())],
		["has no body", 403, (app) => void app.all("/api/posts/*", (c) => c.body(null, 403))],
		["is middleware", 403, (app) => void app.use("/api/posts/*", async (c) => c.body(null, 403))],
		[
			"throws",
			403,
			(app) =>
				void app.all("/api/posts/*", () => {
					throw new UserDOError("forbidden");
				}),
		],
	];
	for (const [place, hosted] of [
		["in the worker", false],
		["in an app around it", true],
	] as const) {
		test.each(refusals)(`also when it %s, ${place}`, async (_name, status, add) => {
			const { browser } = await signUp(create());
			const made = await (await browser.post("/api/posts", { title: "a" })).json();
			const { id } = made as { id: string };
			const app = hosted ? new Hono<UserDOEnv>().onError(onError).route("/", create()) : create();
			add(app);
			const own = new Browser(app, browser.jar);
			for (const path of ["/api/posts", `/api/posts/${id}`]) {
				const hidden = await own.fetch(path);
				expect(hidden.status).toBe(status);
				expect(await hidden.text()).not.toContain(id);
			}
			expect((await own.post("/api/posts", { title: "b" })).status).toBe(status);
			expect((await own.fetch(`/api/posts/${id}`, { method: "DELETE" })).status).toBe(status);
			expect(await browser.json("/api/posts")).toMatchObject({ items: [made] });
		});
	}

	test("for one method, the others stay", async () => {
		const app = create();
		app.post("/api/reports", mine);
		app.delete("/api/posts/:id", mine);
		const { browser } = await signUp(app);
		expect(await (await browser.post("/api/reports", { text: "a" })).json()).toEqual({
			mine: "POST",
		});
		expect(await browser.json("/api/reports")).toMatchObject({ items: [] });
		const made = await (await browser.post("/api/posts", { title: "a" })).json();
		const { id } = made as { id: string };
		const deleted = await browser.fetch(`/api/posts/${id}`, { method: "DELETE" });
		expect(await deleted.json()).toEqual({ mine: "DELETE" });
		expect(await browser.json(`/api/posts/${id}`)).toEqual(made);
	});

	test("middleware that comes later sees the collection's answer, and its refusals", async () => {
		const app = create();
		const seen: number[] = [];
		app.use("/api/posts/*", async (c, next) => {
			await next();
			seen.push(c.res.status);
			c.header("x-seen", "yes");
		});
		const { browser } = await signUp(app);
		const answers = [
			await browser.fetch("/api/posts"),
			await browser.fetch("/api/posts?limit=x"),
			await browser.post("/api/posts", { title: "a" }),
			await browser.fetch("/api/posts/none"),
		];
		expect(seen).toEqual([200, 400, 200, 404]);
		expect(answers.map(({ status }) => status)).toEqual(seen);
		for (const { headers } of answers) expect(headers.get("x-seen")).toBe("yes");
	});

	test("what middleware before it sets stands on every answer", async () => {
		const apps: [string, Hono<UserDOEnv>][] = [
			["around the worker", new Hono<UserDOEnv>()],
			["among the parts", new Hono<UserDOEnv>().onError(onError).notFound(notFound)],
		];
		for (const [where, app] of apps) {
			const set: MiddlewareHandler = (c, next) => {
				c.header("x-seen", "yes");
				return next();
			};
			if (where === "around the worker") app.use(set).route("/", create());
			else {
				app.use(originGuard(), session({ binding: "NOTEBOOK_DO" }), set);
				for (const part of [authRoutes(), meRoutes(), dataRoutes()]) app.route("/", part);
				app.route("/", collectionRoutes({ collections }));
			}
			const { browser } = await signUp(app);
			const answers = [
				await browser.fetch("/api/me"),
				await browser.fetch("/data"),
				await browser.post("/data", { key: "a", value: 1 }),
				await browser.fetch("/data?limit=x"),
				await browser.post("/api/posts", { title: "a" }),
				await browser.fetch("/api/posts"),
			];
			for (const { headers } of answers) {
				expect([where, headers.get("x-seen")]).toEqual([where, "yes"]);
				expect(headers.get("cache-control")).toBe("no-store");
				expect(headers.get("content-type")).toBe("application/json");
			}
		}
	});

	test("more paths than a router remembers are each served", async () => {
		const app = create();
		app.get("/own/:name", (c) => c.text(c.req.param("name")));
		const { browser } = await signUp(app);
		for (let n = 0; n < 600; n += 1) {
			const name = String(n % 300);
			expect(await (await app.request(`/own/${name}`, {}, env)).text()).toBe(name);
		}
		expect((await browser.fetch("/api/me")).status).toBe(200);
		expect((await browser.fetch("/own")).status).toBe(404);
	});

	test("a body that its own middleware read is still read", async () => {
		const app = create();
		app.use("/api/posts", async (c, next) => {
			if (c.req.method === "POST") await c.req.raw.clone().text();
			await next();
		});
		const { browser } = await signUp(app);
		expect(await (await browser.post("/api/posts", { title: "a" })).json()).toMatchObject({
			title: "a",
		});
	});
});

describe("every pattern of Hono's is a path of the app's own", () => {
	const app = create();
	const show = (c: Context) => c.json(c.req.param());
	app.get("/files/:path{.+\\.png}", show);
	app.get("/years/:year{[0-9]{4}}/:slug?", show);
	app.get("/shops/*/stock", show);
	app.get("/:lang/pages/:page", show);
	app.get("/en/:kind/about", show);
	app.route("/v2/:version", new Hono().get("/things/:id", show));
	app.basePath("/base").get("/:name", show);

	test.each([
		["/files/a/b.png", { path: "a/b.png" }],
		["/files/a/b.gif", undefined],
		["/years/2026", { year: "2026" }],
		["/years/2026/autumn", { year: "2026", slug: "autumn" }],
		["/years/26", undefined],
		["/shops/berlin/stock", {}],
		["/en/pages/about", { lang: "en", page: "about" }],
		["/en/people/about", { kind: "people" }],
		["/v2/7/things/8", { version: "7", id: "8" }],
		["/base/a%20b", { name: "a b" }],
	])("%s", async (path, params) => {
		const response = await new Browser(app).fetch(path);
		expect(response.status).toBe(params === undefined ? 404 : 200);
		if (params !== undefined) expect(await response.json()).toEqual(params);
	});

	test("also where it comes after a request", async () => {
		const app = create();
		const browser = new Browser(app);
		const ask = async () => [
			(await browser.fetch("/late")).status,
			(await browser.post("/late", {})).status,
			(await browser.fetch("/late/1")).status,
		];
		expect(await ask()).toEqual([404, 404, 404]);
		app.get("/late", show);
		expect(await ask()).toEqual([200, 404, 404]);
		app.on("POST", ["/late", "/late/:id"], show).get("/:any/:id", show);
		expect(await ask()).toEqual([200, 200, 200]);
		expect(await ask()).toEqual([200, 200, 200]);
	});
});

describe("an app that is put together by hand", () => {
	const parts = (app: Hono<UserDOEnv>) => {
		app.use(originGuard(), session({ binding: "NOTEBOOK_DO" }));
		app.route("/", authRoutes());
		app.route("/", batchRoutes({ collections }));
		return app.route("/", collectionRoutes({ collections }));
	};
	const apps: Record<string, () => Hono<UserDOEnv>> = {
		"with our notFound": () => parts(new Hono<UserDOEnv>().onError(onError).notFound(notFound)),
		"with Hono's own notFound": () => parts(new Hono<UserDOEnv>().onError(onError)),
		"with a notFound of its own": () =>
			parts(new Hono<UserDOEnv>().notFound((c) => c.html("<h1>Nothing here</h1>", 404))),
		"with a whole worker in it": () => new Hono<UserDOEnv>().route("/", create()),
	};
	for (const [name, createApp] of Object.entries(apps)) {
		test(`${name} serves the collections`, async () => {
			const app = createApp();
			const { browser } = await signUp(app);
			const made = await browser.post("/api/posts", { title: "a" });
			expect([made.status, await made.json()]).toMatchObject([200, { title: "a" }]);
			const response = await browser.fetch("/api/posts");
			expect(await response.json()).toMatchObject({ items: [{ title: "a" }] });
			expect(response.headers.get("content-type")).toBe("application/json");
			expect(response.headers.get("cache-control")).toBe("no-store");
			const bad = await browser.fetch("/api/posts?limit=x");
			expect([bad.status, await codeOf(bad)]).toEqual([400, "invalid_input"]);
			expect((await browser.fetch("/api/secrets")).status).toBe(404);
			expect((await browser.fetch("/nowhere")).status).toBe(404);
		});
	}

	test("keeps the headers that a notFound of its own sets before ours", async () => {
		const app = new Hono<UserDOEnv>().onError(onError).notFound((c) => {
			c.header("x-own", "yes");
			return notFound(c);
		});
		const { browser } = await signUp(parts(app));
		const { status, headers } = await browser.fetch("/api/posts");
		expect([status, headers.get("x-own"), headers.get("cache-control")]).toEqual([
			200,
			"yes",
			"no-store",
		]);
	});

	test("serves them below another path", async () => {
		const app = new Hono<UserDOEnv>().onError(onError).notFound(notFound);
		app.use(originGuard(), session({ binding: "NOTEBOOK_DO" }));
		app.route("/", authRoutes());
		app.route("/v1", collectionRoutes({ collections }));
		app.get("/v1/api/places", mine);
		const { browser } = await signUp(app);
		const { id } = (await (await browser.post("/v1/api/posts", { title: "a" })).json()) as {
			id: string;
		};
		expect(await browser.json(`/v1/api/posts/${id}`)).toMatchObject({ id });
		expect(await browser.json("/v1/api/places")).toEqual({ mine: "GET" });
		expect((await browser.fetch("/api/posts")).status).toBe(404);
	});

	test("without a session() before it says so in the log", async () => {
		const log = vi.spyOn(console, "error").mockImplementation(() => {});
		const app = new Hono<UserDOEnv>().onError(onError).notFound(notFound);
		app.route("/", collectionRoutes({ collections }));
		const response = await new Browser(app).fetch("/api/posts");
		expect([response.status, await codeOf(response)]).toEqual([500, "misconfigured"]);
		expect(log.mock.calls).toEqual([[expect.stringContaining("session")]]);
	});
});

describe("names that can't be", () => {
	const schema = z.object({ text: z.string() });
	for (const name of ["login", "me", "batch", "WS", "docs", "a-b", "1", "", "__proto__/x"]) {
		test(`${JSON.stringify(name)} is refused when the app is made`, () => {
			const unchecked = { [name]: { schema, expose: "read" as const } };
			for (const make of [
				() => createUserDOWorker("NOTEBOOK_DO", { collections: unchecked }),
				() => collectionRoutes({ collections: unchecked }),
				() => batchRoutes({ collections: unchecked }),
			]) {
				let error: unknown;
				try {
					make();
				} catch (thrown) {
					error = thrown;
				}
				expect(isUserDOError(error, "misconfigured")).toBe(true);
			}
		});
	}
});

test("what is exposed in another word than read or write is not", async () => {
	const posts = { ...collections.posts, expose: "admin" as "read" };
	const app = createUserDOWorker("NOTEBOOK_DO", { collections: { posts } });
	const { browser } = await signUp(app);
	expect((await browser.fetch("/api/posts")).status).toBe(404);
});

test("an app without collections serves none, and its batches write keys", async () => {
	const app = createUserDOWorker("NOTEBOOK_DO");
	const { browser } = await signUp(app);
	expect((await browser.fetch("/api/posts")).status).toBe(404);
	const mutation = crypto.randomUUID();
	const body = { operations: [{ op: "set-key", mutation, key: "k", value: 1 }] };
	const response = await browser.fetch("/api/batch", json(body, { origin }));
	expect(await response.json()).toMatchObject({ results: [{ version: expect.any(Number) }] });
});
