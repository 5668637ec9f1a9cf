import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { usePages } from "@tooling/dev";
import type { BrowserContextOptions, Page } from "playwright-core";

const folder = fileURLToPath(new URL("../..", import.meta.url));

/** Git ignores this folder. */
const screenshots = join(folder, "screenshots");

const password = "correct horse battery";
export const newEmail = () => `${crypto.randomUUID()}@example.com`;

export const tenants = {
	acme: { slug: "acme", name: "Acme Tools", color: "#b4452f" },
	lemon: { slug: "lemon", name: "Lemon & Söhne", color: "#f2c230" },
} as const;

/** The app and a browser for the tests of a file. A page that complains fails its test. */
export function useTenants() {
	const pages = usePages({
		// At 127.0.0.1 there is no tenant.
		app: { folder, ready: { "/": 404, "/api/me": 404 } },
		screenshots,
		// A page where nobody is signed in asks who is, and is told 401.
		expected: [/status of 401 .* \/api\/(me|refresh)$/],
	});
	const hostOf = (slug: string) => `http://${slug}.localhost:${pages.app.port}`;

	return Object.assign(pages, {
		hostOf,
		/** By the admin's route, with the secret that the dev script has made. */
		async addTenant(tenant: { slug: string; name: string; color: string }): Promise<Response> {
			const devVars = await readFile(join(folder, ".dev.vars"), "utf8");
			const [, secret = ""] = /^ADMIN_SECRET=(.*)$/m.exec(devVars) ?? [];
			return fetch(`http://localhost:${pages.app.port}/admin/tenants`, {
				method: "POST",
				headers: { authorization: `Bearer ${secret}`, "content-type": "application/json" },
				body: JSON.stringify(tenant),
			});
		},
		/** A tenant's page in a browser of its own. */
		async openTenant(slug: string, options?: BrowserContextOptions) {
			const context = await pages.openBrowser({ ...options, baseURL: hostOf(slug) });
			const page = await pages.openWindow(context);
			return { context, page };
		},
	});
}

/** Fills in the form of the way in, and sends it. */
export async function enter(page: Page, email: string, button: string): Promise<void> {
	if (button !== "Sign in") await page.locator("#switch").click();
	await page.getByLabel("Email").fill(email);
	await page.getByLabel("Password").fill(password);
	await page.locator("#enter").click();
}

export const live = (page: Page) => page.getByText("Live", { exact: true });

export async function write(page: Page, text: string): Promise<void> {
	await page.getByLabel("Note", { exact: true }).fill(text);
	await page.getByRole("button", { name: "Add", exact: true }).click();
}

export const noteTexts = (page: Page) => page.locator(".note-text").allInnerTexts();
