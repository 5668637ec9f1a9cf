import { expect } from "vitest";
import type { WorkerOptions } from "../src/index.js";
import { type App, Browser, createApp, newEmail, password } from "./helpers.js";

/** Those that there are. */
const directory = new Set(["acme", "beta"]);

/** The tenant of `acme.example.com`, where the directory has it. */
export const tenant: NonNullable<WorkerOptions["tenant"]> = async (c) => {
	const [, name = ""] = /^([^.]+)\.example\.com$/.exec(new URL(c.req.url).hostname) ?? [];
	return directory.has(name) ? name : undefined;
};

export const hostOf = (name: string) => `https://${name}.example.com`;

/** A worker for the tenants of the directory. */
export const createTenantApp = (options: WorkerOptions = {}, binding?: string) =>
	createApp({ tenant, ...options }, binding);

/** A browser at a tenant's host. */
export class TenantBrowser extends Browser {
	readonly origin: string;

	constructor(app: App, name: string, jar: Iterable<readonly [string, string]> = []) {
		super(app, jar);
		this.origin = hostOf(name);
	}

	override fetch(path: string, init: RequestInit & { bindings?: object } = {}): Promise<Response> {
		const headers = new Headers(init.headers);
		if (!headers.has("origin")) headers.set("origin", this.origin);
		return super.fetch(this.origin + path, { ...init, headers });
	}
}

/** A browser in which somebody has just signed up with that tenant. */
export async function signUpAt(app: App, name: string, email = newEmail()) {
	const browser = new TenantBrowser(app, name);
	const response = await browser.post("/api/signup", { email, password });
	expect(response.status).toBe(200);
	const { user } = (await response.json()) as { user: { id: string } };
	return { browser, email, id: user.id };
}
