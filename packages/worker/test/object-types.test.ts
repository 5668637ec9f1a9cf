import { env } from "cloudflare:workers";
import type { Remote, UserDO } from "@userdo/core";
import type { Context } from "hono";
import { expect, expectTypeOf, test } from "vitest";
import { createUserDOWorker, getUserDOFromContext, type UserDOEnv } from "../src/index.js";
import type { NotebookDO } from "./collections.js";
import { createApp, send, signUp } from "./helpers.js";
import type { MyAppDO } from "./my-app-do.js";
import type { ShopDO } from "./worker.js";

test("an app that names its classes knows the object behind a binding", async () => {
	const app = createUserDOWorker<{ MY_APP_DO: MyAppDO; NOTEBOOK_DO: NotebookDO }>("MY_APP_DO");
	app.get("/posts", async (c) => {
		expectTypeOf(c.env.MY_APP_DO).toEqualTypeOf<DurableObjectNamespace<MyAppDO>>();
		expectTypeOf(c.env.JWT_SECRET).toEqualTypeOf<string>();
		const email = c.get("user")?.email ?? "";
		const userDO = getUserDOFromContext(c, email, "MY_APP_DO");
		expectTypeOf(userDO).toEqualTypeOf<Remote<MyAppDO>>();
		// @ts-expect-error what is known to be far away is no longer taken for the object itself
		expectTypeOf(userDO as MyAppDO).toEqualTypeOf<MyAppDO>();
		const notebook = getUserDOFromContext(c, email, "NOTEBOOK_DO");
		expectTypeOf(notebook).toEqualTypeOf<Remote<NotebookDO>>();
		const { title } = await userDO.createPost("Hello", "World");
		expectTypeOf(title).toEqualTypeOf<string>();
		return c.json({ title });
	});
	const { token } = await signUp(createApp());
	const headers = { authorization: `Bearer ${token}` };
	expect(await (await send(app, "/posts", { headers })).json()).toEqual({ title: "Hello" });
});

test("so does one that gives its bindings, as wrangler writes them down", () => {
	const app = createUserDOWorker<{ Bindings: Cloudflare.Env; Variables: { trace: string } }>(
		"SHOP_DO",
	);
	app.get("/", (c) => {
		expectTypeOf(getUserDOFromContext(c, "", "SHOP_DO")).toEqualTypeOf<Remote<ShopDO>>();
		expectTypeOf(getUserDOFromContext(c, "", "MY_APP_DO")).toEqualTypeOf<Remote<MyAppDO>>();
		// No object is behind it, and none that is named here.
		expectTypeOf(getUserDOFromContext(c, "", "EMAIL")).toEqualTypeOf<Remote<UserDO>>();
		expectTypeOf(getUserDOFromContext(c, "", "LOST_DO")).toEqualTypeOf<Remote<UserDO>>();
		expectTypeOf(c.env).toExtend<typeof env>();
		expectTypeOf(c.get("trace")).toEqualTypeOf<string>();
		expectTypeOf(c.get("tenant")).toEqualTypeOf<string | undefined>();
		return c.body(null);
	});
	expect(app.routes.length).toBeGreaterThan(0);
});

test("an app that says nothing takes the class, as a parameter or by a cast", () => {
	const app = createUserDOWorker("MY_APP_DO");
	app.get("/", (c) => {
		const cast = getUserDOFromContext(c, "", "MY_APP_DO") as MyAppDO;
		expectTypeOf(cast).toEqualTypeOf<MyAppDO>();
		const given = getUserDOFromContext<MyAppDO>(c, "", "MY_APP_DO");
		expectTypeOf(given).toEqualTypeOf<Remote<MyAppDO>>();
		expectTypeOf(getUserDOFromContext(c, "")).toEqualTypeOf<Remote<UserDO>>();
		return c.body(null);
	});
	// As helpers of the developer's own have it.
	const helper = (c: Context) => getUserDOFromContext(c, "", "MY_APP_DO") as MyAppDO;
	const typed = (c: Context<UserDOEnv>) => getUserDOFromContext<MyAppDO>(c, "");
	expectTypeOf<ReturnType<typeof helper>>().toEqualTypeOf<MyAppDO>();
	expectTypeOf<ReturnType<typeof typed>>().toEqualTypeOf<Remote<MyAppDO>>();
	expect(app.routes.length).toBeGreaterThan(0);
});

test("the binding is one of the names, and each is a class of user objects", () => {
	interface Objects {
		MY_APP_DO: MyAppDO;
	}
	expect(createUserDOWorker<Objects>("MY_APP_DO")).toBeDefined();
	// @ts-expect-error the name is misspelled
	expect(createUserDOWorker<Objects>("MY_APP")).toBeDefined();
	// @ts-expect-error "USERDO", which it would be, is not among the names
	expect(createUserDOWorker<Objects>()).toBeDefined();
	// @ts-expect-error a text is no class of objects
	expect(createUserDOWorker<{ MY_APP_DO: string }>("MY_APP_DO")).toBeDefined();
	expect(env.MY_APP_DO).toBeDefined();
});
