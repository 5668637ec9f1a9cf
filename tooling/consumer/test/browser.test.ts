import { launchChromium } from "@tooling/browser";
import { build } from "esbuild";
import { expect, inject, it } from "vitest";
import { startWrangler } from "./support/dev-server.js";

const project = inject("project");

it("runs the client's example in Chromium against the documentation's Worker", async () => {
	await build({
		absWorkingDir: project,
		entryPoints: ["blocks/4-client.ts"],
		bundle: true,
		format: "esm",
		outfile: "public/client.js",
	});
	await using server = await startWrangler(project, project);
	await using browser = await launchChromium();
	const page = await browser.newPage();
	const problems: string[] = [];
	page.on("pageerror", (error) => problems.push(String(error)));
	page.on("console", (message) => {
		if (message.type() === "error") problems.push(message.text());
	});

	const created = page.waitForResponse((response) => response.url().endsWith("/api/posts"));
	// Listened to from the start: the first frame may come before anything else is looked at.
	const live = new Promise<void>((resolve) => {
		page.on("websocket", (socket) => socket.on("framereceived", () => resolve()));
	});
	await page.goto(server.url);
	expect(await (await created).json()).toEqual({
		post: {
			id: expect.any(String),
			title: "Hello",
			content: "World",
			createdAt: expect.any(String),
			updatedAt: expect.any(String),
		},
	});

	// The example listens and then writes no more: somebody else of the same user does.
	await live;
	const printed = page.waitForEvent("console");
	await page.evaluate(() =>
		fetch("/data", {
			method: "POST",
			headers: { "content-type": "application/json" },
			body: JSON.stringify({ key: "preferences", value: { theme: "light" } }),
		}),
	);
	const [text, value] = (await printed).args();
	expect(await text?.jsonValue()).toBe("Preferences updated:");
	expect(await value?.jsonValue()).toEqual({ theme: "light" });
	const stored = await page.evaluate(async () => (await fetch("/data")).json());
	expect(stored).toMatchObject({ data: { preferences: { theme: "light" } } });
	expect(problems).toEqual([]);
});
