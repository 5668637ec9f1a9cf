import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { enter, mailedLink, note, password, useNotebook, write } from "./fixture.js";

const notebook = useNotebook();

const agents = {
	firefox: "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
	safari:
		"Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1",
};

const live = (page: Page) => page.getByText("Live", { exact: true });

const sessions = (page: Page) =>
	page.getByRole("region", { name: "Where you are signed in" }).getByRole("listitem");

async function openAccount(page: Page): Promise<void> {
	await page.getByRole("link", { name: "Account of" }).click();
	await page.getByRole("heading", { name: "Your account" }).waitFor();
}

it("takes an account from its sign-up to its end, on two browsers", async () => {
	// Sign up.
	const first = await notebook.signUp({ userAgent: agents.firefox });
	const { email } = first;
	const { page } = first;
	await write(page, "Mine");
	await note(page, "Mine").waitFor();
	await openAccount(page);
	await page.getByText("Not confirmed yet.").waitFor();

	// Verify, by the mail in the mailbox.
	const verify = await notebook.openWindow(
		first.context,
		await mailedLink(page, { to: email, path: "/verify" }),
	);
	await verify.getByRole("heading", { name: "Your address is confirmed" }).waitFor();
	expect(verify.url()).toBe(`${notebook.app.url}/verify`);
	await verify.close();
	// Without a reload.
	await page.getByText("Confirmed", { exact: true }).waitFor();
	expect(await page.getByText("Not confirmed yet.").isVisible()).toBe(false);
	await expect.poll(() => sessions(page).count()).toBe(1);

	// Sign in on a second browser, and see both sessions in the first one's list, which is open.
	const second = await notebook.openBrowser({ userAgent: agents.safari });
	const other = await notebook.openWindow(second, "/sign-in");
	await enter(other, { email });
	await live(other).waitFor();
	await note(other, "Mine").waitFor();
	await expect.poll(() => sessions(page).count()).toBe(2);
	await expect
		.poll(() => sessions(page).allInnerTexts())
		.toEqual([
			expect.stringMatching(/^Firefox on Linux.*This one/s),
			expect.stringMatching(/^Safari on (iOS|iPhone)(?!.*This one)/s),
		]);

	// Revoke one from the other, which leaves its page.
	await sessions(page)
		.nth(1)
		.getByRole("button", { name: /^Sign out Safari/ })
		.click();
	await other.getByRole("alert").getByText("You were signed out.").waitFor();
	expect(await other.content()).not.toContain("Mine");
	await expect.poll(() => sessions(page).count()).toBe(1);
	await live(page).waitFor();

	// Reset the password, from the browser that was signed out.
	await other.getByRole("link", { name: "Forgot your password?" }).click();
	await other.getByLabel("Email").fill(email);
	await other.getByRole("button", { name: "Send the link" }).click();
	await other.getByText("If there is an account with this address").waitFor();
	await other.goto(await mailedLink(page, { to: email, path: "/reset" }));
	await other.getByRole("textbox", { name: "New password" }).fill("another horse battery");
	await other.getByRole("button", { name: "Set the password" }).click();
	await other.getByText("Your new password is set").waitFor();
	await page.getByRole("alert").getByText("You were signed out.").waitFor();
	await enter(other, { email });
	await other.getByRole("alert").getByText("Email or password is wrong.").waitFor();
	await enter(other, { email, password: "another horse battery" });
	await note(other, "Mine").waitFor();

	// Delete the account.
	await enter(page, { email, password: "another horse battery" });
	await live(page).waitFor();
	await openAccount(other);
	await other.getByRole("link", { name: "Delete account…" }).click();
	await other.getByLabel("Your password").fill("another horse battery");
	await other.getByRole("button", { name: "Delete for good" }).click();
	await other
		.getByRole("status")
		.getByText("Your account and all of your notes are deleted.")
		.waitFor();
	expect(await other.getByRole("alert").count()).toBe(0);
	await page.getByRole("alert").getByText("You were signed out.").waitFor();
	await enter(page, { email, password: "another horse battery" });
	await page.getByRole("alert").getByText("Email or password is wrong.").waitFor();

	// The address is free, and nothing of the account is left.
	await page.getByRole("link", { name: "Create an account" }).click();
	await enter(page, { email, button: "Create an account" });
	await page.getByRole("heading", { name: "No notes yet" }).waitFor();
});

