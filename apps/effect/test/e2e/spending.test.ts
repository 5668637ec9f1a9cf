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

async function enter(page: Page, button: string, email: string, password = "correct horse") {
	await page.getByLabel("Email").fill(email);
	await page.getByLabel("Password").fill(password);
	await page.locator("form").getByRole("button", { name: button }).click();
}

async function signUp(options?: BrowserContextOptions) {
	const context = await pages.openBrowser({ locale: "en-GB", ...options });
	const page = await pages.openWindow(context);
	const email = `${crypto.randomUUID()}@example.com`;
	await page.getByRole("button", { name: "Create an account" }).click();
	await enter(page, "Create an account", email);
	await page.getByText("Live", { exact: true }).waitFor();
	return { context, page, email };
}

async function spend(page: Page, what: string, amount: string, category = "Food") {
	await page.getByLabel("What", { exact: true }).fill(what);
	await page.getByLabel("Amount").fill(amount);
	await page.getByLabel("Category", { exact: true }).selectOption(category);
	await page.getByRole("button", { name: "Add", exact: true }).click();
}

const row = (page: Page, what: string) => page.getByRole("listitem").filter({ hasText: what });
const total = (page: Page) => page.locator("#total").innerText();

it("adds, sums and deletes, in all windows", async () => {
	const { context, page } = await signUp();
	const other = await pages.openWindow(context);
	await other.getByText("Live", { exact: true }).waitFor();

	await spend(page, "Coffee", "3,50");
	await row(other, "Coffee").waitFor();
	await spend(other, "Train", "42", "Travel");
	await row(page, "Train").waitFor();
	await expect.poll(() => total(page)).toBe("€45.50");
	await expect.poll(() => total(other)).toBe("€45.50");

	await other.getByRole("button", { name: "Delete Coffee" }).click();
	await row(page, "Coffee").waitFor({ state: "detached" });
	await expect.poll(() => total(page)).toBe("€42.00");
});

it("goes through the months, and to that of a new expense", async () => {
	const { page } = await signUp();
	const heading = page.getByRole("heading", { level: 1 });
	const now = await heading.innerText();
	await page.getByRole("button", { name: "Previous month" }).click();
	await expect.poll(() => heading.innerText()).not.toBe(now);
	await page.getByText("Nothing was spent in this month.").waitFor();

	await page.getByLabel("Day", { exact: true }).fill("2020-02-29");
	await spend(page, "Long ago", "1");
	await row(page, "Long ago").waitFor();
	expect(await heading.innerText()).toBe("February 2020");
	await page
		.getByRole("heading", { name: "Saturday 29", exact: true })
		.or(page.getByRole("heading", { name: "29 Saturday", exact: true }))
		.waitFor();
});

it("says beside the field what is wrong, and keeps what was entered", async () => {
	const { page } = await signUp();
	pages.expectProblems(/status of 400 .* \/api\/expenses$/);
	await spend(page, "Gold", "no idea");
	await page.getByText("An amount is between 0.01 and 1,000,000.").waitFor();
	expect(await page.getByLabel("What", { exact: true }).inputValue()).toBe("Gold");
	expect(
		await page.getByLabel("Amount").evaluate((input) => input === document.activeElement),
	).toBe(true);
	await page.getByLabel("Amount").fill("1000");
	await page.getByRole("button", { name: "Add", exact: true }).click();
	await row(page, "Gold").waitFor();
});

it("signs out and in, and refuses a wrong password", async () => {
	const { page, email } = await signUp();
	pages.expectProblems(/status of 401 .* \/api\/login$/);
	await spend(page, "Coffee", "3.50");
	await row(page, "Coffee").waitFor();
	await page.getByRole("button", { name: "Sign out" }).click();
	await page.getByRole("heading", { name: "Sign in" }).waitFor();
	expect(await page.locator("#days").innerText()).toBe("");

	await enter(page, "Sign in", email, "wrong horse");
	await page.getByText("Email or password is wrong.").waitFor();
	await enter(page, "Sign in", email);
	await row(page, "Coffee").waitFor();
});

it("comes back after an outage, with what was spent elsewhere", async () => {
	const { page } = await signUp();
	pages.expectProblems(/ERR_|WebSocket connection/);
	await spend(page, "Coffee", "3.50");
	await row(page, "Coffee").waitFor();
	await pages.app.stop();
	await page.getByText("Connecting…").waitFor();
	await spend(page, "Bread", "2");
	await page.getByText("The server can't be reached. Please try again.").waitFor();
	await pages.app.start();
	await page.getByText("Live", { exact: true }).waitFor();
	await page.getByRole("button", { name: "Add", exact: true }).click();
	await row(page, "Bread").waitFor();
	expect(await row(page, "Bread").count()).toBe(1);
});

describe.each(looks)("on a $name, $colorScheme", ({ name, ...options }) => {
	it("looks right and keeps nobody out", async () => {
		const named = (view: string) => `${name}-${options.colorScheme}-${view}`;
		const { page } = await signUp(options);
		await page.getByText("Nothing was spent in this month.").waitFor();
		await pages.look(page, named("2-empty"));

		await spend(page, "Weekly shop", "68.45");
		await row(page, "Weekly shop").waitFor();
		await spend(page, `A long one: ${"x".repeat(60)}`, "12.00", "Other");
		await row(page, "A long one").waitFor();
		await spend(page, "Night train to Vienna", "129", "Travel");
		await row(page, "Night train to Vienna").waitFor();
		await pages.look(page, named("3-month"));

		pages.expectProblems(/status of 400 .* \/api\/expenses$/);
		await spend(page, "", "");
		await page.getByText("Say what it was.").waitFor();
		await pages.look(page, named("4-refused"));

		await page.getByRole("button", { name: "Sign out" }).click();
		await page.getByRole("heading", { name: "Sign in" }).waitFor();
		await pages.look(page, named("1-sign-in"));
	});
});
