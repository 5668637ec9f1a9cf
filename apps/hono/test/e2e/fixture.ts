import { fileURLToPath } from "node:url";
import { usePages } from "@tooling/dev";
import type { BrowserContextOptions, Page } from "playwright-core";
import { expect } from "vitest";

/** Git ignores this folder. */
const screenshots = fileURLToPath(new URL("../../screenshots/", import.meta.url));

export const password = "correct horse battery";

/** The notebook and a browser for the tests of a file. A page that complains fails its test. */
export function useNotebook() {
	const pages = usePages({
		app: { folder: fileURLToPath(new URL("../..", import.meta.url)) },
		screenshots,
		// A page whose session has ended asks who is signed in, and is told 401 before it leaves.
		expected: [/status of 401 .* \/api\/(me|refresh|ws|sessions|posts)$/],
	});

	return Object.assign(pages, {
		/** A new user's browser with the notebook open. */
		async signUp(options?: BrowserContextOptions) {
			const context = await pages.openBrowser(options);
			const page = await pages.openWindow(context, "/sign-up");
			const email = newEmail();
			await enter(page, { email, button: "Create an account" });
			const shown = options?.javaScriptEnabled === false ? "No notes yet" : "Live";
			await page.getByText(shown, { exact: true }).waitFor();
			return { context, page, email };
		},
	});
}

export const newEmail = () => `${crypto.randomUUID()}@example.com`;

/** Fills in the form of the page to sign in or up, and sends it. */
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
	await page.getByRole("textbox", { name: "Password" }).fill(entered);
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
