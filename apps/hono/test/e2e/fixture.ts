import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { launchChromium } from "@tooling/browser";
import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect } from "vitest";
import { App } from "./app.js";

/** Git ignores this folder. */
export const screenshots = fileURLToPath(new URL("../../screenshots/", import.meta.url));

export const password = "correct horse battery";

/** The app and a browser for the tests of a file. A page that complains fails its test. */
export function useNotebook() {
	let app: App | undefined;
	let browser: Browser | undefined;
	let contexts: BrowserContext[] = [];
	let problems: string[] = [];
	let expected: RegExp[] = [];

	beforeAll(async () => {
		[app, browser] = await Promise.all([App.create(), launchChromium()]);
	});

	afterAll(async () => {
		await browser?.close();
		await app?.dispose();
	});

	afterEach(async ({ task }) => {
		if (task.result?.state === "fail") await picture(task.name);
		await Promise.all(contexts.map((context) => context.close()));
		const unexpected = problems.filter((text) => !expected.some((pattern) => pattern.test(text)));
		[contexts, problems, expected] = [[], [], []];
		expect(unexpected, "what the pages complained of").toEqual([]);
	});

	/** What the windows of a failed test show, for people to look at. */
	async function picture(name: string): Promise<void> {
		const pages = contexts.flatMap((context) => context.pages());
		for (const [index, page] of pages.entries()) {
			await page.screenshot({ path: join(screenshots, `failed ${name} ${index + 1}.png`) });
		}
	}

	/** A browser of its own: other cookies, other storage. */
	async function openBrowser(options: BrowserContextOptions = {}): Promise<BrowserContext> {
		if (!browser || !app) throw new Error("Not started");
		const context = await browser.newContext({ baseURL: app.url, ...options });
		context.setDefaultTimeout(60_000);
		contexts.push(context);
		return context;
	}

	/** The notebook, or another of its pages, in a new window of that browser. */
	async function openWindow(context: BrowserContext, path = "/"): Promise<Page> {
		const page = await context.newPage();
		page.on("pageerror", (error) => problems.push(`pageerror: ${error.message}`));
		page.on("console", (message) => {
			if (message.type() !== "error" && message.type() !== "warning") return;
			const { pathname } = URL.parse(message.location().url, app?.url) ?? {};
			problems.push(`${message.type()}: ${message.text()} ${pathname}`);
		});
		// The browser itself reports every answer that is an error: a page where nobody is signed in
		// asks who is, and is told 401.
		expectProblems(/status of 401 .* \/api\/(me|refresh)$/);
		await page.goto(path);
		return page;
	}

	/** Problems that belong to what the test does. */
	function expectProblems(...patterns: RegExp[]): void {
		expected.push(...patterns);
	}

	return {
		get app(): App {
			if (!app) throw new Error("Not started");
			return app;
		},
		openBrowser,
		openWindow,
		expectProblems,
		/** A new user's browser with the notebook open. */
		async signUp(options?: BrowserContextOptions) {
			const context = await openBrowser(options);
			const page = await openWindow(context);
			const email = newEmail();
			await page.getByRole("button", { name: "Create an account" }).click();
			await enter(page, { email, button: "Create an account" });
			await page.getByText("Live", { exact: true }).waitFor();
			return { context, page, email };
		},
	};
}

export const newEmail = () => `${crypto.randomUUID()}@example.com`;

/** Fills in the form of the welcome page and sends it. */
export async function enter(
	page: Page,
	{
		email,
		password: entered = password,
		button = "Sign in",
	}: {
		email: string;
		password?: string;
		button?: string;
	},
): Promise<void> {
	await page.getByLabel("Email").fill(email);
	await page.getByLabel("Password", { exact: true }).fill(entered);
	await page.locator("form").getByRole("button", { name: button }).click();
}

/** The link of the newest mail to the address that leads to the page; mails leave after the answer. */
export async function mailedLink(
	page: Page,
	{ to, path }: { to: string; path: "/verify" | "/reset" },
): Promise<string> {
	let link: string | undefined;
	await expect
		.poll(async () => {
			const answer = await page.request.get("/api/dev/mailbox", {
				headers: { accept: "application/json" },
			});
			const { mails }: Mailbox = await answer.json();
			const mail = mails.find(
				(mail) => mail.to === to && URL.parse(mail.link ?? "")?.pathname === path,
			);
			link = mail?.link ?? undefined;
			return link;
		})
		.toBeDefined();
	return link ?? "";
}

interface Mailbox {
	mails: { to: string; subject: string; link: string | null }[];
}

/** The page's own parts, by what a person sees. */
export const composer = (page: Page) => page.getByRole("region", { name: "New note" });

export const note = (page: Page, title: string) =>
	page
		.getByRole("listitem")
		.filter({ has: page.getByRole("heading", { name: title, exact: true }) });

export const editor = (page: Page) => page.locator("#notes form");

export async function write(page: Page, title: string, content = ""): Promise<void> {
	await composer(page).getByLabel("Title").fill(title);
	await composer(page).getByLabel("Text").fill(content);
	await composer(page).getByRole("button", { name: "Add note" }).click();
}

const titles = (page: Page) => page.getByRole("listitem").getByRole("heading").allInnerTexts();

/** Waits until the list shows just these. */
export async function showsTitles(page: Page, expected: string[]): Promise<void> {
	await expect.poll(() => titles(page)).toEqual(expected);
}
