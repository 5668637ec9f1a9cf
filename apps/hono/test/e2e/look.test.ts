import { looks } from "@tooling/dev";
import { describe, expect, it } from "vitest";
import { composer, editor, enter, mailedLink, note, useNotebook, write } from "./fixture.js";

const notebook = useNotebook();

describe.each(looks)("on a $name, $colorScheme", ({ name, ...options }) => {
	it("looks right and keeps nobody out", async () => {
		const named = (view: string) => `${name}-${options.colorScheme}-${view}`;

		const context = await notebook.openBrowser(options);
		const page = await notebook.openWindow(context);
		await page.getByRole("heading", { name: "Sign in" }).waitFor();
		await notebook.look(page, named("1-sign-in"));

		await page.getByRole("link", { name: "Create an account" }).click();
		const email = `ada.lovelace.${name}.${options.colorScheme}@example.com`;
		await enter(page, { email, password: "password1", button: "Create an account" });
		await page.getByText("This password is too easy to guess.").waitFor();
		await notebook.look(page, named("2-field-error"));

		await enter(page, { email, button: "Create an account" });
		await page.getByText("Live", { exact: true }).waitFor();
		await page.getByRole("heading", { name: "No notes yet" }).waitFor();
		await notebook.look(page, named("3-empty"));

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
		await notebook.look(page, named("4-notes"));

		await note(page, "Groceries").getByRole("link", { name: "Edit Groceries" }).click();
		await notebook.look(page, named("5-edit"));
		await editor(page).getByRole("button", { name: "Cancel" }).click();

		await note(page, "Groceries").getByRole("link", { name: "Delete Groceries" }).click();
		await notebook.look(page, named("6-dialog"));
	});

	it("has an account and pages for mailed links that look right and keep nobody out", async () => {
		const named = (view: string) => `${name}-${options.colorScheme}-${view}`;
		const { page, email } = await notebook.signUp({
			...options,
			userAgent: "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
		});
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
		await notebook.look(page, named("7-account"));
		await page.getByRole("link", { name: "Delete account…" }).click();
		await page.getByRole("heading", { name: "Delete your account?" }).waitFor();
		await notebook.look(page, named("8-delete-account"));

		const stranger = await notebook.openBrowser(options);
		const link = await mailedLink(page, { to: email, path: "/verify" });
		const door = await notebook.openWindow(stranger, link);
		await door.getByRole("heading", { name: "Is it you?" }).waitFor();
		await notebook.look(door, named("9-verify"));
		await door.goto("/verify");
		await door.getByRole("heading", { name: "This link does not work" }).waitFor();
		await notebook.look(door, named("10-dead-link"));
		await door.goto("/forgot");
		await door.getByLabel("Email").fill(email);
		await door.getByRole("button", { name: "Send the link" }).click();
		await door.getByText("If there is an account with this address").waitFor();
		await notebook.look(door, named("11-forgot"));
		await door.goto(await mailedLink(page, { to: email, path: "/reset" }));
		await door.getByRole("textbox", { name: "New password" }).waitFor();
		await notebook.look(door, named("12-reset"));
	});

	it("has pages for who has no script that look right and keep nobody out", async () => {
		const named = (view: string) => `${name}-${options.colorScheme}-no-script-${view}`;
		const { context, page } = await notebook.signUp(options);
		// The script of the app is what is missing; axe needs one to look.
		await context.route("**/*.js", (route) => route.fulfill({ body: "" }));
		await page.reload();
		await composer(page).getByLabel("Title").fill("Groceries");
		await composer(page).getByLabel("Text").fill("Bread, butter, olives, lemons");
		await composer(page).getByRole("button", { name: "Add note" }).click();
		await note(page, "Groceries").waitFor();
		await notebook.look(page, named("1-notes"));
		await page.getByLabel("Search your notes").fill("olives");
		await page.getByRole("button", { name: "Search" }).click();
		await page.getByRole("link", { name: "Show all" }).waitFor();
		await notebook.look(page, named("2-search"));
		await page.getByRole("link", { name: "Edit Groceries" }).click();
		await page.getByRole("heading", { name: "Edit the note" }).waitFor();
		await notebook.look(page, named("3-edit"));
		await page.goBack();
		await page.getByRole("link", { name: "Delete Groceries" }).click();
		await page.getByRole("heading", { name: "Delete this note?" }).waitFor();
		await notebook.look(page, named("4-delete"));
		await page.goto("/account");
		await notebook.look(page, named("5-account"));
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
