import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { composer, editor, note, showsTitles, useNotebook, write } from "./fixture.js";

const notebook = useNotebook();

async function openTwo() {
	const { context, page: one, email } = await notebook.signUp();
	const two = await notebook.openWindow(context);
	await two.getByText("Live", { exact: true }).waitFor();
	return { one, two, email };
}

const theme = (page: Page) => page.evaluate(() => document.documentElement.dataset.theme);
const background = (page: Page) =>
	page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);

describe("two windows of one user", () => {
	it("show a note that is added, changed and deleted in the other", async () => {
		const { one, two } = await openTwo();
		await two.getByRole("heading", { name: "No notes yet" }).waitFor();

		await write(one, "Groceries", "Bread\n<b>butter</b>");
		await note(two, "Groceries").getByText("<b>butter</b>").waitFor();

		await note(two, "Groceries").getByRole("link", { name: "Edit Groceries" }).click();
		await editor(two).getByLabel("Title").fill("Shopping");
		await editor(two).getByRole("button", { name: "Save" }).click();
		await note(one, "Shopping").waitFor();
		await showsTitles(one, ["Shopping"]);

		await note(one, "Shopping").getByRole("link", { name: "Delete Shopping" }).click();
		await one.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
		await two.getByRole("heading", { name: "No notes yet" }).waitFor();
		await showsTitles(two, []);
		await showsTitles(one, []);
	});

	it("never touch what is being written", async () => {
		const { one, two } = await openTwo();
		await write(one, "Plan");
		await note(two, "Plan").waitFor();

		await composer(two).getByLabel("Title").fill("Half a thou");
		await note(two, "Plan").getByRole("link", { name: "Edit Plan" }).click();
		await editor(two).getByLabel("Text").fill("my words");

		await note(one, "Plan").getByRole("link", { name: "Edit Plan" }).click();
		await editor(one).getByLabel("Text").fill("their words");
		await editor(one).getByRole("button", { name: "Save" }).click();

		await editor(two).getByText("This note was changed in another window").waitFor();
		expect(await editor(two).getByLabel("Text").inputValue()).toBe("my words");
		expect(await composer(two).getByLabel("Title").inputValue()).toBe("Half a thou");
		await editor(two).getByRole("button", { name: "Show the new text" }).click();
		expect(await editor(two).getByLabel("Text").inputValue()).toBe("their words");

		// Deleted under the hands of the person, whose words become a note of their own.
		await editor(two).getByLabel("Text").fill("my words after all");
		await note(one, "Plan").getByRole("link", { name: "Delete Plan" }).click();
		await one.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
		await editor(two).getByText("This note was deleted in another window").waitFor();
		await editor(two).getByRole("button", { name: "Save" }).click();
		await note(one, "Plan").getByText("my words after all").waitFor();
		await showsTitles(one, ["Plan"]);
		await showsTitles(two, ["Plan"]);
	});

	it("search by words, in notes that are written meanwhile too", async () => {
		const { one, two } = await openTwo();
		await write(one, "Groceries", "bread");
		await write(one, "A walk", "by the river");
		await note(two, "A walk").waitFor();
		await two.getByLabel("Search your notes").fill("bre");
		await showsTitles(two, ["Groceries"]);
		await write(one, "Breakfast", "more bread");
		await showsTitles(two, ["Breakfast", "Groceries"]);
		await two.reload();
		await showsTitles(two, ["Breakfast", "Groceries"]);
		await two.getByLabel("Search your notes").fill("nothing");
		await two.getByRole("heading", { name: "Nothing found" }).waitFor();
		await two.getByLabel("Search your notes").fill("");
		await showsTitles(two, ["Breakfast", "A walk", "Groceries"]);
	});

	it("wear the same theme", async () => {
		const { one, two } = await openTwo();
		const light = await background(two);
		await one.getByRole("button", { name: "Dark" }).click();
		await expect.poll(() => theme(two)).toBe("dark");
		expect(await background(two)).not.toBe(light);
		expect(await two.getByRole("button", { name: "Dark" }).getAttribute("aria-pressed")).toBe(
			"true",
		);

		await two.reload();
		await two.getByText("Live", { exact: true }).waitFor();
		expect(await theme(two)).toBe("dark");

		await two.getByRole("button", { name: "Light" }).click();
		await expect.poll(() => theme(one)).toBe("light");
		expect(await background(one)).toBe(light);
	});
});

it("shows one user nothing of another", async () => {
	const ada = await notebook.signUp();
	const eve = await notebook.signUp();
	await write(eve.page, "Eve was here");
	await write(ada.page, "A secret");
	await ada.page.getByRole("button", { name: "Dark" }).click();
	await showsTitles(ada.page, ["A secret"]);
	await write(eve.page, "Eve is still here");
	await showsTitles(eve.page, ["Eve is still here", "Eve was here"]);
	expect(await theme(eve.page)).toBe("system");
	await eve.page.reload();
	await showsTitles(eve.page, ["Eve is still here", "Eve was here"]);
});

it("says so when the server is gone, and catches up when it is back", async () => {
	const { one, two } = await openTwo();
	await write(one, "Before");
	await note(two, "Before").waitFor();
	notebook.expectProblems(/net::ERR_CONNECTION_REFUSED/, /net::ERR_CONNECTION_RESET/, /WebSocket/);

	await notebook.app.stop();
	await Promise.all([one, two].map((page) => page.getByText("Reconnecting…").waitFor()));

	// What can't be saved is not lost, and the person is told.
	await write(one, "During");
	await composer(one).getByRole("alert").getByText("The server can't be reached").waitFor();
	expect(await composer(one).getByLabel("Title").inputValue()).toBe("During");
	await showsTitles(one, ["Before"]);

	await notebook.app.start();
	await composer(one).getByRole("button", { name: "Add note" }).click();
	await showsTitles(one, ["During", "Before"]);
	await Promise.all([one, two].map((page) => page.getByText("Live", { exact: true }).waitFor()));
	await showsTitles(two, ["During", "Before"]);

	await write(two, "After");
	await showsTitles(one, ["After", "During", "Before"]);
});
