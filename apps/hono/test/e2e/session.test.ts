import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { enter, newEmail, note, showsTitles, useNotebook, write } from "./fixture.js";

const notebook = useNotebook();

const openDoor = async (path: string): Promise<Page> =>
	notebook.openWindow(await notebook.openBrowser(), path);

const field = (page: Page, name: string) => page.getByRole("textbox", { name });

/** What a screen reader says of the field beside its name. */
const described = (page: Page, label: string) =>
	field(page, label).evaluate((input) =>
		(input.getAttribute("aria-describedby") ?? "")
			.split(" ")
			.map((id) => document.getElementById(id))
			.filter((element) => element?.checkVisibility())
			.map((element) => element?.textContent)
			.join(" "),
	);

describe("the way in", () => {
	it("says which field is wrong, beside it", async () => {
		const page = await openDoor("/sign-up");
		await enter(page, { email: newEmail(), password: "password1", button: "Create an account" });
		await page.getByText("This password is too easy to guess.").waitFor();
		expect(await described(page, "Password")).toBe("This password is too easy to guess.");
		expect(await field(page, "Password").getAttribute("aria-invalid")).toBe("true");
		expect(await field(page, "Email").getAttribute("aria-invalid")).toBeNull();
		expect(
			await field(page, "Password").evaluate((input) => input === document.activeElement),
		).toBe(true);
		// A reload does not tell it once more.
		expect(page.url()).toBe(`${notebook.app.url}/sign-up`);

		// The browser itself lets nothing out that can't be right.
		await enter(page, { email: "ada", button: "Create an account" });
		expect(await page.locator(":invalid").count()).toBeGreaterThan(0);

		await enter(page, { email: "ada@localhost", button: "Create an account" });
		await page.getByText("Enter an email address").waitFor();
	});

	it("says that an email is taken, and tells a stranger from nobody", async () => {
		const { email } = await notebook.signUp();
		const page = await openDoor("/sign-in");
		for (const address of [email, newEmail()]) {
			await enter(page, { email: address, password: "not the password" });
			await page.getByRole("alert").getByText("Email or password is wrong.").waitFor();
			await page.reload();
		}

		await page.getByRole("link", { name: "Create an account" }).click();
		await enter(page, { email, button: "Create an account" });
		await page.getByText("An account with this email exists already.").waitFor();
		expect(await described(page, "Email")).toBe("An account with this email exists already.");

		await page.getByRole("link", { name: "Sign in" }).click();
		await enter(page, { email });
		await page.getByText("Live", { exact: true }).waitFor();
	});

	it("shows a password to who asks for it", async () => {
		const page = await openDoor("/sign-in");
		await field(page, "Password").fill("correct horse battery");
		await page.getByRole("button", { name: "Show password" }).click();
		expect(await field(page, "Password").getAttribute("type")).toBe("text");
		await page.getByRole("button", { name: "Hide password" }).click();
		expect(await field(page, "Password").getAttribute("type")).toBe("password");
	});
});

describe("a session", () => {
	it("survives a reload, and what the server has rendered stays as it is", async () => {
		const { page } = await notebook.signUp();
		await write(page, "Still here");
		await note(page, "Still here").waitFor();
		await page.addInitScript(() => {
			addEventListener("DOMContentLoaded", () => {
				Object.assign(window, { rendered: document.querySelector("#notes li") });
			});
		});
		await page.reload();
		await page.getByText("Live", { exact: true }).waitFor();
		const id = await page.locator("#notes li").getAttribute("data-id");
		await page.request.patch(`/api/posts/${id}`, { data: { title: "Still here, and changed" } });
		await note(page, "Still here, and changed").waitFor();
		// The script has taken over the very element.
		expect(
			await page.evaluate(
				() => Reflect.get(window, "rendered") === document.querySelector("#notes li"),
			),
		).toBe(true);
	});

	it("ends in every window of the browser, which then hold nothing of it", async () => {
		const { context, page, email } = await notebook.signUp();
		await write(page, "Private");
		const other = await notebook.openWindow(context);
		await note(other, "Private").waitFor();
		await other.getByText("Live", { exact: true }).waitFor();

		await page.getByRole("button", { name: "Sign out" }).click();
		await page.getByRole("heading", { name: "Sign in" }).waitFor();
		await other.getByRole("alert").getByText("You were signed out.").waitFor();
		for (const window of [page, other]) {
			expect(await window.content()).not.toContain("Private");
			expect(await window.content()).not.toContain(email);
		}
		// Who signed out knows why.
		expect(await page.getByRole("alert").count()).toBe(0);

		await enter(other, { email });
		await showsTitles(other, ["Private"]);
	});
});

