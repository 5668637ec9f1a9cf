import { expect, it } from "vitest";
import { enter, useNotebook } from "./fixture.js";

const notebook = useNotebook();

it("shows in development what would have been mailed, and its links are good", async () => {
	const { context, page, email } = await notebook.signUp();
	const asked = await page.request.post("/api/password-reset/request", { data: { email } });
	expect(asked.status()).toBe(200);

	const mailbox = await context.newPage();
	const problems: string[] = [];
	mailbox.on("console", (message) => problems.push(message.text()));
	const subject = mailbox.getByText("Set a new password for", { exact: false }).first();
	// The mail leaves after the answer.
	await expect
		.poll(async () => {
			await mailbox.goto("/api/dev/mailbox");
			return subject.isVisible();
		})
		.toBe(true);
	const preview = mailbox.frameLocator("iframe").first();
	await preview.getByRole("link", { name: "Set a new password" }).waitFor();
	for (const width of [1280, 375]) {
		await mailbox.setViewportSize({ width, height: 720 });
		await notebook.look(mailbox, `mailbox-${width}`);
	}
	expect(problems).toEqual([]);

	const link = await mailbox.getByRole("link", { name: "Open the link" }).getAttribute("href");
	const { origin, pathname, searchParams } = new URL(link ?? "");
	expect([origin, pathname]).toEqual([notebook.app.url, "/reset"]);
	const data = { token: searchParams.get("token"), newPassword: "another horse battery" };
	const confirmed = await page.request.post("/api/password-reset/confirm", { data });
	expect(confirmed.status()).toBe(200);

	await page.getByRole("alert").getByText("You were signed out.").waitFor();
	await enter(page, { email });
	await page.getByRole("alert").getByText("Email or password is wrong.").waitFor();
	await enter(page, { email, password: "another horse battery" });
	await page.getByText("Live", { exact: true }).waitFor();
});
