import { fileURLToPath } from "node:url";
import { looks, usePages } from "@tooling/dev";
import type { BrowserContextOptions, Page } from "playwright-core";
import { describe, expect, test } from "vitest";

/** Git ignores this folder. */
const screenshots = fileURLToPath(new URL("../../screenshots/", import.meta.url));

const pages = usePages({
	app: {
		folder: fileURLToPath(new URL("../..", import.meta.url)),
		ready: { "/": 200, "/v1/api/me": 401 },
	},
	screenshots,
	// A page where nobody is signed in asks who is, and is told 401.
	expected: [/status of 401 .* \/v1\/api\/(me|refresh)$/],
});

const password = "correct horse battery";
const newEmail = () => `${crypto.randomUUID()}@example.com`;

async function enter(page: Page, email: string, button: string): Promise<void> {
	await page.getByLabel("Email").fill(email);
	await page.getByLabel("Password").fill(password);
	await page.getByRole("button", { name: button }).click();
}

async function signUp(options?: BrowserContextOptions) {
	const context = await pages.openBrowser(options);
	const page = await pages.openWindow(context);
	const email = newEmail();
	await enter(page, email, "Create an account");
	await page.getByText("Live", { exact: true }).waitFor();
	return { context, page, email };
}

async function start(page: Page, project: string, note = ""): Promise<void> {
	await page.getByLabel("Project", { exact: true }).fill(project);
	await page.getByLabel("Note").fill(note);
	await page.getByRole("button", { name: "Start the clock" }).click();
	await page.getByRole("listitem").filter({ hasText: project }).waitFor();
}

test("the clock is started and stopped, in step in two windows", async () => {
	pages.expectProblems(/status of 409 .* \/v1\/entries$/);
	const { context, page, email } = await signUp();
	const other = await pages.openWindow(context);
	await other.getByText(email).waitFor();
	await start(page, "Garden", "roses");
	await other.getByRole("listitem").filter({ hasText: "roses" }).waitFor();

	await other.getByLabel("Project", { exact: true }).fill("House");
	await other.getByRole("button", { name: "Start the clock" }).click();
	await other.getByText("A clock is running already.").waitFor();

	await other.getByRole("button", { name: "Stop Garden" }).click();
	await page.getByRole("button", { name: "Stop Garden" }).waitFor({ state: "detached" });
	const download = page.waitForEvent("download");
	await page.getByRole("link", { name: "Download all" }).click();
	expect((await download).suggestedFilename()).toBe("timesheet.csv");
	await page.getByRole("button", { name: "Delete Garden" }).click();
	await other.getByText("Nothing yet.").waitFor();

	await other.getByRole("button", { name: "Sign out" }).click();
	await page.getByRole("heading", { name: "Sign in" }).waitFor();
	await enter(page, email, "Sign in");
	await page.getByText("Nothing yet.").waitFor();
});

describe.each(looks)("on a $name, $colorScheme", ({ name, ...options }) => {
	test("it looks right and keeps nobody out", async () => {
		pages.expectProblems(/status of 401 .* \/v1\/api\/login$/);
		const named = (view: string) => `${name}-${options.colorScheme}-${view}`;
		const context = await pages.openBrowser(options);
		const page = await pages.openWindow(context);
		const email = newEmail();
		await enter(page, email, "Sign in");
		await page.getByRole("alert").filter({ hasText: "wrong" }).waitFor();
		await pages.look(page, named("1-sign-in"));
		await enter(page, email, "Create an account");
		await page.getByText("Live", { exact: true }).waitFor();
		await pages.look(page, named("2-empty"));
		for (const project of ["Garden", "A project with a name as long as they may be, all in all"]) {
			await start(page, project, "roses, and all that grows between them ".repeat(3));
			await page.getByRole("button", { name: `Stop ${project}` }).click();
			await page.getByRole("button", { name: "Stop" }).waitFor({ state: "detached" });
		}
		await start(page, "House");
		await pages.look(page, named("3-entries"));
	});
});
