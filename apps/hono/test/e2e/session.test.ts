import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { enter, newEmail, note, showsTitles, useNotebook, write } from "./fixture.js";

const notebook = useNotebook();

async function openWelcome(): Promise<Page> {
	return notebook.openWindow(await notebook.openBrowser());
}

const field = (page: Page, label: string) => page.getByLabel(label, { exact: true });

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
		notebook.expectProblems(/status of 400 .* \/api\/signup$/);
		const page = await openWelcome();
		await page.getByRole("button", { name: "Create an account" }).click();

		await enter(page, { email: "", password: "", button: "Create an account" });
		expect(await described(page, "Email")).toBe("Enter your email address.");

		await enter(page, { email: "ada@example.com", password: "short", button: "Create an account" });
		await page.getByText("A password has 8 to 256 characters.").waitFor();
		expect(await described(page, "Password")).toBe("A password has 8 to 256 characters.");
		expect(await field(page, "Password").getAttribute("aria-invalid")).toBe("true");
		expect(await field(page, "Email").getAttribute("aria-invalid")).toBeNull();

		await enter(page, { email: "ada", button: "Create an account" });
		await expect.poll(() => described(page, "Email")).toMatch(/email/i);
		expect(await field(page, "Email").evaluate((input) => input === document.activeElement)).toBe(
			true,
		);
	});

	it("says that an email is taken, and tells a stranger from nobody", async () => {
		notebook.expectProblems(/status of 409 .* \/api\/signup$/, /status of 401 .* \/api\/login$/);
		const { email } = await notebook.signUp();
		const page = await openWelcome();

		for (const address of [email, newEmail()]) {
			await enter(page, { email: address, password: "not the password" });
			await page.getByRole("alert").getByText("Email or password is wrong.").waitFor();
			await page.reload();
		}

		await page.getByRole("button", { name: "Create an account" }).click();
		await enter(page, { email, button: "Create an account" });
		await page.getByText("An account with this email exists already.").waitFor();
		expect(await described(page, "Email")).toBe("An account with this email exists already.");

		await page.getByRole("button", { name: "Sign in" }).click();
		await enter(page, { email });
		await page.getByText("Live", { exact: true }).waitFor();
	});
});

describe("a session", () => {
	it("survives a reload, and the way in does not flash by", async () => {
		const { page } = await notebook.signUp();
		await write(page, "Still here");
		await note(page, "Still here").waitFor();
		await page.addInitScript(() => {
			const seen: string[] = [];
			Object.assign(window, { seen });
			const look = () => {
				if (document.getElementById("welcome")?.checkVisibility()) seen.push("welcome");
				requestAnimationFrame(look);
			};
			look();
		});
		await page.reload();
		await note(page, "Still here").waitFor();
		expect(await page.evaluate(() => Reflect.get(window, "seen"))).toEqual([]);
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
	await page.getByRole("radio", { name: "Dark" }).click();
	await page.getByRole("alert").getByText("The theme was not saved.").waitFor();
	expect(await page.getByRole("radio", { name: "System" }).isChecked()).toBe(true);
	await page.unroute("**/data");
	await page.getByRole("radio", { name: "Dark" }).check();
	await expect.poll(() => page.getByRole("alert").count()).toBe(0);

	await breakDown("/api/posts/*");
	await note(page, "Safe").getByRole("button", { name: "Delete Safe" }).click();
	await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
	await page.getByRole("alert").getByText("The server can't be reached.").waitFor();
	await showsTitles(page, ["Safe"]);
	await page.getByRole("button", { name: "Dismiss" }).click();

	await breakDown("/api/me");
	await breakDown("/api/posts");
	await page.reload();
	await page.getByText("The server can't be reached.").waitFor();
	await page.unroute("**/api/me");
	// The list is asked for at once, and again when the socket is open.
	let failures = 0;
	page.on("requestfailed", (request) => {
		if (new URL(request.url()).pathname === "/api/posts") failures++;
	});
	await page.getByRole("button", { name: "Try again" }).click();
	await expect.poll(() => failures).toBe(2);
	await page.getByText("Your notes could not be loaded.").waitFor();
	await page.unroute("**/api/posts");
	await page.getByRole("button", { name: "Try again" }).click();
	await showsTitles(page, ["Safe"]);
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
	const page = await openWelcome();
	const { keyboard } = page;
	const focused = () =>
		page.evaluate(() => {
			const { activeElement: element } = document;
			return element?.getAttribute("aria-label") ?? element?.id ?? "";
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
	await tabTo("switch");
	await keyboard.press("Enter");
	expect(await focused()).toBe("email");
	await keyboard.type(newEmail());
	await keyboard.press("Tab");
	await keyboard.type("correct horse battery");
	await keyboard.press("Enter");
	await page.getByText("Live", { exact: true }).waitFor();

	// From the heading of the notes to the form for a new one.
	await keyboard.press("Tab");
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
