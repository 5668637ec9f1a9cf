import type { Page, WebSocketRoute } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { listen, logged, newEmail, Pages, signIn, status, write } from "./support/browser.js";
import { TestWorker } from "./support/worker.js";

let worker: TestWorker;
let pages: Pages;

beforeAll(async () => {
	worker = await TestWorker.start();
	pages = await Pages.launch(worker.origin);
});

afterEach(() => pages.reset());

afterAll(async () => {
	await pages?.close();
	await worker?.stop();
});

/** Numbers from one to another. */
const range = (from: number, to: number) =>
	Array.from({ length: to - from + 1 }, (_, n) => from + n);

test("a page signs up, signs in, sets, gets and hears of it", async () => {
	const page = await pages.open();
	const result = await page.evaluate(async (email) => {
		const client = new UserDO.UserDOClient("/api");
		await client.signup(email, "password");
		const { user } = await client.login(email, "password");
		const heard = new Promise((resolve) => client.onChange("preferences", resolve));
		while (client.status !== "open") await new Promise((resolve) => setTimeout(resolve, 10));
		await client.set("preferences", { theme: "dark" });
		const prefs = await client.get("preferences");
		const posts = client.collection("posts");
		const changed = new Promise((resolve) => posts.onChange(resolve));
		const post = await posts.create({ title: "Hello", content: "World" });
		return { user, prefs, heard: await heard, post, changed: await changed };
	}, newEmail());
	expect(result.prefs).toEqual({ theme: "dark" });
	expect(result.heard).toEqual({ theme: "dark" });
	expect(result.post).toMatchObject({ title: "Hello", content: "World" });
	expect(result.changed).toEqual({ type: "create", data: result.post });
});

test("an error carries the server's code and fields", async () => {
	const page = await pages.open();
	const email = await signIn(page);
	const errors = await page.evaluate(async (email) => {
		const tries = [
			client.signup(email, "password"),
			client.signup("nobody", "password"),
			client.login(email, "wrong password"),
			client.collection("posts").get("unknown"),
		];
		const results = await Promise.allSettled(tries);
		return results.map((result) => {
			if (result.status === "fulfilled") return "no error";
			const { reason } = result;
			return [UserDO.isUserDOError(reason), reason.code, reason.status, reason.issues?.[0]?.path];
		});
	}, email);
	expect(errors).toEqual([
		[true, "email_taken", 409, "email"],
		[true, "invalid_input", 400, "email"],
		[true, "invalid_credentials", 401, undefined],
		[true, "not_found", 404, undefined],
	]);
	expect(await page.evaluate(() => client.user?.email)).toBe(email);
});

test("two pages of one user stay in step, and another user's hears nothing", async () => {
	const [one, stranger] = [await pages.open(), await pages.open()];
	const email = await signIn(one);
	const two = await pages.open();
	await signIn(two, email);
	await signIn(stranger);
	for (const page of [one, two, stranger]) await listen(page);
	await write(one, "first");
	await two.evaluate(async () => {
		const posts = client.collection("posts");
		const { id } = await posts.create<{ id: string }>({ title: "Hello" });
		await posts.update(id, { title: "Bye" });
		await posts.delete(id);
	});
	const changes = ["first", ["create", "Hello"], ["update", "Bye"], ["delete", "Bye"]];
	expect(await logged(one, 4)).toEqual(changes);
	expect(await logged(two, 4)).toEqual(changes);
	await write(stranger, "of the stranger");
	expect(await logged(stranger, 1)).toEqual(["of the stranger"]);
	expect(await one.evaluate(() => log.length)).toBe(4);
});

test("a broadcast reaches its listeners", async () => {
	const page = await pages.open();
	await signIn(page);
	await listen(page);
	await page.evaluate(async () => {
		client.on("shout", (data) => log.push(data));
		await client.collection("shouts").create({ words: "hello" });
	});
	expect(await logged(page, 1)).toEqual([{ words: "hello" }]);
});

test("what is too large for a frame arrives all the same", async () => {
	const page = await pages.open();
	await signIn(page);
	await listen(page);
	await page.evaluate(async () => {
		await client.set("k", "x".repeat(200_000));
		const posts = client.collection("posts");
		posts.onChange<{ content: string }>(({ data }) => log.push(data.content.length));
		const large = { title: "large", content: "x".repeat(200_000) };
		await posts.create(large);
	});
	expect(await logged(page, 3)).toEqual(["x".repeat(200_000), ["create", "large"], 200_000]);
});

