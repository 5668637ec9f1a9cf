import { join } from "node:path";
import axe from "axe-core";
import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import {
	composer,
	editor,
	enter,
	mailedLink,
	note,
	screenshots,
	useNotebook,
	write,
} from "./fixture.js";

const notebook = useNotebook();

const looks = [
	{ name: "desktop", viewport: { width: 1280, height: 860 } },
	{ name: "phone", viewport: { width: 375, height: 720 }, isMobile: true, hasTouch: true },
].flatMap((device) =>
	(["light", "dark"] as const).map((colorScheme) => ({ ...device, colorScheme })),
);

/** Keeps a picture for people to look at, and asks what a picture does not show. */
async function look(page: Page, name: string): Promise<void> {
	// Pictures show how things come to rest.
	await page.waitForFunction(() =>
		document.getAnimations().every(({ effect }) => effect?.getTiming().iterations === Infinity),
	);
	await page.screenshot({ path: join(screenshots, `${name}.png`) });
	// By number: an element itself does not come out of the page.
	const { scrollWidth, clientWidth } = await page.evaluate(() => {
		const { scrollWidth, clientWidth } = document.documentElement;
		return { scrollWidth, clientWidth };
	});
	expect(scrollWidth, `${name} scrolls sideways`).toBe(clientWidth);
	const violations = await page.evaluate(async () => {
		const { violations } = await (Reflect.get(window, "axe") as typeof axe).run();
		return violations.map(({ id, nodes }) => ({ id, nodes: nodes.map(({ html }) => html) }));
	});
	expect(violations, `${name} keeps people out`).toEqual([]);
}

/** The same with all that a person scrolls to in the picture. */
async function lookAtAll(page: Page, name: string): Promise<void> {
	await look(page, name);
	await page.screenshot({ path: join(screenshots, `${name}.png`), fullPage: true });
}

