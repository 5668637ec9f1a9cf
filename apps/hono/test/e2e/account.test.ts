import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { enter, mailedLink, newEmail, note, password, useNotebook, write } from "./fixture.js";

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

/** Notes in the page itself when the event or the view comes, by the clock that all pages share. */
async function noteTime(page: Page, what: "press" | "welcome"): Promise<() => Promise<number>> {
	await page.evaluate((what) => {
		const noted = () => Object.assign(window, { notedAt: Date.now() });
		if (what === "press") {
			document.addEventListener("click", noted, { capture: true, once: true });
			return;
		}
		const welcome = document.getElementById("welcome");
		const observer = new MutationObserver(() => {
			if (!welcome?.checkVisibility()) return;
			observer.disconnect();
			noted();
		});
		if (welcome) observer.observe(welcome, { attributes: true });
	}, what);
	return () => page.evaluate(() => Number(Reflect.get(window, "notedAt")));
}

it("takes an account from its sign-up to its end, on two browsers", async () => {
	notebook.expectProblems(/status of 401 .* \/api\/login$/);

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
	const other = await notebook.openWindow(second);
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

	// Revoke one from the other: it is signed out within a second.
	const pressedAt = await noteTime(page, "press");
	const signedOutAt = await noteTime(other, "welcome");
	await sessions(page)
		.nth(1)
		.getByRole("button", { name: /^Sign out Safari/ })
		.click();
	await other.getByRole("alert").getByText("You were signed out.").waitFor();
	const took = (await signedOutAt()) - (await pressedAt());
	expect(took).toBeGreaterThanOrEqual(0);
	// By its socket and not by asking again, which it does every five seconds; no busy machine may fail.
	expect(took, "milliseconds from the press to the sign-in form").toBeLessThan(4000);
	expect(await other.content()).not.toContain("Mine");
	await expect.poll(() => sessions(page).count()).toBe(1);
	await live(page).waitFor();

	// Reset the password, from the browser that was signed out.
	await other.getByRole("button", { name: "Forgot your password?" }).click();
	await other.getByLabel("Email").fill(email);
	await other.getByRole("button", { name: "Send the link" }).click();
	await other.getByText("If there is an account with this address").waitFor();
	await other.goto(await mailedLink(page, { to: email, path: "/reset" }));
	await other.getByRole("textbox", { name: "New password" }).fill("another horse battery");
	await other.getByRole("button", { name: "Set the password" }).click();
	await other.getByRole("heading", { name: "Your new password is set" }).waitFor();
	await page.getByRole("alert").getByText("You were signed out.").waitFor();
	await other.getByRole("link", { name: "Sign in" }).click();
	await enter(other, { email });
	await other.getByRole("alert").getByText("Email or password is wrong.").waitFor();
	await enter(other, { email, password: "another horse battery" });
	await note(other, "Mine").waitFor();

	// Delete the account.
	await enter(page, { email, password: "another horse battery" });
	await live(page).waitFor();
	await openAccount(other);
	await other.getByRole("button", { name: "Delete account…" }).click();
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
	await page.getByRole("button", { name: "Create an account" }).click();
	await enter(page, { email, button: "Create an account" });
	await page.getByRole("heading", { name: "No notes yet" }).waitFor();
});

