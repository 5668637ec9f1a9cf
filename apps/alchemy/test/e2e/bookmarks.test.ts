import { fileURLToPath } from "node:url";
import { looks, usePages } from "@tooling/dev";
import type { BrowserContextOptions, Page } from "playwright-core";
import { describe, expect, it } from "vitest";

/** Git ignores this folder. */
const screenshots = fileURLToPath(new URL("../../screenshots/", import.meta.url));
const pages = usePages({
	app: { folder: fileURLToPath(new URL("../..", import.meta.url)) },
	screenshots,
	// A page where nobody is signed in asks who is, and is told 401.
	expected: [/status of 401 .* \/api\/(me|refresh)$/],
});

async function enter(page: Page, button: string, email: string) {
	await page.getByLabel("Email").fill(email);
	await page.getByLabel("Password").fill("correct horse");
	await page.locator("form").getByRole("button", { name: button }).click();
}

async function signUp(options?: BrowserContextOptions) {
	const context = await pages.openBrowser(options);
	const page = await pages.openWindow(context);
	const email = `${crypto.randomUUID()}@example.com`;
	await page.getByRole("button", { name: "Create an account" }).click();
	await enter(page, "Create an account", email);
	await page.getByText("Live", { exact: true }).waitFor();
	return { context, page, email };
}

async function save(page: Page, url: string, title: string) {
	await page.getByLabel("Address").fill(url);
	await page.getByLabel("Title").fill(title);
	await page.getByRole("button", { name: "Save" }).click();
}

it("keeps two windows in step", async () => {
	const { context, page } = await signUp();
	const other = await pages.openWindow(context);
	await other.getByText("Live", { exact: true }).waitFor();
	await save(page, "https://example.com/a", "First");
	await other.getByRole("link", { name: "First" }).waitFor();

	await other.getByRole("button", { name: "Done: First" }).click();
	await page.getByRole("button", { name: "Unread: First" }).waitFor();
	await page.getByRole("button", { name: "Delete: First" }).click();
	await other.getByRole("link", { name: "First" }).waitFor({ state: "detached" });
});

it("refuses what is no address, and what is there already", async () => {
	const { page } = await signUp();
	pages.expectProblems(/status of (400|409) .* \/api\/(bookmarks|batch)$/);
	await save(page, "javascript:alert(1)", "Bad");
	await page.getByText("Enter an address that starts with https:// or http://.").waitFor();
	await save(page, "https://example.com/a", "First");
	await page.getByRole("link", { name: "First" }).waitFor();
	await save(page, "https://example.com/a", "Again");
	await page.getByText("You have this bookmark already.").waitFor();
	expect(await page.getByLabel("Title").inputValue()).toBe("Again");
	await expect.poll(() => page.getByRole("listitem").count()).toBe(1);
});

it("shows nothing of one user to the next", async () => {
	const { page, email } = await signUp();
	await save(page, "https://example.com/a", "First");
	await page.getByRole("link", { name: "First" }).waitFor();
	await page.getByRole("button", { name: "Sign out" }).click();
	await page.getByRole("heading", { name: "Sign in" }).waitFor();
	expect(await page.locator("#unread").innerText()).toBe("");
	await enter(page, "Sign in", email);
	await page.getByRole("link", { name: "First" }).waitFor();
});

describe.each(looks)("on a $name, $colorScheme", ({ name, ...options }) => {
	it("looks right and keeps nobody out", async () => {
		const named = (view: string) => `${name}-${options.colorScheme}-${view}`;
		const { page } = await signUp(options);
		await page.getByText("Nothing is left to read.").waitFor();
		await pages.look(page, named("2-empty"));
		await save(page, "https://example.com/river", "A walk along the river");
		await page.getByRole("link", { name: "A walk along the river" }).waitFor();
		await save(page, `https://example.com/${"long/".repeat(30)}`, "x".repeat(110));
		await page.getByRole("link", { name: "x".repeat(110) }).waitFor();
		await save(page, "https://www.example.org/", "Read by now");
		await page.getByRole("button", { name: "Done: Read by now" }).click();
		await page.getByRole("button", { name: "Unread: Read by now" }).waitFor();
		await pages.look(page, named("3-list"));
		await page.getByRole("button", { name: "Sign out" }).click();
		await page.getByRole("heading", { name: "Sign in" }).waitFor();
		await pages.look(page, named("1-sign-in"));
	});
});
