import { looks } from "@tooling/dev";
import { describe, expect, it } from "vitest";
import { add, enter, isLive, shows, useBoard } from "./use-board.js";

const board = useBoard();

describe.each(looks)("on a $name, $colorScheme", ({ name, ...options }) => {
	it("looks right and keeps nobody out", async () => {
		const named = (view: string) => `${name}-${options.colorScheme}-${view}`;
		board.expectProblems(/status of 400 .* \/api\/(signup|batch)$/);
		board.expectProblems(/ERR_CONNECTION/, /ERR_EMPTY_RESPONSE/, /WebSocket/);

		const context = await board.openBrowser(options);
		const page = await board.openWindow(context, board.pageUrl());
		await page.getByRole("heading", { name: "Sign in" }).waitFor();
		await board.look(page, named("1-sign-in"));

		await page.getByRole("button", { name: "Create an account" }).click();
		const email = `ada.lovelace.${name}.${options.colorScheme}@example.com`;
		await enter(page, { email, password: "short", button: "Create an account" });
		await page.getByText("A password has 8 to 256 characters.").waitFor();
		await board.look(page, named("2-field-error"));

		await enter(page, { email, button: "Create an account" });
		await isLive(page);
		await page.getByText("Nothing is waiting.").waitFor();
		await board.look(page, named("3-empty"));

		await add(page, "Water the plants", "2020-01-01");
		await add(page, "A task whose title is longer than the column is wide, as they often are");
		await add(page, "x".repeat(100));
		await add(page, "Book the train to Lisbon", "2099-12-24");
		await add(page, "Answer Charles");
		await shows(page, "To do", [
			"Water the plants",
			"A task whose title is longer than the column is wide, as they often are",
			"x".repeat(100),
			"Book the train to Lisbon",
			"Answer Charles",
		]);
		await page.getByRole("button", { name: "Move Book the train to Lisbon to Doing" }).click();
		await page.getByRole("button", { name: "Move Answer Charles to Doing" }).click();
		await page.getByRole("button", { name: "Move Answer Charles to Done" }).click();
		await shows(page, "Done", ["Answer Charles"]);
		await expect.poll(() => page.getByText("Saving…").count()).toBe(0);
		await board.look(page, named("4-board"));

		await page.getByRole("button", { name: "Edit Water the plants" }).click();
		await page.getByLabel("Title", { exact: true }).fill(" ");
		await page.getByRole("button", { name: "Save" }).click();
		await page.getByText("Give the task a title.").waitFor();
		await board.look(page, named("5-edit"));
		await page.getByRole("button", { name: "Cancel" }).click();

		const elsewhere = await board.openBrowser({
			userAgent: "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
		});
		const other = await board.openWindow(elsewhere, board.pageUrl());
		await enter(other, { email });
		await isLive(other);
		await page.getByRole("button", { name: `Account of ${email}` }).click();
		await page.getByRole("button", { name: "Sign out all others" }).waitFor();
		await board.look(page, named("6-account"));
		await page.keyboard.press("Escape");

		await context.setOffline(true);
		await page.getByText("You are offline.").waitFor();
		await board.look(page, named("7-offline"));
	});
});