it("says what went wrong, keeps what was there, and tries again", async () => {
	notebook.expectProblems(/net::ERR_FAILED/);
	const { page } = await notebook.signUp();
	await write(page, "Safe");
	await note(page, "Safe").waitFor();
	const breakDown = (path: string) => page.route(`**${path}`, (route) => route.abort());

	await breakDown("/data");
	await page.getByRole("button", { name: "Dark" }).click();
	await page.getByRole("alert").getByText("The theme was not saved.").waitFor();
	const system = page.getByRole("button", { name: "System" });
	expect(await system.getAttribute("aria-pressed")).toBe("true");
	await page.unroute("**/data");
	await page.getByRole("button", { name: "Dark" }).click();
	await expect.poll(() => page.getByRole("alert").count()).toBe(0);

	await breakDown("/api/batch");
	await note(page, "Safe").getByRole("link", { name: "Delete Safe" }).click();
	await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
	await page.getByRole("alert").getByText("The server can't be reached.").waitFor();
	await showsTitles(page, ["Safe"]);
	await page.getByRole("button", { name: "Dismiss" }).click();

	// A list that can't be had is the one that the server has rendered.
	await breakDown("/api/posts?*");
	await page.reload();
	await showsTitles(page, ["Safe"]);
	await page.unroute("**/api/posts?*");
	await page.unroute("**/api/batch");
	await write(page, "Safe again");
	await showsTitles(page, ["Safe again", "Safe"]);
});

it("asks again at once, before the browser has told that the first question was closed", async () => {
	const { page } = await notebook.signUp();
	await write(page, "Asked twice");
	await note(page, "Asked twice").waitFor();
	// In one task of the page: the event of a dialog's closing comes in a later one.
	await page.evaluate(() => {
		const button = document.querySelector<HTMLElement>('[aria-label="Delete Asked twice"]');
		button?.click();
		document.querySelector("dialog")?.close();
		button?.click();
	});
	await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
	await showsTitles(page, []);
	expect(await page.getByRole("alert").count()).toBe(0);
});

it("is a page that the keyboard alone can use", async () => {
	const page = await openDoor("/sign-in");
	const { keyboard } = page;
	const focused = () =>
		page.evaluate(() => {
			const { activeElement: element } = document;
			return (
				element?.getAttribute("aria-label") ??
				(element?.id || element?.getAttribute("name") || element?.textContent) ??
				""
			);
		});
	/** Presses Tab until the focus is where it should be. */
	async function tabTo(name: string): Promise<void> {
		for (let presses = 0; presses < 20; presses++) {
			if ((await focused()) === name) return;
			await keyboard.press("Tab");
		}
		throw new Error(`Tab does not reach ${name}`);
	}

	// The field for the email has the focus from the start.
	await page.getByRole("heading", { name: "Sign in" }).waitFor();
	expect(await focused()).toBe("email");
	await tabTo("Create an account");
	await keyboard.press("Enter");
	await page.getByRole("heading", { name: "Create an account" }).waitFor();
	expect(await focused()).toBe("email");
	await keyboard.type(newEmail());
	await keyboard.press("Tab");
	await keyboard.type("correct horse battery");
	await keyboard.press("Enter");
	await page.getByText("Live", { exact: true }).waitFor();

	await tabTo("title");
	await keyboard.type("By hand");
	await keyboard.press("Tab");
	await keyboard.type("No mouse");
	await keyboard.press("Control+Enter");
	await showsTitles(page, ["By hand"]);

	await tabTo("Edit By hand");
	await keyboard.press("Enter");
	await keyboard.type("Typed ");
	await keyboard.press("Escape");
	await showsTitles(page, ["By hand"]);
	expect(await focused()).toBe("Edit By hand");

	await keyboard.press("Enter");
	await keyboard.press("Home");
	await keyboard.type("All ");
	await keyboard.press("Enter");
	await showsTitles(page, ["All By hand"]);
	expect(await focused()).toBe("Edit All By hand");

	await tabTo("Delete All By hand");
	await keyboard.press("Enter");
	await page.getByRole("dialog").waitFor();
	await keyboard.press("Escape");
	await showsTitles(page, ["All By hand"]);
	expect(await focused()).toBe("Delete All By hand");
	await keyboard.press("Enter");
	await page.getByRole("dialog").waitFor();
	await keyboard.press("Tab");
	await keyboard.press("Enter");
	await showsTitles(page, []);
	expect(await focused()).toBe("notes-heading");
});
