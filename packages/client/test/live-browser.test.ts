import type { Page, WebSocketRoute } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { Pages, signIn } from "./support/browser.js";
import { TestWorker } from "./support/worker.js";

let worker: TestWorker;
let pages: Pages;

beforeAll(async () => {
	worker = await TestWorker.start();
	pages = await Pages.launch(worker.origin);
});

afterEach(() => pages.reset());

afterAll(async () => {
	await pages.close();
	await worker.stop();
});

/** Two browsers of one user, which both show what is to be done, by title. */
async function openTwo(prepare?: (page: Page) => Promise<void>): Promise<[Page, Page]> {
	const [page, other] = [await pages.open(), await pages.open()];
	await prepare?.(page);
	await signIn(other, await signIn(page));
	for (const each of [page, other]) {
		await each.evaluate(() => {
			globalThis.tasks = UserDO.live(client.collection("tasks"));
			tasks
				.where("stars", "==", 0)
				.orderBy("title")
				.subscribe((snapshot) => {
					globalThis.shown = snapshot;
				});
		});
		await shows(each, "live", []);
	}
	return [page, other];
}

/** Resolves once the page shows these titles, nothing is pending, and the list has that status. */
async function shows(page: Page, status: string, titles: string[]): Promise<void> {
	await page.waitForFunction(
		([status, titles]) =>
			globalThis.shown?.status === status &&
			[...shown.pending].length === 0 &&
			JSON.stringify(shown.data.map(({ title }) => title)) === JSON.stringify(titles),
		[status, titles] as const,
	);
}

const create = (page: Page, title: string) =>
	page.evaluate((title) => tasks.create({ title }), title);

test("a browser in airplane mode agrees with the other one when it is back, without a reload", async () => {
	const sockets: WebSocketRoute[] = [];
	const [page, other] = await openTwo((page) =>
		page.routeWebSocket("**/api/ws*", (route) => {
			sockets.push(route);
			route.connectToServer();
		}),
	);
	await create(page, "a");
	await shows(other, "live", ["a"]);
	await page.context().setOffline(true);
	// The browser's switch leaves open sockets alone; a real one cuts them off.
	await sockets.at(-1)?.close();
	await page.waitForFunction(() => shown.fromCache);
	await create(other, "b");
	await other.evaluate(async () => {
		await tasks.update(String(shown.data[0]?.id), { stars: 1 });
	});
	await create(other, "c");
	await shows(other, "live", ["b", "c"]);
	expect(await page.evaluate(() => shown.data.map(({ title }) => title))).toEqual(["a"]);
	await page.context().setOffline(false);
	await shows(page, "live", ["b", "c"]);
});

test("open pages agree with a server that was killed and started again", async () => {
	const [page, other] = await openTwo();
	await create(page, "a");
	await shows(other, "live", ["a"]);
	await worker.kill();
	await page.waitForFunction(() => shown.status === "offline");
	await worker.start();
	await create(other, "b");
	await shows(page, "live", ["a", "b"]);
	await shows(other, "live", ["a", "b"]);
});