describe.each(looks)("on a $name, $colorScheme", ({ name, ...options }) => {
	it("looks right and keeps nobody out", async () => {
		const named = (view: string) => `${name}-${options.colorScheme}-${view}`;

		const context = await notebook.openBrowser(options);
		await context.addInitScript(axe.source);
		const page = await notebook.openWindow(context);
		await page.getByRole("heading", { name: "Sign in" }).waitFor();
		await look(page, named("1-sign-in"));

		await page.getByRole("link", { name: "Create an account" }).click();
		const email = `ada.lovelace.${name}.${options.colorScheme}@example.com`;
		await enter(page, { email, password: "password1", button: "Create an account" });
		await page.getByText("This password is too easy to guess.").waitFor();
		await look(page, named("2-field-error"));

		await enter(page, { email, button: "Create an account" });
		await page.getByText("Live", { exact: true }).waitFor();
		await page.getByRole("heading", { name: "No notes yet" }).waitFor();
		await look(page, named("3-empty"));

		await write(page, "x".repeat(110));
		await note(page, "x".repeat(110)).waitFor();
		await write(page, "Groceries", "Bread, butter, olives, lemons\nSomething for Sunday");
		await note(page, "Groceries").waitFor();
		await write(
			page,
			"A walk along the river",
			"The light came low over the water this morning. Two herons, one patient angler, nobody else.",
		);
		await note(page, "A walk along the river").waitFor();
		await look(page, named("4-notes"));

		await note(page, "Groceries").getByRole("link", { name: "Edit Groceries" }).click();
		await look(page, named("5-edit"));
		await editor(page).getByRole("button", { name: "Cancel" }).click();

		await note(page, "Groceries").getByRole("link", { name: "Delete Groceries" }).click();
		await look(page, named("6-dialog"));
	});

	it("has an account and pages for mailed links that look right and keep nobody out", async () => {
		const named = (view: string) => `${name}-${options.colorScheme}-${view}`;
		const { context, page, email } = await notebook.signUp({
			...options,
			userAgent: "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
		});
		await context.addInitScript(axe.source);
		await page.reload();
		const elsewhere = await notebook.openWindow(await notebook.openBrowser(), "/sign-in");
		await enter(elsewhere, { email });
		await elsewhere.getByText("Live", { exact: true }).waitFor();

		await page.getByRole("link", { name: `Account of ${email}` }).click();
		await page.getByRole("button", { name: "Sign out all others" }).waitFor();
		await page.getByRole("button", { name: "Send the link again" }).click();
		await page.getByText("A link is on its way").waitFor();
		await page.getByRole("textbox", { name: "Current password" }).fill("not the password");
		await page.getByRole("textbox", { name: "New password" }).fill("another horse battery");
		await page.getByRole("button", { name: "Change password" }).click();
		await page.getByText("The current password is wrong.").waitFor();
		await lookAtAll(page, named("7-account"));
		await page.getByRole("link", { name: "Delete account…" }).click();
		await page.getByRole("heading", { name: "Delete your account?" }).waitFor();
		await look(page, named("8-delete-account"));

		const stranger = await notebook.openBrowser(options);
		await stranger.addInitScript(axe.source);
		const link = await mailedLink(page, { to: email, path: "/verify" });
		const door = await notebook.openWindow(stranger, link);
		await door.getByRole("heading", { name: "Is it you?" }).waitFor();
		await look(door, named("9-verify"));
		await door.goto("/verify");
		await door.getByRole("heading", { name: "This link does not work" }).waitFor();
		await look(door, named("10-dead-link"));
		await door.goto("/forgot");
		await door.getByLabel("Email").fill(email);
		await door.getByRole("button", { name: "Send the link" }).click();
		await door.getByText("If there is an account with this address").waitFor();
		await look(door, named("11-forgot"));
		await door.goto(await mailedLink(page, { to: email, path: "/reset" }));
		await door.getByRole("textbox", { name: "New password" }).waitFor();
		await look(door, named("12-reset"));
	});

	it("has pages for who has no script that look right and keep nobody out", async () => {
		const named = (view: string) => `${name}-${options.colorScheme}-no-script-${view}`;
		const { context, page } = await notebook.signUp(options);
		await context.addInitScript(axe.source);
		// The script of the app is what is missing; axe needs one to look.
		await context.route("**/*.js", (route) => route.fulfill({ body: "" }));
		await page.reload();
		await composer(page).getByLabel("Title").fill("Groceries");
		await composer(page).getByLabel("Text").fill("Bread, butter, olives, lemons");
		await composer(page).getByRole("button", { name: "Add note" }).click();
		await note(page, "Groceries").waitFor();
		await look(page, named("1-notes"));
		await page.getByLabel("Search your notes").fill("olives");
		await page.getByRole("button", { name: "Search" }).click();
		await page.getByRole("link", { name: "Show all" }).waitFor();
		await look(page, named("2-search"));
		await page.getByRole("link", { name: "Edit Groceries" }).click();
		await page.getByRole("heading", { name: "Edit the note" }).waitFor();
		await look(page, named("3-edit"));
		await page.goBack();
		await page.getByRole("link", { name: "Delete Groceries" }).click();
		await page.getByRole("heading", { name: "Delete this note?" }).waitFor();
		await look(page, named("4-delete"));
		await page.goto("/account");
		await lookAtAll(page, named("5-account"));
	});
});

it("serves its page with a policy that lets no foreign script in", async () => {
	const response = await fetch(notebook.app.url);
	const policy = response.headers.get("content-security-policy");
	expect(policy).toContain("default-src 'none'");
	expect(policy).toContain("script-src 'self';");
	expect(policy).not.toContain("unsafe");
	expect(response.headers.get("referrer-policy")).toBe("same-origin");
	expect(await response.text()).not.toMatch(/<script(?![^>]*\bsrc=)|\son\w+=|\sstyle=/i);
});
