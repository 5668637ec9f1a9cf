import { join } from "node:path";
import { launchChromium } from "@tooling/browser";
import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect } from "vitest";
import { App, type AppOptions } from "./app.js";
import { look } from "./look.js";

export interface PagesOptions {
	app: AppOptions;
	/** The folder for pictures of what tests look at, and of failed tests. */
	screenshots: string;
	/**
	 * What the pages may complain of in any test. The browser itself reports every answer that is an
	 * error, as `error: … the server responded with a status of 401 () /api/me`.
	 */
	expected?: RegExp[];
}

/** An app and a browser for the tests of a file. A page that complains fails its test. */
export function usePages({ app: appOptions, screenshots, expected: always = [] }: PagesOptions) {
	let app: App | undefined;
	let browser: Browser | undefined;
	let contexts: BrowserContext[] = [];
	let problems: string[] = [];
	let expected = [...always];

	beforeAll(async () => {
		[app, browser] = await Promise.all([App.create(appOptions), launchChromium()]);
	});

	afterAll(async () => {
		await browser?.close();
		await app?.dispose();
	});

	afterEach(async ({ task }) => {
		if (task.result?.state === "fail") await picture(task.name);
		await Promise.all(contexts.map((context) => context.close()));
		const unexpected = problems.filter((text) => !expected.some((pattern) => pattern.test(text)));
		[contexts, problems, expected] = [[], [], [...always]];
		expect(unexpected, "what the pages complained of").toEqual([]);
	});

	/** What the windows of a failed test show, for people to look at. */
	async function picture(name: string): Promise<void> {
		const pages = contexts.flatMap((context) => context.pages());
		for (const [index, page] of pages.entries()) {
			await page.screenshot({ path: join(screenshots, `failed ${name} ${index + 1}.png`) });
		}
	}

	return {
		get app(): App {
			if (!app) throw new Error("Not started");
			return app;
		},

		/** A browser of its own: other cookies, other storage. */
		async openBrowser(options: BrowserContextOptions = {}): Promise<BrowserContext> {
			if (!browser || !app) throw new Error("Not started");
			const context = await browser.newContext({ baseURL: app.url, ...options });
			context.setDefaultTimeout(60_000);
			contexts.push(context);
			return context;
		},

		/** A page of the app in a new window of that browser. */
		async openWindow(context: BrowserContext, path = "/"): Promise<Page> {
			const page = await context.newPage();
			page.on("pageerror", (error) => problems.push(`pageerror: ${error.message}`));
			page.on("console", (message) => {
				if (message.type() !== "error" && message.type() !== "warning") return;
				const { pathname } = URL.parse(message.location().url, app?.url) ?? {};
				problems.push(`${message.type()}: ${message.text()} ${pathname}`);
			});
			await page.goto(path);
			return page;
		},

		/**
		 * Keeps a picture for people to look at; fails where the page scrolls sideways, or keeps out
		 * people whom axe speaks for.
		 */
		async look(page: Page, name: string): Promise<void> {
			await look(page, join(screenshots, `${name}.png`));
		},

		/** Problems that belong to what the test does. */
		expectProblems(...patterns: RegExp[]): void {
			expected.push(...patterns);
		},
	};
}
