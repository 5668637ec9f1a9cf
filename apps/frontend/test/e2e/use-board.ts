import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { usePages } from "@tooling/dev";
import type { BrowserContextOptions, Page } from "playwright-core";
import { build, type PreviewServer, preview } from "vite";
import { afterAll, beforeAll, expect } from "vitest";

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));
const root = path("../..");

/** Git ignores this folder. */
const screenshots = path("../../screenshots/");

const password = "correct horse battery";

/**
 * The API at one origin, the built page at another, and a browser, for the tests of a file. A page
 * that complains fails its test.
 */
export function useBoard() {
	let outDir = "";
	let server: PreviewServer | undefined;

	// The API takes requests of pages whose origin it knows when it starts.
	beforeAll(async () => {
		outDir = await mkdtemp(join(tmpdir(), "board-"));
		server = await serve(outDir, 0);
	});

	const pages = usePages({
		app: {
			folder: path("../../../frontend-api"),
			ready: { "/api/me": 401 },
			args: ({ port, state }) =>
				`--port ${port} --persist-to "${state}" --var ORIGINS:${origin(server)}`,
		},
		screenshots,
		// A page where nobody is signed in asks who is, and is told 401; so are live queries that are
		// still looked at when the session ends.
		expected: [/status of 401 .* \/api\/(me|refresh|tasks)$/],
	});

	// The page is built for the API's address.
	beforeAll(async () => {
		const port = Number(new URL(origin(server)).port);
		process.env.VITE_API_URL = `${pages.app.url}/api`;
		await build({ root, logLevel: "warn", build: { outDir, emptyOutDir: true } });
		// What it sends as headers has the API's address in it, too.
		await server?.close();
		server = await serve(outDir, port);
	});

	afterAll(async () => {
		await server?.close();
		delete process.env.VITE_API_URL;
		await rm(outDir, { recursive: true, force: true });
	});

	return Object.assign(pages, {
		/** Where the page is. */
		pageUrl: () => origin(server),

		/** Serves the same page at another origin, of which the API knows nothing. */
		serveElsewhere: async () => {
			const elsewhere = await serve(outDir, 0);
			return { url: origin(elsewhere), close: () => elsewhere.close() };
		},

		/** The board of a new user. */
		async signUp(options?: BrowserContextOptions) {
			const context = await pages.openBrowser(options);
			const page = await pages.openWindow(context, origin(server));
			const email = `${crypto.randomUUID()}@example.com`;
			await page.getByRole("button", { name: "Create an account" }).click();
			await enter(page, { email, button: "Create an account" });
			await isLive(page);
			return { context, page, email };
		},
	});
}

const serve = (outDir: string, port: number) =>
	preview({ root, logLevel: "warn", build: { outDir }, preview: { port, strictPort: port > 0 } });

function origin(server: PreviewServer | undefined): string {
	const address = server?.httpServer.address();
	if (!address || typeof address === "string") throw new Error("The page is not served");
	return `http://127.0.0.1:${address.port}`;
}

export const isLive = (page: Page) => page.getByText("Live", { exact: true }).waitFor();

interface Entered {
	email: string;
	password?: string;
	button?: string;
}

/** Fills in the form of the welcome page and sends it. */
export async function enter(page: Page, entered: Entered): Promise<void> {
	await page.getByLabel("Email").fill(entered.email);
	await page.getByLabel("Password").fill(entered.password ?? password);
	await page
		.locator("form")
		.getByRole("button", { name: entered.button ?? "Sign in" })
		.click();
}

export async function add(page: Page, title: string, due = ""): Promise<void> {
	const form = page.getByRole("form", { name: "New task" });
	await form.getByLabel("New task").fill(title);
	await form.getByLabel("Due").fill(due);
	await form.getByRole("button", { name: "Add" }).click();
}

export const column = (page: Page, name: string) => page.getByRole("region", { name, exact: true });

/** Waits until the column holds just these tasks. */
export async function shows(page: Page, name: string, titles: string[]): Promise<void> {
	await expect
		.poll(() => column(page, name).getByRole("heading", { level: 3 }).allInnerTexts())
		.toEqual(titles);
}