describe("the account", () => {
	it("changes the password, which signs out all other browsers and not this one", async () => {
		const { page, email } = await notebook.signUp();
		const other = await notebook.openWindow(await notebook.openBrowser(), "/sign-in");
		await enter(other, { email });
		await live(other).waitFor();
		await openAccount(page);

		const change = async (old: string, next: string) => {
			await page.getByRole("textbox", { name: "Current password" }).fill(old);
			await page.getByRole("textbox", { name: "New password" }).fill(next);
			await page.getByRole("button", { name: "Change password" }).click();
		};
		await change("not the password", "another horse battery");
		await page.getByText("The current password is wrong.").waitFor();
		expect(
			await page.getByRole("textbox", { name: "Current password" }).getAttribute("aria-invalid"),
		).toBe("true");
		await change("correct horse battery", "password1");
		await page.getByText("This password is too easy to guess.").waitFor();
		expect(
			await page.getByRole("textbox", { name: "New password" }).getAttribute("aria-invalid"),
		).toBe("true");

		await change("correct horse battery", "another horse battery");
		await page.getByRole("status").getByText("Your password is changed.").waitFor();
		await other.getByRole("alert").getByText("You were signed out.").waitFor();
		expect(await page.getByRole("textbox", { name: "New password" }).inputValue()).toBe("");
		await enter(other, { email, password: "another horse battery" });
		await live(other).waitFor();
	});

	it("signs out all others at once, and hears of a session that was ended elsewhere", async () => {
		const { page, email } = await notebook.signUp();
		await openAccount(page);
		const others = await Promise.all(
			[1, 2].map(async () => notebook.openWindow(await notebook.openBrowser(), "/sign-in")),
		);
		for (const other of others) {
			await enter(other, { email });
			await live(other).waitFor();
		}
		await expect.poll(() => sessions(page).count()).toBe(3);

		await others[0]?.getByRole("button", { name: "Sign out", exact: true }).click();
		await expect.poll(() => sessions(page).count()).toBe(2);

		await page.getByRole("button", { name: "Sign out all others" }).click();
		await others[1]?.getByRole("alert").getByText("You were signed out.").waitFor();
		await expect.poll(() => sessions(page).count()).toBe(1);
		// The button went away under the focus.
		const focused = () => page.evaluate(() => document.activeElement?.id);
		await expect.poll(focused).toBe("sessions-heading");
	});

	it("gives all data as a file", async () => {
		const { page, email } = await notebook.signUp();
		await write(page, "To take along");
		await note(page, "To take along").waitFor();
		await openAccount(page);
		const started = page.waitForEvent("download");
		await page.getByRole("link", { name: "Export" }).click();
		const download = await started;
		expect(download.suggestedFilename()).toMatch(/^export-\d{4}-\d\d-\d\d\.jsonl$/);
		const chunks: Buffer[] = [];
		for await (const chunk of await download.createReadStream()) chunks.push(chunk);
		const text = Buffer.concat(chunks).toString();
		expect(text).toContain("To take along");
		expect(text).toContain(email);
		expect(text.trim().split("\n").at(-1)).toContain('"type":"end"');
	});

	it("is not deleted without the right password", async () => {
		const { page } = await notebook.signUp();
		await openAccount(page);
		await page.getByRole("link", { name: "Delete account…" }).click();
		await page.getByText("Nobody can bring them back.").waitFor();
		await page.getByRole("textbox", { name: "Your password" }).fill("not the password");
		await page.keyboard.press("Enter");
		await page.getByText("The current password is wrong.").waitFor();
		const field = page.getByRole("textbox", { name: "Your password" });
		expect(await field.evaluate((input) => input === document.activeElement)).toBe(true);
		expect(await field.inputValue()).toBe("");
		await page.getByRole("link", { name: "Keep it" }).click();
		await page.getByRole("link", { name: "Back to your notes" }).click();
		await page.getByRole("heading", { name: "No notes yet" }).waitFor();
		await page.goBack();
		await page.getByRole("heading", { name: "Your account" }).waitFor();
		await page.reload();
		await page.getByRole("heading", { name: "Your account" }).waitFor();
	});
});

describe("a mailed link", () => {
	it("asks for the password where nobody is signed in, since it may be a stranger's", async () => {
		const { page, email } = await notebook.signUp();
		const link = await mailedLink(page, { to: email, path: "/verify" });
		const verify = await notebook.openWindow(await notebook.openBrowser(), link);
		await verify.getByRole("heading", { name: "Is it you?" }).waitFor();
		// The token stays neither in the address nor in the history.
		expect(verify.url()).toBe(`${notebook.app.url}/verify`);
		const field = verify.getByRole("textbox", { name: "Password" });
		await field.fill("not the password");
		await verify.keyboard.press("Enter");
		await verify.getByText("The current password is wrong.").waitFor();
		await field.fill(password);
		await verify.keyboard.press("Enter");
		await verify.getByRole("heading", { name: "Your address is confirmed" }).waitFor();
	});

	it("asks for it, too, where somebody else is signed in", async () => {
		const { page, email } = await notebook.signUp();
		const link = await mailedLink(page, { to: email, path: "/verify" });
		const { context } = await notebook.signUp();
		const verify = await notebook.openWindow(context, link);
		await verify.getByRole("heading", { name: "Is it you?" }).waitFor();
		expect(await verify.getByRole("alert").count()).toBe(0);
	});

	it("works once, and its page says so and what to do", async () => {
		const { context, page, email } = await notebook.signUp();
		const link = await mailedLink(page, { to: email, path: "/verify" });
		const verify = await notebook.openWindow(context, link);
		await verify.getByRole("heading", { name: "Your address is confirmed" }).waitFor();
		await verify.goto("/verify?token=spent");
		await verify.getByRole("heading", { name: "This link does not work" }).waitFor();
		await verify.getByRole("link", { name: "Go to your account" }).click();
		await verify.getByRole("heading", { name: "Your account" }).waitFor();

		const browser = await notebook.openBrowser();
		const reset = await notebook.openWindow(browser, "/reset?token=spent");
		await reset.getByRole("textbox", { name: "New password" }).fill("another horse battery");
		await reset.keyboard.press("Enter");
		await reset.getByRole("heading", { name: "This link does not work" }).waitFor();
		await reset.getByRole("link", { name: "Send me a new link" }).click();
		await reset.getByRole("button", { name: "Send the link" }).waitFor();
	});
});