test("a page that was reloaded finds its session again", async () => {
	const page = await pages.open();
	const email = await signIn(page);
	await page.reload();
	const user = await page.evaluate(() => {
		globalThis.client = new UserDO.UserDOClient("/api");
		return client.me();
	});
	expect(user?.email).toBe(email);
	await listen(page);
});

test("a visitor gets undefined for a user, and no socket", async () => {
	const page = await pages.open();
	const user = await page.evaluate(() => {
		globalThis.client = new UserDO.UserDOClient("/api");
		client.onChange("k", () => {});
		return client.me();
	});
	expect(user).toBeUndefined();
	await status(page, "idle");
});

test("an expired access token is renewed without anybody noticing", async () => {
	const page = await pages.open();
	await signIn(page);
	await page.evaluate(() => client.onAuthStateChanged((user) => log.push(user?.email)));
	await page.context().clearCookies({ name: "userdo_at" });
	await listen(page);
	await page.context().clearCookies({ name: "userdo_at" });
	await write(page, 1);
	expect(await logged(page, 1)).toEqual([1]);
});

test("a session that the server ends is a sign-out, and a login takes up where it was", async () => {
	const [page, other] = [await pages.open(), await pages.open()];
	const email = await signIn(page);
	await listen(page);
	await page.evaluate(() => client.onAuthStateChanged((user) => log.push(user?.email ?? "nobody")));
	await page.evaluate((email) => client.collection("kicks").create({ email }), email);
	await status(page, "idle");
	expect(await logged(page, 1)).toEqual(["nobody"]);
	await signIn(other, email);
	await write(other, 1, 2);
	await page.evaluate((email) => client.login(email, "correct horse"), email);
	expect(await logged(page, 4)).toEqual(["nobody", email, 1, 2]);
});

test("logout closes the socket", async () => {
	const page = await pages.open();
	const [socket] = await Promise.all([
		page.waitForEvent("websocket"),
		signIn(page).then(() => listen(page)),
	]);
	const closed = socket.waitForEvent("close");
	await page.evaluate(() => client.logout());
	await closed;
	expect(await page.evaluate(() => [client.status, client.user])).toEqual(["idle", undefined]);
});

test("another user on the same client gets nothing of the one before", async () => {
	const page = await pages.open();
	const other = await pages.open();
	const ada = await signIn(page);
	await listen(page);
	await write(page, "of Ada");
	await logged(page, 1);
	await signIn(other, ada);
	const bob = newEmail();
	await page.evaluate(async (bob) => {
		await client.signup(bob, "correct horse");
		log.length = 0;
	}, bob);
	await write(other, "also of Ada");
	await status(page, "open");
	await write(page, "of Bob");
	await page.waitForFunction(() => log.includes("of Bob"));
	const log = await logged(page, 1);
	// The key is fetched anew for Bob, who has not set it then.
	expect(log.filter((value) => value !== undefined)).toEqual(["of Bob"]);
});

test("signing in again replaces the session without an end to anything", async () => {
	const page = await pages.open();
	const email = await signIn(page);
	await listen(page);
	await page.evaluate(async (email) => {
		client.onAuthStateChanged((user) => log.push(["user", user?.email]));
		for (let n = 0; n < 5; n++) await client.login(email, "correct horse");
	}, email);
	await write(page, 1);
	expect(await logged(page, 1)).toEqual([1]);
	expect(await page.evaluate(() => client.me())).toMatchObject({ email });
});

test("a frame that is lost is replayed before anything after it", async () => {
	const page = await pages.open();
	await signIn(page);
	let frames = 0;
	await page.routeWebSocket("**/api/ws*", (route: WebSocketRoute) => {
		const server = route.connectToServer();
		server.onMessage((message) => {
			const isChanges = String(message).includes('"changes"');
			if (isChanges) frames += 1;
			// Every third one goes missing, and every fourth comes twice.
			if (isChanges && frames % 3 === 0) return;
			route.send(message);
			if (isChanges && frames % 4 === 0) route.send(message);
		});
	});
	await listen(page);
	await write(page, ...range(1, 12));
	// The last one is not missed before there is another.
	await page.evaluate(async () => {
		for (let n = 0; log.at(-1) !== 12; n++) {
			await client.set("other", n);
			await new Promise((resolve) => setTimeout(resolve, 20));
		}
	});
	expect(await logged(page, 12)).toEqual(range(1, 12));
});

