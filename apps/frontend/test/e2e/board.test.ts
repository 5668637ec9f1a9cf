import { expect, it } from "vitest";
import { add, column, enter, isLive, shows, useBoard } from "./use-board.js";

const board = useBoard();

it("keeps two windows in step across origins, by cookies", async () => {
	const { context, page: one, email } = await board.signUp();
	expect(new URL(board.app.url).origin).not.toBe(board.pageUrl());
	const two = await board.openWindow(context, board.pageUrl());
	await isLive(two);

	await add(one, "Write the report");
	await shows(two, "To do", ["Write the report"]);
	await two.getByRole("button", { name: "Move Write the report to Doing" }).click();
	await shows(one, "To do", []);
	await shows(one, "Doing", ["Write the report"]);
	// The keyboard's focus goes along with the task.
	await expect
		.poll(() => two.evaluate(() => document.activeElement?.textContent))
		.toBe("Write the report");

	await one.getByRole("button", { name: "Edit Write the report" }).click();
	await one.getByLabel("Title", { exact: true }).fill("Send the report");
	await one.getByRole("form", { name: /^Edit/ }).getByLabel("Due").fill("2020-02-29");
	await one.getByRole("button", { name: "Save" }).click();
	await shows(two, "Doing", ["Send the report"]);
	await column(two, "Doing").getByText("Feb 29, 2020").waitFor();
	await expect.poll(() => two.title()).toBe("(1) Task board");

	await one.getByRole("button", { name: "Edit Send the report" }).click();
	await one.getByRole("button", { name: "Delete" }).click();
	await shows(two, "Doing", []);
	await expect.poll(() => two.title()).toBe("Task board");

	// The cookies are the API's, and no script can read them.
	const cookies = await context.cookies(board.app.url);
	expect(cookies.length).toBeGreaterThan(0);
	expect(cookies.every(({ httpOnly }) => httpOnly)).toBe(true);
	expect(await one.evaluate(() => document.cookie)).toBe("");

	// A sign-out in one window is one in the other.
	await one.getByRole("button", { name: `Account of ${email}` }).click();
	await one.getByRole("button", { name: "Sign out", exact: true }).click();
	await one.getByRole("heading", { name: "Sign in" }).waitFor();
	await two.getByRole("heading", { name: "Sign in" }).waitFor();
	await enter(two, { email });
	await isLive(two);
	await shows(two, "Doing", []);
});

it("keeps what one prefers in all windows", async () => {
	const { context, page: one } = await board.signUp();
	const two = await board.openWindow(context, board.pageUrl());
	await isLive(two);
	const theme = () => two.evaluate(() => document.documentElement.dataset.theme);

	await one.getByRole("radio", { name: "Dark" }).check();
	await expect.poll(theme).toBe("dark");
	await one.getByRole("button", { name: "Hide" }).click();
	await two.getByRole("button", { name: "Show" }).waitFor();
	await two.reload();
	await two.getByRole("button", { name: "Show" }).waitFor();
	expect(await theme()).toBe("dark");
});

it("says beside the field what is wrong with it, and loses nothing", async () => {
	board.expectProblems(/status of 40[01] .* \/api\/(signup|login|batch)$/);
	const context = await board.openBrowser();
	const page = await board.openWindow(context, board.pageUrl());
	await page.getByRole("button", { name: "Create an account" }).click();
	await enter(page, { email: "nobody", password: "short", button: "Create an account" });
	const email = page.getByLabel("Email");
	await expect.poll(() => email.getAttribute("aria-invalid")).toBe("true");
	await page.getByText("A password has 8 to 256 characters.").waitFor();
	expect(await email.evaluate((input) => input === document.activeElement)).toBe(true);

	const address = `${crypto.randomUUID()}@example.com`;
	await enter(page, { email: address, button: "Create an account" });
	await isLive(page);
	await add(page, "x".repeat(121));
	const title = page.getByRole("form", { name: "New task" }).getByLabel("New task");
	await expect.poll(() => title.getAttribute("aria-invalid")).toBe("true");
	// What was seen at once is taken back, and what was typed is there.
	await shows(page, "To do", []);
	expect(await title.inputValue()).toBe("x".repeat(121));

	await page.getByRole("button", { name: `Account of ${address}` }).click();
	await page.getByRole("button", { name: "Sign out", exact: true }).click();
	await enter(page, { email: address, password: "not the password" });
	await page.getByRole("alert").filter({ hasText: /.+/ }).waitFor();
});

