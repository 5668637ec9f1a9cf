import { expect, it } from "vitest";
import {
	composer,
	enter,
	mailedLink,
	note,
	password,
	showsTitles,
	useNotebook,
} from "./fixture.js";

const notebook = useNotebook();

it("is all there without script: an account from its sign-up to its end", async () => {
	const javaScriptEnabled = false;
	const { context, page, email } = await notebook.signUp({ javaScriptEnabled });

	// Nothing is promised that takes a script.
	expect(await page.getByText("Connecting…").isVisible()).toBe(false);
	expect(await page.getByRole("button", { name: "Show" }).count()).toBe(0);

	// Notes: written, changed, searched, deleted.
	const add = async (title: string, content: string) => {
		await composer(page).getByLabel("Title").fill(title);
		await composer(page).getByLabel("Text").fill(content);
		await composer(page).getByRole("button", { name: "Add note" }).click();
		await note(page, title).waitFor();
	};
	await add("Groceries", "Bread\nbutter");
	await add("A walk", "by the river");
	await showsTitles(page, ["A walk", "Groceries"]);
	await page.getByRole("link", { name: "Edit Groceries" }).click();
	expect(await page.getByLabel("Text").inputValue()).toBe("Bread\nbutter");
	await page.getByLabel("Title").fill("Shopping");
	await page.getByRole("button", { name: "Save" }).click();
	await showsTitles(page, ["A walk", "Shopping"]);
	await page.getByLabel("Search your notes").fill("butter");
	await page.getByRole("button", { name: "Search" }).click();
	await showsTitles(page, ["Shopping"]);
	await page.getByRole("link", { name: "Show all" }).click();
	await page.getByRole("link", { name: "Delete Shopping" }).click();
	await page.getByRole("heading", { name: "Delete this note?" }).waitFor();
	await page.getByRole("button", { name: "Delete" }).click();
	await showsTitles(page, ["A walk"]);

	// The theme.
	await page.getByRole("button", { name: "Dark" }).click();
	expect(await page.getByRole("button", { name: "Dark" }).getAttribute("aria-pressed")).toBe(
		"true",
	);

	// The address is confirmed by the mail in the mailbox, with one press.
	const verify = await notebook.openWindow(
		context,
		await mailedLink(page, { to: email, path: "/verify" }),
	);
	await verify.getByRole("button", { name: "Confirm the address" }).click();
	await verify.getByRole("heading", { name: "Your address is confirmed" }).waitFor();
	await page.getByRole("link", { name: "Account of" }).click();
	await page.getByText("Confirmed", { exact: true }).waitFor();

	// A second browser, which is signed out from the first.
	const other = await notebook.openWindow(
		await notebook.openBrowser({ javaScriptEnabled }),
		"/sign-in",
	);
	await enter(other, { email });
	await showsTitles(other, ["A walk"]);
	await page.reload();
	await page.getByRole("button", { name: "Sign out all others" }).click();
	await page.getByRole("button", { name: "Sign out all others" }).waitFor({ state: "hidden" });
	await other.reload();
	await other.getByRole("alert").getByText("You were signed out.").waitFor();

	// That one resets the password, by the mail in the mailbox.
	await other.getByRole("link", { name: "Forgot your password?" }).click();
	await other.getByLabel("Email").fill(email);
	await other.getByRole("button", { name: "Send the link" }).click();
	await other.getByText("If there is an account with this address").waitFor();
	await other.goto(await mailedLink(page, { to: email, path: "/reset" }));
	await other.getByRole("textbox", { name: "New password" }).fill("password1");
	await other.getByRole("button", { name: "Set the password" }).click();
	await other.getByText("This password is too easy to guess.").waitFor();
	await other.getByRole("textbox", { name: "New password" }).fill("another horse battery");
	await other.getByRole("button", { name: "Set the password" }).click();
	await other.getByText("Your new password is set").waitFor();
	await enter(other, { email, password: "another horse battery" });
	await showsTitles(other, ["A walk"]);

	// Another password, and all data as a file.
	await other.getByRole("link", { name: "Account of" }).click();
	await other.getByLabel("Current password").fill("another horse battery");
	await other.getByRole("textbox", { name: "New password" }).fill(password);
	await other.getByRole("button", { name: "Change password" }).click();
	await other.getByText("Your password is changed.").waitFor();
	const started = other.waitForEvent("download");
	await other.getByRole("link", { name: "Export" }).click();
	expect((await started).suggestedFilename()).toMatch(/^export-.*\.jsonl$/);

	// Signing out and in, and the end of the account.
	await other.getByRole("button", { name: "Sign out", exact: true }).click();
	await enter(other, { email });
	await other.getByRole("link", { name: "Account of" }).click();
	await other.getByRole("link", { name: "Delete account…" }).click();
	await other.getByLabel("Your password").fill(password);
	await other.getByRole("button", { name: "Delete for good" }).click();
	await other.getByText("Your account and all of your notes are deleted.").waitFor();
	await enter(other, { email });
	await other.getByRole("alert").getByText("Email or password is wrong.").waitFor();
});