test("a page that was offline is told what it missed", async () => {
	const [page, other] = [await pages.open(), await pages.open()];
	const email = await signIn(page);
	await signIn(other, email);
	let socket: WebSocketRoute | undefined;
	await page.routeWebSocket("**/api/ws*", (route) => {
		socket = route;
		route.connectToServer();
	});
	await listen(page);
	await write(other, 1);
	await logged(page, 1);
	await page.context().setOffline(true);
	// The browser's switch leaves open sockets alone; a real one cuts them off.
	await socket?.close();
	const failure = await page.evaluate(() => client.get("k").catch((error) => error.code));
	expect(failure).toBe("network_error");
	await write(other, 2, 3);
	expect(await page.evaluate(() => [client.status, log])).toEqual([
		expect.stringMatching("waiting|connecting"),
		[1],
	]);
	await page.context().setOffline(false);
	await write(other, 4);
	expect(await logged(page, 4)).toEqual([1, 2, 3, 4]);
	expect(await page.evaluate(() => client.user?.email)).toBe(email);
});

test("nothing is lost when the server is killed and started again", async () => {
	const [page, other] = [await pages.open(), await pages.open()];
	const email = await signIn(page);
	await signIn(other, email);
	await listen(page);
	await page.evaluate(() => client.onAuthStateChanged((user) => log.push(["user", user?.email])));
	await write(other, 1, 2);
	await logged(page, 2);
	await worker.kill();
	await status(page, "waiting");
	const failure = await other.evaluate(() => client.set("k", "lost").catch((error) => error.code));
	expect(failure).toBe("network_error");
	await worker.start();
	await write(other, 3, 4);
	expect(await logged(page, 4)).toEqual([1, 2, 3, 4]);
	await status(page, "open");
});

/** Resolves once the page's client has told that this one is signed in. */
async function signedIn(page: Page, email: string | undefined): Promise<void> {
	await page.waitForFunction((email) => client.user?.email === email, email);
}

test("signing in and out in one tab does so in the others", async () => {
	const page = await pages.open();
	const other = await pages.open(page);
	await other.evaluate(async () => {
		globalThis.client = new UserDO.UserDOClient("/api");
		client.onAuthStateChanged((user) => log.push(user?.email ?? "nobody"));
		client.onChange("k", (value) => log.push(value));
		await client.me();
	});
	const ada = await signIn(page);
	await status(other, "open");
	await write(page, 1);
	await logged(other, 3);
	await page.evaluate(() => client.logout());
	await status(other, "idle");
	const bob = await signIn(page);
	await status(other, "open");
	await write(page, 2);
	// Bob's key is told anew, as it is for anybody who comes after somebody else.
	await other.waitForFunction(() => log.includes(2));
	const heard = (await logged(other, 6)).filter((value) => value !== undefined && value !== null);
	expect(heard).toEqual(["nobody", ada, 1, "nobody", bob, 2]);
});

test("a refresh of one tab and a sign-in of another take turns", async () => {
	const page = await pages.open();
	const other = await pages.open(page);
	const email = await signIn(page);
	await other.evaluate(() => {
		globalThis.client = new UserDO.UserDOClient("/api");
		return client.me();
	});
	await page.context().clearCookies({ name: /^userdo_(at|rt)$/ });
	// The refusal, which forgets the cookies of whoever gets it, is on its way while the other signs in.
	let refuse = () => {};
	const asked = new Promise<void>((resolve) => {
		void page.route("**/api/refresh", async (route) => {
			const response = await route.fetch();
			resolve();
			await new Promise<void>((done) => {
				refuse = done;
			});
			await route.fulfill({ response });
		});
	});
	const value = page.evaluate(() => client.get("k").catch(({ code }) => code));
	await asked;
	const login = other.evaluate((email) => client.login(email, "correct horse"), email);
	const waiting = await other.evaluate(async () => (await navigator.locks.query()).pending?.length);
	expect(waiting).toBe(1);
	refuse();
	await login;
	expect(await value).toBe("unauthorized");
	expect(await other.evaluate(() => client.me())).toMatchObject({ email });
	await signedIn(page, email);
});

test("a call is given up on by time and by signal", async () => {
	const page = await pages.open();
	await signIn(page);
	await page.route("**/data*", () => {});
	const outcomes = await page.evaluate(async () => {
		const controller = new AbortController();
		setTimeout(() => controller.abort());
		const calls = [
			client.get("k", { timeout: 10 }),
			client.get("k", { signal: controller.signal }),
			client.get("k", { signal: AbortSignal.timeout(10) }),
		];
		const results = await Promise.allSettled(calls);
		return results.map(
			(result) => result.status === "rejected" && [result.reason.name, result.reason.code],
		);
	});
	expect(outcomes).toEqual([
		["UserDOError", "timeout"],
		["AbortError", 20],
		["TimeoutError", 23],
	]);
});