it("shows a write before the server has it, and takes back what it refuses", async () => {
	const { context, page } = await board.signUp();
	await add(page, "Water the plants");
	await shows(page, "To do", ["Water the plants"]);
	board.expectProblems(/ERR_FAILED/, /status of 403 /);

	let release = () => {};
	const held = new Promise<void>((resolve) => {
		release = resolve;
	});
	await context.route("**/api/batch", async (route) => {
		await held;
		await route.fulfill({
			status: 403,
			headers: {
				"access-control-allow-origin": board.pageUrl(),
				"access-control-allow-credentials": "true",
			},
			json: { error: "The board is closed.", code: "forbidden" },
		});
	});
	await page.getByRole("button", { name: "Move Water the plants to Doing" }).click();
	await shows(page, "Doing", ["Water the plants"]);
	await column(page, "Doing").getByText("Saving…").waitFor();
	release();
	await page.getByText("was not moved to Doing. The board is closed.").waitFor();
	await shows(page, "To do", ["Water the plants"]);
	await shows(page, "Doing", []);
});

it("says so when the API is gone, and catches up when it is back", async () => {
	const { page } = await board.signUp();
	await add(page, "Before");
	await shows(page, "To do", ["Before"]);
	// It is seen before the server has it.
	await column(page, "To do").getByText("Saving…").waitFor({ state: "detached" });
	board.expectProblems(/ERR_CONNECTION/, /ERR_EMPTY_RESPONSE/, /WebSocket/, /ERR_FAILED/);

	await board.app.stop();
	await page.getByText("Offline", { exact: true }).waitFor();
	await page.getByText("You are offline.").waitFor();
	await shows(page, "To do", ["Before"]);

	await board.app.start();
	await isLive(page);
	await add(page, "After");
	await shows(page, "To do", ["Before", "After"]);
});

it("tells where one is signed in, and ends it elsewhere", async () => {
	const { page, email } = await board.signUp();
	const elsewhere = await board.openWindow(
		await board.openBrowser({
			userAgent: "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
		}),
		board.pageUrl(),
	);
	await enter(elsewhere, { email });
	await isLive(elsewhere);

	await page.getByRole("button", { name: `Account of ${email}` }).click();
	await page.getByRole("button", { name: "Sign out Firefox on Linux" }).click();
	await elsewhere.getByRole("heading", { name: "Sign in" }).waitFor();
	await isLive(page);
});

it("signs out while the list of sessions is still on its way", async () => {
	const { context, page, email } = await board.signUp();
	// It never comes.
	await context.route("**/api/sessions", () => {});
	await page.getByRole("button", { name: `Account of ${email}` }).click();
	await page.getByRole("button", { name: "Sign out", exact: true }).click();
	await page.getByRole("heading", { name: "Sign in" }).waitFor();
});

it("is refused by the API at an origin that it does not know", async () => {
	const elsewhere = await board.serveElsewhere();
	try {
		board.expectProblems(
			/CORS policy/,
			/ERR_FAILED/,
			/WebSocket/,
			/status of 403 .* \/api\/logout$/,
		);
		const context = await board.openBrowser();
		const page = await board.openWindow(context, elsewhere.url);
		await page.getByText("The server can't be reached").waitFor();

		// Also with a session: the API sends no answer that the page may read.
		const { context: signedIn } = await board.signUp();
		const spy = await board.openWindow(signedIn, elsewhere.url);
		await spy.getByText("The server can't be reached").waitFor();
		const write = await spy.evaluate(
			async ([url = ""]) => {
				const init = { method: "POST", credentials: "include", mode: "no-cors" } as const;
				const response = await fetch(`${url}/api/logout`, init);
				return response.type;
			},
			[board.app.url],
		);
		expect(write).toBe("opaque");
		// A request that no preflight holds back has done nothing.
		const page2 = await board.openWindow(signedIn, board.pageUrl());
		await isLive(page2);
	} finally {
		await elsewhere.close();
	}
});

it("starts in development on the loopback address", async () => {
	const { createServer } = await import("vite");
	const server = await createServer({
		root: new URL("../..", import.meta.url).pathname,
		logLevel: "warn",
		server: { port: 0, strictPort: false },
	});
	try {
		await server.listen();
		const address = server.httpServer?.address();
		expect(address).toMatchObject({ address: "127.0.0.1" });
		const port = typeof address === "object" ? address?.port : undefined;
		const main = await fetch(`http://127.0.0.1:${port}/src/main.tsx`);
		expect(main.status).toBe(200);
		expect(await main.text()).toContain("createRoot");
	} finally {
		await server.close();
	}
});