describe("the account", () => {
	it("changes the password, which signs out all other browsers and not this one", async () => {
		notebook.expectProblems(/status of (400|403) .* \/api\/password\/change$/);
		const { page, email } = await notebook.signUp();
		const other = await notebook.openWindow(await notebook.openBrowser());
		await enter(other, { email });
		await live(other).waitFor();
		await openAccount(page);

		const change = async (old: string, next: string) => {
			await page.getByLabel("Current password").fill(old);
			await page.getByRole("textbox", { name: "New password" }).fill(next);
			await page.getByRole("button", { name: "Change password" }).click();
		};
		await change("not the password", "another horse battery");
		await page.getByText("The current password is wrong.").waitFor();
		expect(await page.getByLabel("Current password").getAttribute("aria-invalid")).toBe("true");
		await change("correct horse battery", "password1");
		await page.getByText("This password is too easy to guess.").waitFor();
		expect(await page.getByLabel("New password").getAttribute("aria-invalid")).toBe("true");

		await change("correct horse battery", "another horse battery");
		await page.getByRole("status").getByText("Your password is changed.").waitFor();
		await other.getByRole("alert").getByText("You were signed out.").waitFor();
		expect(await page.getByLabel("New password").inputValue()).toBe("");
		await enter(other, { email, password: "another horse battery" });
		await live(other).waitFor();
	});

	it("signs out all others at once, and hears of a session that was ended elsewhere", async () => {
		const { page, email } = await notebook.signUp();
		await openAccount(page);
		const others = await Promise.all(
			[1, 2].map(async () => notebook.openWindow(await notebook.openBrowser())),
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

	it("is not deleted without the right password, nor by Escape", async () => {
		notebook.expectProblems(/status of 403 .* \/api\/me$/);
		const { page } = await notebook.signUp();
		await openAccount(page);
		const open = page.getByRole("button", { name: "Delete account…" });
		await open.focus();
		await page.keyboard.press("Enter");
		await page.getByRole("dialog").getByText("Nobody can bring them back.").waitFor();
		await page.getByLabel("Your password").fill("not the password");
		await page.keyboard.press("Enter");
		await page.getByRole("dialog").getByText("The current password is wrong.").waitFor();
		await page.keyboard.press("Escape");
		await page.getByRole("dialog").waitFor({ state: "hidden" });
		expect(await open.evaluate((button) => button === document.activeElement)).toBe(true);
		await expect.poll(() => page.getByLabel("Your password").inputValue()).toBe("");

		await page.getByRole("link", { name: "Back to your notes" }).click();
		await page.getByRole("heading", { name: "No notes yet" }).waitFor();
		await page.goBack();
		await page.getByRole("heading", { name: "Your account" }).waitFor();
		await page.reload();
		await page.getByRole("heading", { name: "Your account" }).waitFor();
	});
});

describe("a mailed link", () => {
	it("is asked for with the same answer whether there is an account or not", async () => {
		const { email } = await notebook.signUp();
		const answers = new Set<string>();
		for (const address of [email, newEmail()]) {
			const page = await notebook.openWindow(await notebook.openBrowser());
			await page.getByRole("button", { name: "Forgot your password?" }).click();
			await page.getByLabel("Email").fill(address);
			await page.getByRole("button", { name: "Send the link" }).click();
			await page.getByText("If there is an account with this address").waitFor();
			answers.add(await page.locator("#welcome").innerText());
		}
		expect(answers.size).toBe(1);
	});

	it("asks for the password where nobody is signed in, since it may be a stranger's", async () => {
		notebook.expectProblems(/status of 403 .* \/api\/email-verification\/confirm$/);
		const { page, email } = await notebook.signUp();
		const link = await mailedLink(page, { to: email, path: "/verify" });
		const verify = await notebook.openWindow(await notebook.openBrowser(), link);
		await verify.getByRole("heading", { name: "Is it you?" }).waitFor();
		const field = verify.getByRole("textbox", { name: "Password" });
		await field.fill("not the password");
		await verify.keyboard.press("Enter");
		await verify.getByText("The current password is wrong.").first().waitFor();
		await field.fill(password);
		await verify.keyboard.press("Enter");
		await verify.getByRole("heading", { name: "Your address is confirmed" }).waitFor();
	});

	it("works once, and its page says so and what to do", async () => {
		notebook.expectProblems(
			/status of 400 .* \/api\/(email-verification|password-reset)\/confirm$/,
		);
		const { context, page, email } = await notebook.signUp();
		const link = await mailedLink(page, { to: email, path: "/verify" });
		const verify = await notebook.openWindow(context, link);
		await verify.getByRole("heading", { name: "Your address is confirmed" }).waitFor();
		// The same window, and only the fragment is another: the browser does not load the page again.
		await verify.goto(`${notebook.app.url}/verify#token=spent`);
		await verify.getByRole("heading", { name: "This link does not work" }).waitFor();
		expect(verify.url()).toBe(`${notebook.app.url}/verify`);
		await verify.getByRole("link", { name: "Go to your account" }).click();
		await verify.getByRole("heading", { name: "Your account" }).waitFor();

		const reset = await notebook.openWindow(await notebook.openBrowser(), "/reset#token=spent");
		await reset.getByRole("textbox", { name: "New password" }).fill("another horse battery");
		await reset.keyboard.press("Enter");
		await reset.getByRole("heading", { name: "This link does not work" }).waitFor();
		await reset.getByRole("link", { name: "Send me a new link" }).click();
		await reset.getByRole("button", { name: "Send the link" }).waitFor();

		await reset.goto("/reset");
		await reset.getByRole("heading", { name: "This link is not complete" }).waitFor();
	});

	it("is not lost while the server can't be reached", async () => {
		notebook.expectProblems(/net::ERR_FAILED/);
		const { context, page, email } = await notebook.signUp();
		const link = await mailedLink(page, { to: email, path: "/verify" });
		await context.route("**/api/email-verification/confirm", (route) => route.abort());
		const verify = await notebook.openWindow(context, link);
		await verify.getByText("The server can't be reached.").waitFor();
		await context.unroute("**/api/email-verification/confirm");
		await verify.getByRole("button", { name: "Try again" }).click();
		await verify.getByRole("heading", { name: "Your address is confirmed" }).waitFor();
	});
});
