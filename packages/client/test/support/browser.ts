import { launchChromium } from "@tooling/browser";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { expect } from "vitest";
import { bundle } from "./bundle.js";

/** What a browser itself says about the network; a page has no say in it. */
const aboutTheNetwork = /^(Failed to load resource|WebSocket connection to)/;

/** Pages that hold the client, served at the origin of the test worker. */
export class Pages {
	readonly #browser: Browser;
	readonly #script: string;
	readonly #origin: string;
	readonly #contexts: BrowserContext[] = [];
	readonly #printed: string[] = [];

	private constructor(browser: Browser, script: string, origin: string) {
		this.#browser = browser;
		this.#script = script;
		this.#origin = origin;
	}

	static async launch(origin: string): Promise<Pages> {
		const script = await bundle("test/page.ts", "iife");
		return new Pages(await launchChromium(), script, origin);
	}

	/** A page in a profile of its own, or in that of another page. */
	async open(beside?: Page): Promise<Page> {
		const context = beside?.context() ?? (await this.#browser.newContext());
		if (beside === undefined) this.#contexts.push(context);
		context.setDefaultTimeout(20_000);
		const page = await context.newPage();
		page.on("pageerror", (error) => this.#printed.push(String(error)));
		page.on("console", (message) => {
			if (!aboutTheNetwork.test(message.text())) this.#printed.push(message.text());
		});
		await page.addInitScript(this.#script);
		await page.goto(this.#origin);
		return page;
	}

	/** Ends a test: its pages go, and nothing may stand on their consoles. */
	async reset(): Promise<void> {
		await Promise.all(this.#contexts.splice(0).map((context) => context.close()));
		expect(this.#printed.splice(0), "printed by a page").toEqual([]);
	}

	async close(): Promise<void> {
		await this.#browser.close();
	}
}

/** A user whom no other test has. */
export const newEmail = () => `${crypto.randomUUID()}@example.com`;

/** A page with a client that is signed in, with an account of its own unless one is named. */
export async function signIn(page: Page, email?: string): Promise<string> {
	const address = email ?? newEmail();
	const name = email === undefined ? "signup" : "login";
	await page.evaluate(
		async ([name, address]) => {
			globalThis.client = new UserDO.UserDOClient("/api");
			await client[name](address, "correct horse");
		},
		[name, address] as const,
	);
	return address;
}

/** Logs each value of the key, and each change of the posts. */
export async function listen(page: Page): Promise<void> {
	await page.evaluate(() => {
		client.onChange("k", (value) => log.push(value));
		client
			.collection("posts")
			.onChange<{ title: string }>(({ type, data }) => log.push([type, data.title]));
	});
	await status(page, "open");
}

/** Resolves once the page's client has that status. */
export async function status(page: Page, expected: string): Promise<void> {
	await page.waitForFunction((expected) => client.status === expected, expected);
}

/** Sets the key to each of these values, one after the other. */
export async function write(page: Page, ...values: unknown[]): Promise<void> {
	await page.evaluate(async (values) => {
		for (const value of values) await client.set("k", value);
	}, values);
}

/** What the page has logged, once it is that much. */
export async function logged(page: Page, length: number): Promise<unknown[]> {
	await page.waitForFunction((length) => log.length >= length, length);
	return page.evaluate(() => log);
}
