import { join } from "node:path";
import axe from "axe-core";
import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { editor, enter, note, screenshots, useNotebook, write } from "./fixture.js";

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

describe.each(looks)("on a $name, $colorScheme", ({ name, ...options }) => {
	it("looks right and keeps nobody out", async () => {
		const named = (view: string) => `${name}-${options.colorScheme}-${view}`;
		notebook.expectProblems(/status of 400 .* \/api\/signup$/);

		const context = await notebook.openBrowser(options);
		await context.addInitScript(axe.source);
		const page = await notebook.openWindow(context);
		await page.getByRole("heading", { name: "Sign in" }).waitFor();
		await look(page, named("1-sign-in"));

		await page.getByRole("button", { name: "Create an account" }).click();
		const email = `ada.lovelace.${name}.${options.colorScheme}@example.com`;
		await enter(page, { email, password: "short", button: "Create an account" });
		await page.getByText("A password has 8 to 256 characters.").waitFor();
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

		await note(page, "Groceries").getByRole("button", { name: "Edit Groceries" }).click();
		await look(page, named("5-edit"));
		await editor(page).getByRole("button", { name: "Cancel" }).click();

		await note(page, "Groceries").getByRole("button", { name: "Delete Groceries" }).click();
		await look(page, named("6-dialog"));
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
